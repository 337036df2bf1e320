"""What becomes of conversations when processes are killed and parts fail."""

from __future__ import annotations

from .crash import CrashReport, crash, render_crash
from .shelf import shelf_settings

__all__ = ["CrashReport", "crash", "render_crash", "shelf_settings"]
