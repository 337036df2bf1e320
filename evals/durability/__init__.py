"""Does the store lose or double anything when processes are killed? A throw-away Postgres, a writer, and a killer."""

from __future__ import annotations

from .postgres import ThrowawayPostgres

__all__ = ["ThrowawayPostgres"]
