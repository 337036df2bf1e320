"""Statements of the store that concern the long memory; each works on an open transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from .memory.types import ConsentGiven, ConsentWithdrawn, MemoryEvent, TasteSeen
from .store_tables import EVENTS, MEMORY, SESSIONS

EVENT: TypeAdapter[MemoryEvent] = TypeAdapter(MemoryEvent)

_CONSENT = ("consent", "withdrawn")


def lock_user(connection: sa.Connection, user_id: str) -> None:
    """Let one writer at a time change what is remembered of a user; SQLite's writers are alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"memory:{user_id}"))))


def read(connection: sa.Connection, user_id: str) -> list[dict[str, Any]]:
    """Return the payloads of a user's memory events in order."""
    query = sa.select(MEMORY.c.payload).where(MEMORY.c.user_id == user_id).order_by(MEMORY.c.seq)
    return list(connection.execute(query).scalars())


def add(connection: sa.Connection, user_id: str, events: Sequence[MemoryEvent], now: str) -> bool:
    """Append events; return False and write nothing when they would be kept without consent."""
    if not consented(connection, user_id) and not all(isinstance(event, ConsentGiven) for event in events):
        return False
    known = _taught(connection, user_id, {event.taste for event in events if isinstance(event, TasteSeen)})
    new = [e for e in events if not isinstance(e, TasteSeen) or (e.turn_id, e.taste) not in known]
    _append(connection, user_id, new, now)
    return True


def drop(connection: sa.Connection, user_id: str, tastes: Sequence[str] | None, note: MemoryEvent, now: str) -> int:
    """Delete the events of some tastes or of all, take them out of stored replies, and append the note.

    Withdrawn consent leaves the note alone: when it was given before is deleted too.
    """
    theirs = MEMORY.c.user_id == user_id
    if isinstance(note, ConsentWithdrawn):
        which = theirs
    elif tastes is None:
        which = sa.and_(theirs, MEMORY.c.taste.is_not(None))
    else:
        which = sa.and_(theirs, MEMORY.c.taste.in_(tastes))
    held = connection.execute(sa.select(sa.func.count()).select_from(MEMORY).where(theirs)).scalar() or 0
    gone = connection.execute(MEMORY.delete().where(which)).rowcount
    _scrub(connection, user_id, None if tastes is None else frozenset(tastes))
    if held:
        _append(connection, user_id, [note], now)
    return gone


def erase(connection: sa.Connection, user_id: str) -> int:
    """Delete every memory event of a user; return how many there were."""
    return connection.execute(MEMORY.delete().where(MEMORY.c.user_id == user_id)).rowcount


def export(connection: sa.Connection, user_id: str) -> list[dict[str, Any]]:
    """Return a user's memory events as plain data."""
    query = sa.select(MEMORY.c.seq, MEMORY.c.created_at, MEMORY.c.payload).where(MEMORY.c.user_id == user_id)
    rows = connection.execute(query.order_by(MEMORY.c.seq))
    return [{"seq": seq, "created_at": at, **payload} for seq, at, payload in rows]


def consented(connection: sa.Connection, user_id: str) -> bool:
    """Whether a user's consent is in force."""
    query = sa.select(MEMORY.c.kind).where(MEMORY.c.user_id == user_id, MEMORY.c.kind.in_(_CONSENT))
    return connection.execute(query.order_by(MEMORY.c.seq.desc()).limit(1)).scalar() == "consent"


def _taught(connection: sa.Connection, user_id: str, tastes: Collection[str]) -> set[tuple[str, str]]:
    """Return (turn, taste) of what turns have taught of these tastes, so that a turn done again teaches it once."""
    if not tastes:
        return set()
    rows = sa.select(MEMORY.c.payload, MEMORY.c.taste).where(
        MEMORY.c.user_id == user_id, MEMORY.c.kind == "seen", MEMORY.c.taste.in_(tastes)
    )
    found = ((payload.get("turn_id"), taste) for payload, taste in connection.execute(rows))
    return {(turn, taste) for turn, taste in found if turn}


def _append(connection: sa.Connection, user_id: str, events: Sequence[MemoryEvent], now: str) -> None:
    last = sa.select(sa.func.max(MEMORY.c.seq)).where(MEMORY.c.user_id == user_id)
    first = (connection.execute(last).scalar() or 0) + 1
    rows = [
        {
            "user_id": user_id,
            "seq": seq,
            "kind": event.kind,
            "taste": getattr(event, "taste", None),
            "payload": event.model_dump(mode="json"),
            "created_at": now,
        }
        for seq, event in enumerate(events, start=first)
    ]
    if rows:
        connection.execute(MEMORY.insert(), rows)


def _scrub(connection: sa.Connection, user_id: str, tastes: frozenset[str] | None) -> None:
    """Take what replies said from memory out of the transcript: a forgotten taste must not live on there."""
    rows = connection.execute(
        sa.select(EVENTS.c.session_id, EVENTS.c.seq, EVENTS.c.payload)
        .join(SESSIONS, SESSIONS.c.session_id == EVENTS.c.session_id)
        .where(SESSIONS.c.user_id == user_id, EVENTS.c.kind == "reply")
    ).all()
    for session_id, seq, payload in rows:
        reply = payload["reply"]
        said = reply.get("remembered") or []
        if not said or (tastes is not None and not any(wish["id"] in tastes for wish in said)):
            continue
        clean = payload | {"reply": _without_memory(reply)}
        where = sa.and_(EVENTS.c.session_id == session_id, EVENTS.c.seq == seq)
        connection.execute(EVENTS.update().where(where).values(payload=clean))


def _without_memory(reply: dict[str, Any]) -> dict[str, Any]:
    lines = [line for line in reply.get("remembered_text", "").split("\n") if line]

    def clean(text: str) -> str:
        for line in lines:
            text = text.replace(line, "")
        return "\n".join(part.strip() for part in text.split("\n") if part.strip())

    picks = [pick | {"reason": clean(pick["reason"])} for pick in reply.get("recommendations", ())]
    return reply | {"remembered": [], "remembered_text": "", "text": clean(reply["text"]), "recommendations": picks}
