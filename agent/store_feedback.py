"""Statements of the store that concern the log of shown lists; each works on an open transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from retrieval.exploration import Impression

from . import store_memory
from .store_tables import IMPRESSIONS, SESSIONS


def add(connection: sa.Connection, impression: Impression, before: str, *, consented: bool) -> bool:
    """Keep a list, and delete those that were shown before a time (ISO 8601); return whether it was kept."""
    connection.execute(IMPRESSIONS.delete().where(IMPRESSIONS.c.created_at < before))
    if consented:
        whose = sa.select(SESSIONS.c.user_id).where(SESSIONS.c.session_id == impression.session_id)
        user_id = connection.execute(whose).scalar()
        if user_id is None:
            return False
        # Withdrawing holds the same lock, so that no list slips in behind it.
        store_memory.lock_user(connection, user_id)
        if not store_memory.consented(connection, user_id):
            return False
    connection.execute(
        IMPRESSIONS.insert().values(
            session_id=impression.session_id,
            turn_id=impression.turn_id,
            payload=impression.model_dump(mode="json"),
            created_at=impression.at,
        )
    )
    return True


def read(connection: sa.Connection, user_id: str | None) -> list[tuple[dict[str, Any], list[Any]]]:
    """Return (session, payloads of its lists) of a user or of all, oldest first; no session without a list."""
    query = sa.select(SESSIONS, IMPRESSIONS.c.payload).join(
        IMPRESSIONS, IMPRESSIONS.c.session_id == SESSIONS.c.session_id
    )
    if user_id is not None:
        query = query.where(SESSIONS.c.user_id == user_id)
    order = (SESSIONS.c.created_at, SESSIONS.c.session_id, IMPRESSIONS.c.created_at, IMPRESSIONS.c.turn_id)
    found: dict[str, tuple[dict[str, Any], list[Any]]] = {}
    for row in connection.execute(query.order_by(*order)).mappings():
        session = {name: value for name, value in row.items() if name != "payload"}
        found.setdefault(row["session_id"], (session, []))[1].append(row["payload"])
    return list(found.values())


def of_session(connection: sa.Connection, session_id: str) -> list[Any]:
    """Return the payloads of a session's lists, oldest first."""
    query = sa.select(IMPRESSIONS.c.payload).where(IMPRESSIONS.c.session_id == session_id)
    return list(connection.execute(query.order_by(IMPRESSIONS.c.created_at, IMPRESSIONS.c.turn_id)).scalars())


def erase(connection: sa.Connection, user_id: str | None) -> int:
    """Delete the lists of a user, or all; return how many there were."""
    statement = IMPRESSIONS.delete()
    if user_id is not None:
        theirs = sa.select(SESSIONS.c.session_id).where(SESSIONS.c.user_id == user_id)
        statement = statement.where(IMPRESSIONS.c.session_id.in_(theirs))
    return connection.execute(statement).rowcount
