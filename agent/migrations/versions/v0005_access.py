"""Version 5: keys, owners of sessions, and requests that may be repeated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Create the tables of access; stores between releases may have them already."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "api_keys" not in there:
        op.create_table(
            "api_keys",
            sa.Column("key_id", sa.Text, primary_key=True),
            sa.Column("digest", sa.Text, nullable=False),
            sa.Column("subject", sa.Text, nullable=False),
            sa.Column("scopes", sa.Text, nullable=False),
            sa.Column("label", sa.Text, nullable=False),
            sa.Column("created_at", sa.Text, nullable=False),
            sa.Column("expires_at", sa.Text, nullable=True),
            sa.Column("revoked_at", sa.Text, nullable=True),
            sa.Column("replaced_by", sa.Text, nullable=True),
            sa.Column("last_used_on", sa.Text, nullable=True),
        )
        op.create_index("ix_api_keys_subject", "api_keys", ["subject"])
    if "session_owners" not in there:
        op.create_table(
            "session_owners",
            sa.Column(
                "session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True
            ),
            sa.Column("subject", sa.Text, nullable=False),
        )
    if "request_claims" not in there:
        op.create_table(
            "request_claims",
            sa.Column(
                "session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True
            ),
            sa.Column("key", sa.Text, primary_key=True),
            sa.Column("body", sa.Text, nullable=False),
            sa.Column("turn_id", sa.Text, nullable=False),
            sa.Column("expires_at", sa.Text, nullable=False),
            sa.Column("created_at", sa.Text, nullable=False),
        )
        op.create_index("ix_request_claims_created_at", "request_claims", ["created_at"])
    if "chat_histories" not in there:
        op.create_table(
            "chat_histories",
            sa.Column("digest", sa.Text, primary_key=True),
            sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE")),
            sa.Column("turn_id", sa.Text, nullable=False),
        )
        op.create_index("ix_chat_histories_session_id", "chat_histories", ["session_id"])
