"""What the doors need to watch a running recommender: traces, what the load leaves out, redaction for the log."""

from __future__ import annotations

from ..redact import redact
from ..shedding import LEVELS, Level
from ..tracing import TelemetryConfig, Tracing

__all__ = ["LEVELS", "Level", "TelemetryConfig", "Tracing", "redact"]
