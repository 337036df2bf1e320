"""How the API bears many callers at once, and callers who send anything."""

from __future__ import annotations

from .fuzz import FuzzReport, fuzz, render_fuzz
from .load import LoadPlan, load
from .report import LoadReport, render_load
from .server import in_thread, program

__all__ = ["FuzzReport", "LoadPlan", "LoadReport", "fuzz", "in_thread", "load", "program", "render_fuzz", "render_load"]
