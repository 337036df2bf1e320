"""How many turns run at once, how many wait, and how long one may take. What does not fit is refused, never hung."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request

from agent.access import ApiConfig
from agent.types import StreamEvent

from ..refusals import SaturatedError

_NEWEST = 0.1
"""Weight of the turn that ended last in how long turns take."""


class Turnstile:
    """Let so many in at a time; the others wait in the order in which they came."""

    def __init__(self, config: ApiConfig) -> None:
        """Take the numbers from the settings."""
        self._config = config
        self._places = asyncio.Semaphore(config.turns)
        self.waiting = 0
        """Turns that wait for a place."""
        self._turn_s = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a place; time counts from when it is given.

        Raises:
            SaturatedError: too many wait already, or the turn took too long.
        """
        wait_s = self.expected_wait_s()
        if self._places.locked() and (self.waiting >= self._config.waiting or wait_s > self._config.patience_s):
            raise SaturatedError(
                f"{self._config.turns} turns are under way and {self.waiting} wait.",
                hint="Try again in a moment.",
                retry_after_s=wait_s,
            )
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._config.seconds):
                yield
        except TimeoutError:
            raise SaturatedError(
                f"The turn took longer than {self._config.seconds:g} seconds and was given up.",
                hint="Nothing of it was kept. Try again.",
            ) from None
        finally:
            self._turn_s += _NEWEST * (time.monotonic() - began - self._turn_s)
            self._places.release()

    def expected_wait_s(self) -> float:
        """Return how long a turn that comes now will wait for a place, if turns go on taking what they took."""
        return (self.waiting + 1) * self._turn_s / self._config.turns if self._places.locked() else 0.0

    async def through(self, events: AsyncIterator[StreamEvent]) -> AsyncIterator[StreamEvent]:
        """Yield the events of a turn that holds a place. To be read by one task from beginning to end."""
        async with self.turn():
            async for event in events:
                yield event


async def _turnstile(request: Request) -> Turnstile:
    found: Turnstile = request.app.state.turnstile
    return found


TurnstileOf = Annotated[Turnstile, Depends(_turnstile)]
