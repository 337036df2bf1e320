"""One caller of a load test: begins a conversation, says things, reacts, and reads what was kept of it."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence

import httpx

from .report import Tally

_CANARY = re.compile(r"zq[0-9a-f]{10}")


def canary(chance: random.Random) -> str:
    """Return a word that nobody else says."""
    return f"zq{chance.getrandbits(40):010x}"


class Talk:
    """One conversation. Each message holds its canary; each body that comes back is searched for those of others."""

    def __init__(
        self, client: httpx.AsyncClient, messages: Sequence[str], own: str, chance: random.Random, tally: Tally
    ) -> None:
        """Take what to say and where to count."""
        self._client = client
        self._messages = messages
        self._own = own
        self._chance = chance
        self._tally = tally
        self._path = ""
        self.said = 0
        """Messages that were answered."""
        self._sent = 0

    async def begin(self) -> bool:
        """Start the session; False if that failed."""
        started = await self._ask("start", lambda: self._client.post("/v1/sessions", json={}))
        if started is None:
            return False
        self._path = f"/v1/sessions/{started.json()['session_id']}"
        return True

    async def say(self) -> None:
        """Say something, and react to the first item of the answer."""
        self._sent += 1
        body = {"text": f"{self._chance.choice(self._messages)} ({self._own})"}
        answered = await self._ask("message", lambda: self._client.post(f"{self._path}/messages", json=body))
        if answered is None:
            return
        self.said += 1
        reply = answered.json()
        self._tally.turn(reply["degraded"])
        if picks := reply["recommendations"]:
            reaction = {"item_id": picks[0]["item_id"], "kind": "seen"}
            await self._ask("feedback", lambda: self._client.post(f"{self._path}/feedback", json=reaction))

    async def read(self) -> None:
        """Read the transcript, which must hold every message that was answered once, and nobody else's.

        Of a message whose answer did not come, nobody can say whether it was kept.
        """
        read = await self._ask("transcript", lambda: self._client.get(self._path))
        if read is None:
            return
        kept = [turn["user"] for turn in read.json()["turns"]]
        if not self.said <= len(kept) <= self._sent or not all(self._own in text for text in kept):
            self._tally.wrong(f"a transcript holds {len(kept)} of {self._sent} messages, {self.said} of them answered")

    async def _ask(self, kind: str, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            response = await call()
        except httpx.HTTPError as error:
            self._tally.error(kind, f"{type(error).__name__}: {error}")
            return None
        took = time.perf_counter() - began
        if response.status_code in (429, 503) and "retry-after" in response.headers:
            self._tally.refused(kind, took)
            return None
        self._tally.took(kind, took)
        if set(_CANARY.findall(response.text)) - {self._own}:
            self._tally.crossed(kind)
        if not response.is_success:
            self._tally.error(kind, f"{response.status_code}: {response.text[:200]}")
            return None
        return response
