"""How the API bears many callers at once, and callers who send anything."""

from __future__ import annotations

from .fuzz import FuzzReport, fuzz, render_fuzz
from .load import LoadPlan, RatePlan, arrivals, load
from .report import Curve, LoadReport, render_curve, render_load
from .server import Started, in_thread, program, replicas
from .watch import Memory, Shares, slope

__all__ = [
    "Curve",
    "FuzzReport",
    "LoadPlan",
    "LoadReport",
    "Memory",
    "RatePlan",
    "Shares",
    "Started",
    "arrivals",
    "fuzz",
    "in_thread",
    "load",
    "program",
    "render_curve",
    "render_fuzz",
    "render_load",
    "replicas",
    "slope",
]
