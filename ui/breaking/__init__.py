"""What becomes of conversations when processes are killed and parts fail."""

from __future__ import annotations

from .crash import CrashReport, crash, render_crash
from .failing import FaultReport, faults, render_faults
from .shelf import shelf_settings

__all__ = ["CrashReport", "FaultReport", "crash", "faults", "render_crash", "render_faults", "shelf_settings"]
