"""Version 6: who answers in a session at the moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Create the table of leases."""
    op.create_table(
        "turn_leases",
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
    )
