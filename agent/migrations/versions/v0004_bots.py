"""Version 4: messages that bots have taken, and the sessions of their chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Create the tables of bots."""
    op.create_table(
        "bot_events",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("created_at", sa.Text, nullable=False),
    )
    op.create_index("ix_bot_events_created_at", "bot_events", ["created_at"])
    session = sa.ForeignKey("sessions.session_id", ondelete="CASCADE")
    op.create_table(
        "bot_chats",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("chat", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text, session, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
    op.create_index("ix_bot_chats_session_id", "bot_chats", ["session_id"])
