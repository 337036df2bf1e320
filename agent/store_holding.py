"""Hold a lease for as long as a turn takes: wait for it, renew it, give it back. Knows nothing of databases."""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from . import store_turns
from .errors import SessionBusyError, StoreError

log = logging.getLogger(__name__)

_FIRST_S, _LONGEST_S = 0.02, 0.25
"""Pauses between two attempts: short at first, because most turns without a model are."""


class Leases(Protocol):
    """Makes one of the calls of ``store_turns`` in a transaction of its own."""

    def __call__(self, call: Callable[[Any, str, str], Any], token: str, /) -> Awaitable[Any]:
        """Return what the call returns."""
        ...


@asynccontextmanager
async def holding(leases: Leases, wait_s: float) -> AsyncIterator[str]:
    """Yield the token of the lease.

    Raises:
        SessionBusyError: others hold it for longer than ``wait_s``.
        StoreError: the database failed.
    """
    token = uuid.uuid4().hex
    await _take(leases, token, wait_s)
    renewing = asyncio.create_task(_renew(leases, token))
    try:
        yield token
    finally:
        renewing.cancel()
        # A lease that cannot be given back ends by itself.
        with suppress(StoreError):
            await leases(store_turns.give_back, token)


async def _take(leases: Leases, token: str, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + wait_s, _FIRST_S
    while not await leases(store_turns.take, token):
        if loop.time() + pause > deadline:
            raise SessionBusyError(
                f"Other messages of this session were not answered within {wait_s:g} s.",
                hint="Try again in a moment; see store.turn_wait_s.",
            )
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 1.5, _LONGEST_S)


async def _renew(leases: Leases, token: str) -> None:
    while True:
        await asyncio.sleep(store_turns.RENEW_S)
        try:
            if not await leases(store_turns.renew, token):
                return  # another took over; what this turn appends will be refused
        except StoreError as error:
            log.warning("the hold on a session was not renewed: %s", error)
