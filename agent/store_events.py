"""Statements of the store that concern sessions and their events; each works on an open transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from .errors import SessionNotFoundError
from .store_tables import EVENTS, SESSIONS
from .types import Event


def require(connection: sa.Connection, session_id: str, *, lock: bool = False) -> None:
    """Make sure that there is a session, and with ``lock`` hold it until the transaction ends.

    Raises:
        SessionNotFoundError: there is none.
    """
    query = sa.select(SESSIONS.c.session_id).where(SESSIONS.c.session_id == session_id)
    if connection.execute(query.with_for_update() if lock else query).first() is None:
        raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Start one: POST /v1/sessions.")


def create(connection: sa.Connection, session_id: str, user_id: str | None) -> dict[str, Any]:
    """Register a session, and return its row.

    Raises:
        sqlalchemy.exc.IntegrityError: there is one of that id.
    """
    row = {"session_id": session_id, "user_id": user_id, "created_at": now()}
    connection.execute(SESSIONS.insert().values(row))
    return row


def find(connection: sa.Connection, session_id: str) -> dict[str, Any] | None:
    """Return the row of a session, or None."""
    row = connection.execute(SESSIONS.select().where(SESSIONS.c.session_id == session_id)).mappings().first()
    return None if row is None else dict(row)


def append(connection: sa.Connection, session_id: str, events: Sequence[Event]) -> None:
    """Number the events on from the last and write them; the caller holds the session."""
    last = sa.select(sa.func.max(EVENTS.c.seq)).where(EVENTS.c.session_id == session_id)
    first = (connection.execute(last).scalar() or 0) + 1
    at = now()
    rows = [
        {
            "session_id": session_id,
            "seq": seq,
            "kind": event.kind,
            "turn_id": event.turn_id,
            "payload": event.model_dump(mode="json"),
            "created_at": at,
        }
        for seq, event in enumerate(events, start=first)
    ]
    if rows:
        connection.execute(EVENTS.insert(), rows)


def payloads(connection: sa.Connection, session_id: str) -> list[dict[str, Any]]:
    """Return what was written of each event, in order."""
    query = sa.select(EVENTS.c.payload).where(EVENTS.c.session_id == session_id).order_by(EVENTS.c.seq)
    return list(connection.execute(query).scalars())


def now() -> str:
    """Return the time as the tables hold it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
