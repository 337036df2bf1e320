"""What is held about a user over all tables, and its end: export, erasure, and the deletion of what is too old.

Each function works on an open transaction. A table that says something of users has its line here, and the tests write
a mark through every door and look for it in everything that the database really holds.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from retrieval.types import Value

from . import store_feedback, store_memory, store_turns
from .access.tables import CLAIMS, KEYS, OWNERS
from .store_events import now
from .store_inbox import chats_of
from .store_tables import BOT_EVENTS, EVENTS, IMPRESSIONS, MEMORY, SESSIONS, TURNS


class Pruned(Value):
    """How much was deleted because it was too old."""

    sessions: int = 0
    memories: int = 0
    """Entries of long memory."""
    lists: int = 0
    """Logged lists of items."""
    traces: int = 0
    """What only machines need: messages that bots have taken, claims of requests, leases of dead processes."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.sessions + self.memories + self.lists + self.traces


def export(connection: sa.Connection, user_id: str) -> dict[str, Any]:
    """Return everything held about a user as plain JSON data; secrets of keys are not known to anybody."""
    found = connection.execute(SESSIONS.select().where(_theirs(user_id)).order_by(SESSIONS.c.created_at))
    sessions = [dict(row) for row in found.mappings()]
    for session in sessions:
        session_id = session["session_id"]
        rows = connection.execute(
            sa.select(EVENTS.c.seq, EVENTS.c.created_at, EVENTS.c.payload)
            .where(EVENTS.c.session_id == session_id)
            .order_by(EVENTS.c.seq)
        )
        session["events"] = [{"seq": seq, "created_at": at, **payload} for seq, at, payload in rows]
        session["impressions"] = store_feedback.of_session(connection, session_id)
        session["chats"] = chats_of(connection, session_id)
        session["requests"] = _rows(connection, CLAIMS, CLAIMS.c.session_id == session_id, without=("body", "key"))
    return {
        "user_id": user_id,
        "exported_at": now(),
        "sessions": sessions,
        "memory": store_memory.export(connection, user_id),
        "keys": _rows(connection, KEYS, KEYS.c.subject == user_id, without=("digest",)),
    }


def erase(connection: sa.Connection, user_id: str) -> tuple[int, int]:
    """Delete everything held about a user; return the numbers of sessions and of all rows that it concerned."""
    theirs = sa.select(SESSIONS.c.session_id).where(_theirs(user_id))
    ids = list(connection.execute(theirs.with_for_update()).scalars())
    gone = connection.execute(EVENTS.delete().where(EVENTS.c.session_id.in_(theirs))).rowcount
    gone += connection.execute(TURNS.delete().where(TURNS.c.session_id.in_(theirs))).rowcount
    # What else belongs to a session goes with it, in the database.
    gone += connection.execute(SESSIONS.delete().where(_theirs(user_id))).rowcount
    gone += connection.execute(OWNERS.delete().where(OWNERS.c.subject == user_id)).rowcount
    gone += connection.execute(KEYS.delete().where(KEYS.c.subject == user_id)).rowcount
    store_memory.lock_user(connection, user_id)
    gone += store_memory.erase(connection, user_id)
    return len(ids), gone


def prune(connection: sa.Connection, *, sessions: str, memories: str, lists: str, events: str) -> Pruned:
    """Delete what is older than these times (ISO 8601; "" deletes nothing).

    Args:
        connection: an open transaction.
        sessions: sessions in which nothing happened since then go as a whole.
        memories: what was learnt of users before then; consent stays.
        lists: lists that were shown before then.
        events: messages of bots that were taken before then.
    """
    used = sa.exists().where(EVENTS.c.session_id == SESSIONS.c.session_id, EVENTS.c.created_at >= sessions)
    idle = (SESSIONS.c.created_at < sessions) & ~used
    learnt = (MEMORY.c.created_at < memories) & MEMORY.c.taste.is_not(None)
    traces = connection.execute(BOT_EVENTS.delete().where(BOT_EVENTS.c.created_at < events)).rowcount
    traces += connection.execute(CLAIMS.delete().where(CLAIMS.c.created_at < events)).rowcount
    return Pruned(
        lists=connection.execute(IMPRESSIONS.delete().where(IMPRESSIONS.c.created_at < lists)).rowcount,
        memories=connection.execute(MEMORY.delete().where(learnt)).rowcount,
        sessions=connection.execute(SESSIONS.delete().where(idle)).rowcount,
        traces=traces + store_turns.forget_old(connection),
    )


def _theirs(user_id: str) -> sa.ColumnElement[bool]:
    """Sessions of the user, and those without a user that were begun with the user's key."""
    owned = sa.exists().where(OWNERS.c.session_id == SESSIONS.c.session_id, OWNERS.c.subject == user_id)
    return (SESSIONS.c.user_id == user_id) | (SESSIONS.c.user_id.is_(None) & owned)


def _rows(
    connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool], *, without: tuple[str, ...]
) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in without]
    return [dict(row) for row in connection.execute(sa.select(*columns).where(which)).mappings()]
