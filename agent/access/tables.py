"""Tables of keys, of owners of sessions, and of requests that may be repeated; beside those of the conversations."""

from __future__ import annotations

import sqlalchemy as sa

from ..store_tables import METADATA

KEYS = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=True),
    sa.Column("revoked_at", sa.Text, nullable=True),
    sa.Column("replaced_by", sa.Text, nullable=True),
    sa.Column("last_used_on", sa.Text, nullable=True),
)

OWNERS = sa.Table(
    "session_owners",
    METADATA,
    sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
)

CLAIMS = sa.Table(
    "request_claims",
    METADATA,
    sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False, index=True),
)
"""Digests only; what was answered is in the session's events, under the turn's id. Erasing a session erases these."""

HISTORIES = sa.Table(
    "chat_histories",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), index=True),
    sa.Column("turn_id", sa.Text, nullable=False),
)
"""Where conversations end that clients keep themselves and send whole; digests only."""

TABLES = (KEYS, OWNERS, CLAIMS, HISTORIES)
