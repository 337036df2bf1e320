"""Callers who write to a server that may die at any moment, and who note what they know of each call afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

Kind = Literal["message", "feedback", "edit"]
State = Literal["sent", "acknowledged", "refused", "unknown"]
"""Under way; answered with success; answered with a refusal, so that nothing may be kept; or cut off."""

_TIMEOUT_S = 60.0
_GENRES = ("Western", "Crime", "Drama", "Comedy", "Horror", "War", "Thriller", "Adventure", "Romance", "Fantasy")
_MIX: dict[Kind, float] = {"message": 0.5, "feedback": 0.25, "edit": 0.25}
HELD_S = 11.0
"""A session whose process died in a turn is held for ten seconds; repeating earlier is waiting in vain."""


@dataclass
class Call:
    """One write, and what its caller knows of it."""

    kind: Kind
    session: str
    mark: str
    """Text that stands in this write and in no other of its session."""
    body: dict[str, Any]
    key: str | None
    """The ``Idempotency-Key``, with which it may be repeated; edits have none."""
    began: float
    ended: float = 0.0
    state: State = "sent"
    answer: str = ""
    """Text of the acknowledged reply."""
    repeats: int = 0


@dataclass
class Log:
    """What all callers know, over all lives of the server."""

    calls: list[Call] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    """Acknowledged sessions, with their users, whose consent to be remembered is acknowledged too."""

    def open_calls(self, before: float) -> list[Call]:
        """Return the calls that were cut off before a time and may be repeated."""
        return [call for call in self.calls if call.state == "unknown" and call.key and call.ended < before]


class Writers:
    """Several callers at once; each talks in a session of its own, the last two in one that they share."""

    def __init__(self, log: Log, items: Sequence[str], chance: random.Random, count: int) -> None:
        """Take the log, ids of items to react to, and how many callers there are, at least three."""
        self._log = log
        self._items = items
        self._chance = chance
        self._count = count
        self._marks = 0
        self.began = asyncio.Event()
        """Set when the first of them writes in the server's present life."""

    async def write(self, address: str) -> None:
        """Write until the server is gone."""
        async with _client(address, self._count) as client:
            try:
                sessions = [await self._begin(client) for _ in range(self._count - 1)]
            except httpx.TransportError:
                return
            self.began.set()
            await asyncio.gather(*(self._talk(client, session) for session in (*sessions, sessions[-1])))

    async def repeat(self, address: str, calls: Sequence[Call]) -> None:
        """Send calls again that were cut off, each with its key, one after another."""
        async with _client(address, 1) as client:
            for call in calls:
                call.repeats += 1
                await self._send(client, call)

    async def _begin(self, client: httpx.AsyncClient) -> str:
        user = f"user-{self._mark()}"
        (await client.put(f"/v1/users/{user}/memory", json={"consent": True})).raise_for_status()
        answer = (await client.post("/v1/sessions", json={"user_id": user})).raise_for_status()
        session = str(answer.json()["session_id"])
        self._log.sessions[session] = user
        return session

    async def _talk(self, client: httpx.AsyncClient, session: str) -> None:
        while True:
            call = self._new(session)
            self._log.calls.append(call)
            await self._send(client, call)
            if call.state == "unknown":
                return

    def _new(self, session: str) -> Call:
        mark = self._mark()
        kind = self._chance.choices(list(_MIX), list(_MIX.values()))[0]
        body: dict[str, Any]
        if kind == "message":
            body = {"text": f"Remember that I love {self._chance.choice(_GENRES)} films ({mark})"}
        elif kind == "feedback":
            # Of one item there is one reaction in a session, so that the item tells them apart.
            used = {call.mark for call in self._log.calls if call.session == session}
            mark = next(item for item in self._items if item not in used)
            body = {"item_id": mark, "kind": "like"}
        else:
            body = {"add": [{"attribute": "text", "value": mark}]}
        key = None if kind == "edit" else f"key-{self._mark()}"
        return Call(kind=kind, session=session, mark=mark, body=body, key=key, began=time.monotonic())

    async def _send(self, client: httpx.AsyncClient, call: Call) -> None:
        path = f"/v1/sessions/{call.session}"
        headers = {"Idempotency-Key": call.key} if call.key else {}
        try:
            if call.kind == "edit":
                answer = await client.patch(f"{path}/preferences", json=call.body)
            else:
                where = "messages" if call.kind == "message" else "feedback"
                answer = await client.post(f"{path}/{where}", json=call.body, headers=headers)
        except httpx.TransportError:
            call.state, call.ended = "unknown", time.monotonic()
            return
        call.ended = time.monotonic()
        if answer.is_success:
            call.state = "acknowledged"
            call.answer = answer.json()["text"] if call.kind == "message" else ""
        elif not call.repeats:
            call.state = "refused"

    def _mark(self) -> str:
        self._marks += 1
        return f"zq{self._marks:05d}{self._chance.getrandbits(20):05x}"


def _client(address: str, connections: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, limits=limits)
