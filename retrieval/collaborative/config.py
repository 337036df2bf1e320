"""Say which interactions there are and where the model trained from them lies."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ..types import Value


class CollaborativeConfig(Value):
    """Who liked what, as one more signal; off while no trained model is named. See docs/collaborative.md."""

    model: Path | None = None
    """Folder that ``palate train collaborative`` wrote; its signal joins every search that knows liked items."""
    interactions: Path | None = None
    """CSV, JSONL or Parquet file of interactions, which training reads unless it is given another."""
    user_column: str = "user_id"
    """Column of the user's id."""
    item_column: str = "item_id"
    """Column of the item's id, as in the catalogue."""
    value_column: str = "value"
    """Column of how much it was liked, a number of 0 or more; a file without the column counts each row as 1."""
    timestamp_column: str = "timestamp"
    """Column of when, in seconds since 1970 or as an ISO date; a file without the column is taken to stand in order."""
    liked: float | None = Field(None, ge=0.0)
    """Least value that counts as a like; empty counts every interaction as one."""
