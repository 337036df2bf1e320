"""Slack as a door, by socket mode or by signed requests; needs the extra ``slack``."""

from __future__ import annotations

from .running import check, run

__all__ = ["check", "run"]
