"""The operator's page: what is served, how it is doing, and what the last turns cost."""

from __future__ import annotations

from .recent import Recent
from .routes import router

__all__ = ["Recent", "router"]
