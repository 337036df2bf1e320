"""Version 7: events by kind and time, for counts of reactions that do not read every conversation."""

from __future__ import annotations

from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_events_kind_created_at", "events", ["kind", "created_at"])
