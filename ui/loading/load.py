"""Many conversations at once against a running server, each with a canary that must never appear in another."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import httpx
from pydantic import Field

from retrieval.types import Value

from .report import LoadReport, Tally

Result = TypeVar("Result")

_CANARY = re.compile(r"zq[0-9a-f]{10}")
_TIMEOUT_S = 60.0


class LoadPlan(Value):
    """How much to ask."""

    sessions: int = Field(200, ge=1, le=10_000)
    messages: int = Field(5, ge=1, le=100)
    """Messages in each session."""
    think_s: float = Field(20.0, ge=0.0, le=600.0)
    """Mean pause between two messages of one session, to read and type; half to one and a half of it."""
    seed: int = 42


async def load(address: str, plan: LoadPlan, messages: Sequence[str]) -> LoadReport:
    """Hold all conversations at once and return what was seen.

    Every session says its canary in each message, reacts to an item, and reads its transcript at the end. Each body
    that comes back is searched for canaries of others, and each transcript for messages that are lost or doubled.
    """
    chance = random.Random(plan.seed)
    canaries = [f"zq{chance.getrandbits(40):010x}" for _ in range(plan.sessions)]
    tally = Tally()
    limits = httpx.Limits(max_connections=plan.sessions, max_keepalive_connections=plan.sessions)
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, limits=limits) as client:
        talks = [
            _Talk(client, plan, canary, messages, random.Random(f"{plan.seed}{canary}"), tally) for canary in canaries
        ]
        await asyncio.gather(*(talk.hold() for talk in talks))
    return tally.report(plan.sessions, time.perf_counter() - began)


class _Talk:
    """One conversation."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        plan: LoadPlan,
        canary: str,
        messages: Sequence[str],
        chance: random.Random,
        tally: Tally,
    ) -> None:
        self._client = client
        self._plan = plan
        self._canary = canary
        self._messages = messages
        self._chance = chance
        self._tally = tally

    async def hold(self) -> None:
        """Hold it; whatever goes wrong is noted and ends it."""
        await asyncio.sleep(self._chance.uniform(0, self._plan.think_s))
        started = await self._ask("start", lambda: self._client.post("/v1/sessions", json={}))
        if started is None:
            return
        path = f"/v1/sessions/{started.json()['session_id']}"
        for number in range(self._plan.messages):
            if number:
                await asyncio.sleep(self._plan.think_s * self._chance.uniform(0.5, 1.5))
            text = f"{self._chance.choice(self._messages)} ({self._canary})"
            answered = await self._ask("message", lambda: self._client.post(f"{path}/messages", json={"text": text}))  # noqa: B023
            picks = answered.json()["recommendations"] if answered is not None else []
            if picks:
                body = {"item_id": picks[0]["item_id"], "kind": "seen"}
                await self._ask("feedback", lambda: self._client.post(f"{path}/feedback", json=body))  # noqa: B023
        read = await self._ask("transcript", lambda: self._client.get(path))
        if read is not None:
            said = [turn["user"] for turn in read.json()["turns"]]
            if len(said) != self._plan.messages or not all(self._canary in text for text in said):
                self._tally.wrong(f"a transcript holds {len(said)} of {self._plan.messages} messages")

    async def _ask(self, kind: str, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            response = await call()
        except httpx.HTTPError as error:
            self._tally.error(kind, f"{type(error).__name__}: {error}")
            return None
        self._tally.took(kind, time.perf_counter() - began)
        others = set(_CANARY.findall(response.text)) - {self._canary}
        if others:
            self._tally.crossed(kind)
        if not response.is_success:
            self._tally.error(kind, f"{response.status_code}: {response.text[:200]}")
            return None
        return response
