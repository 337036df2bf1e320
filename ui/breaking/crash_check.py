"""Compare what callers know of their writes with what the store holds. Reads the tables, past all of our own code."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import sqlalchemy as sa

from .writers import Call, Log


class Row(NamedTuple):
    """One event as it is stored."""

    seq: int
    kind: str
    turn_id: str
    payload: dict[str, Any]
    text: str
    """The payload as JSON."""


class Held(NamedTuple):
    """What a store holds."""

    users: dict[str, str | None]
    """Session -> its user."""
    events: dict[str, list[Row]]
    """Session -> its events in order."""
    memory: dict[str, list[dict[str, Any]]]
    """User -> what is remembered, in order."""
    damage: str
    """What the database says of its own files; empty when they are sound."""


def read_store(url: str) -> Held:
    """Read everything; blocking."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        users = {str(s): u for s, u in connection.execute(sa.text("SELECT session_id, user_id FROM sessions"))}
        events: dict[str, list[Row]] = defaultdict(list)
        query = "SELECT session_id, seq, kind, turn_id, payload FROM events ORDER BY session_id, seq"
        for session, seq, kind, turn, payload in connection.execute(sa.text(query)):
            held = _json(payload)
            events[session].append(Row(seq, kind, turn, held, json.dumps(held)))
        memory: dict[str, list[dict[str, Any]]] = defaultdict(list)
        query = "SELECT user_id, payload FROM memory_events ORDER BY user_id, seq"
        for user, payload in connection.execute(sa.text(query)):
            memory[user].append(_json(payload))
        damage = ""
        if engine.dialect.name == "sqlite":
            said = str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
            damage = "" if said == "ok" else said
    engine.dispose()
    return Held(users, events, memory, damage)


def problems_of(log: Log, held: Held) -> list[str]:
    """Return what is lost, doubled, torn, out of order, or kept although it was refused; nothing when all is well."""
    found = [f"the database is damaged: {held.damage}"] if held.damage else []
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in log.calls:
        calls[call.session].append(call)
    for session, user in log.sessions.items():
        if held.users.get(session) != user:
            found.append(f"session {session}: acknowledged, and lost")
            continue
        if not any(event["kind"] == "consent" for event in held.memory.get(user, ())):
            found.append(f"user {user}: consent was acknowledged, and is lost")
        rows = held.events.get(session, [])
        found += [f"session {session}: {what}" for what in (*_torn(rows), *_counts(calls[session], rows))]
        found += [f"session {session}: {what}" for what in _order(calls[session], rows)]
        found += [f"user {user}: {what}" for what in _memory(calls[session], rows, held.memory.get(user, ()))]
    return found


def stored(call: Call, held: Held) -> int:
    """Return how many events of this call there are."""
    return len(_rows_of(call, held.events.get(call.session, [])))


def _rows_of(call: Call, rows: Sequence[Row]) -> list[Row]:
    if call.kind == "feedback":
        return [row for row in rows if row.kind == "feedback" and row.payload["item_id"] == call.mark]
    return [row for row in rows if row.kind == call.kind and call.mark in row.text]


def _torn(rows: Sequence[Row]) -> list[str]:
    found = []
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        found.append(f"events are numbered {[row.seq for row in rows]}")
    for row, after in zip_longest(rows, rows[1:]):
        if row.kind == "message" and (after is None or (after.kind, after.turn_id) != ("reply", row.turn_id)):
            found.append(f"turn {row.turn_id} has no reply")
    return found


def _counts(calls: Sequence[Call], rows: Sequence[Row]) -> list[str]:
    found = []
    for call in calls:
        count = len(_rows_of(call, rows))
        if call.state == "acknowledged" and count == 0:
            found.append(f"{call.kind} {call.mark} was acknowledged, and is lost")
        elif call.state == "refused" and count:
            found.append(f"{call.kind} {call.mark} was refused, and is kept")
        elif count > 1:
            found.append(f"{call.kind} {call.mark} is there {count} times")
        elif call.state == "acknowledged" and call.kind == "message" and _answer(call, rows) != call.answer:
            found.append(f"the reply to {call.mark} is another than the one that was given")
    return found


def _answer(call: Call, rows: Sequence[Row]) -> str:
    turn = next(row.turn_id for row in _rows_of(call, rows))
    return next((str(r.payload["reply"]["text"]) for r in rows if r.kind == "reply" and r.turn_id == turn), "")


def _order(calls: Sequence[Call], rows: Sequence[Row]) -> list[str]:
    """What was answered before another call began must stand before it."""
    done = [(call, at[0].seq) for call in calls if call.state == "acknowledged" and (at := _rows_of(call, rows))]
    done.sort(key=lambda pair: pair[0].ended)
    last, found = [(0.0, 0, "")], []
    for call, seq in done:
        last.append((call.ended, max(seq, last[-1][1]), call.mark))
    for call, seq in done:
        before = max((high for ended, high, _ in last if ended < call.began), default=0)
        if before > seq:
            found.append(f"{call.kind} {call.mark} stands before what was answered before it began")
    return found


def _memory(calls: Sequence[Call], rows: Sequence[Row], memory: Sequence[dict[str, Any]]) -> list[str]:
    """A turn that is stored was learnt from once; of one that is not, nothing may have been learnt twice."""
    signs = [event for event in memory if event["kind"] == "seen"]
    found = []
    keys = [(sign.get("turn_id"), sign["taste"]) for sign in signs]
    found += [f"turn {key[0]} taught taste {key[1]} twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    for call in calls:
        if call.kind == "edit" or call.state != "acknowledged":
            continue
        turns = {row.turn_id for row in _rows_of(call, rows)}
        if not any(sign.get("turn_id") in turns for sign in signs):
            found.append(f"what {call.kind} {call.mark} taught is lost")
    return found


def _json(payload: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(payload) if isinstance(payload, str | bytes) else payload
    return read
