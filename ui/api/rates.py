"""How many calls each caller may make in a minute; the one place of the library ``limits``."""

from __future__ import annotations

import math
import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string
from starlette.exceptions import HTTPException

from agent.access import ApiConfig, Caller


class Rates:
    """Count calls by caller: by key, by subject of a token, and by address where nobody says who they are."""

    def __init__(self, config: ApiConfig) -> None:
        """Take the numbers from the settings."""
        storage = storage_from_string("async+memory://")
        assert isinstance(storage, Storage)
        self._windows = SlidingWindowCounterRateLimiter(storage)
        self._calls = _limit(config.per_minute)
        self._turns = _limit(config.turns_per_minute)

    async def call(self, request: Request, caller: Caller | None) -> None:
        """Count a call.

        Raises:
            HTTPException: 429, the caller made too many.
        """
        await self._count(self._calls, "calls", request, caller)

    async def turn(self, request: Request, caller: Caller) -> None:
        """Count a turn or a search.

        Raises:
            HTTPException: 429, the caller asked for too many.
        """
        await self._count(self._turns, "turns", request, caller)

    async def _count(
        self, limit: RateLimitItemPerMinute | None, what: str, request: Request, caller: Caller | None
    ) -> None:
        if limit is None:
            return
        who = identity(request, caller)
        if await self._windows.hit(limit, what, who):
            return
        stats = await self._windows.get_window_stats(limit, what, who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        raise HTTPException(429, f"More than {limit.amount} {what} in a minute.", headers={"Retry-After": str(seconds)})


def identity(request: Request, caller: Caller | None) -> str:
    """Return who is counted."""
    if caller is not None and caller.subject is not None:
        return f"key:{caller.key_id}" if caller.key_id else f"subject:{caller.subject}"
    return f"address:{request.client.host if request.client else ''}"


def _limit(per_minute: int) -> RateLimitItemPerMinute | None:
    return RateLimitItemPerMinute(per_minute) if per_minute else None
