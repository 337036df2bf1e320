"""One message of a chat at a time, in the order they came; chats do not wait for each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST_WAITING = 8
"""Messages of one chat that may wait; more are turned away rather than answered minutes late."""


class CrowdedError(Exception):
    """Report a chat in which too many messages wait already."""


class Lines:
    """Queues of chats; one that is empty takes no room."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._locks: dict[str, asyncio.Lock] = {}
        self._inside: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        """Wait for the messages that came before.

        Raises:
            CrowdedError: too many wait already.
        """
        if self._inside.get(chat, 0) > MOST_WAITING:
            raise CrowdedError
        self._inside[chat] = self._inside.get(chat, 0) + 1
        lock = self._locks.setdefault(chat, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            self._inside[chat] -= 1
            if not self._inside[chat]:
                del self._inside[chat], self._locks[chat]
