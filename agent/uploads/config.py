"""Settings of uploads."""

from __future__ import annotations

from pydantic import Field

from retrieval.types import Value


class UploadConfig(Value):
    """How large what users send may be, and how long it is kept."""

    enabled: bool = True
    """Whether pictures and sounds are taken at all."""
    max_mb: int = Field(10, ge=1, le=200)
    """Largest file, in MB."""
    keep_hours: float = Field(24.0, gt=0.0)
    """Hours after which a file is deleted; a conversation goes on without it."""
    most_mb: int = Field(2_000, ge=1)
    """All files together, in MB; the oldest go first."""
    per_message: int = Field(2, ge=1, le=10)
    """Files that one message may point to."""
