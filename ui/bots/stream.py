"""Show an answer as it grows by editing one message, no faster than the platform allows.

What is shown in between may be lost, the last state may not: it waits as long as the platform asks, within reason.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from .types import Chat, ChatError, Post, SlowDownError

logger = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Seconds of silence before the reader is told that somebody is at work."""
LONGEST_WAIT_S = 60.0
"""Longest pause that is kept before the last state is given up."""
TRIES = 5


class Stream:
    """One message of the bot while it grows; only the newest state is ever sent."""

    def __init__(self, chat: Chat, waiting: Post, message: str | None = None) -> None:
        """Show ``waiting`` if nothing else is there to be shown soon; call inside an event loop.

        Args:
            chat: where it is shown.
            waiting: what says that somebody is at work.
            message: a message that is there already and shall be replaced.
        """
        self._chat = chat
        self._message = message
        self._newest = waiting
        self._news = asyncio.Event()
        self._closing = asyncio.Event()
        self._ready_at = 0.0
        self._pump = asyncio.create_task(self._run())

    def show(self, post: Post) -> None:
        """Show this as soon as the platform allows, unless something newer comes first."""
        self._newest = post
        self._news.set()

    async def finish(self, post: Post) -> str | None:
        """Show the last state and return what names the message; None when the platform did not take it."""
        await self.close()
        for _ in range(TRIES):
            left = self._ready_at - _now()
            if left > LONGEST_WAIT_S:
                logger.warning("an answer was not shown: the platform asks to wait %.0f s", left)
                break
            await asyncio.sleep(max(0.0, left))
            try:
                await self._deliver(post)
            except SlowDownError:
                continue
            except ChatError as error:
                logger.warning("an answer was not shown: %s", error)
            break
        return self._message

    async def close(self) -> None:
        """Stop showing; a call to the platform that is under way is waited for, since it may have posted."""
        self._closing.set()
        self._news.set()
        await self._pump

    async def _run(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), PATIENCE_S)
        self._news.set()
        while not self._closing.is_set():
            self._news.clear()
            try:
                await self._deliver(self._newest)
            except (SlowDownError, ChatError) as error:
                logger.info("an answer was not shown while it grew: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), max(0.0, self._ready_at - _now()))
            await self._news.wait()

    async def _deliver(self, post: Post) -> None:
        pause = self._chat.interval_s
        try:
            if self._message is None:
                self._message = await self._chat.send(post)
            else:
                await self._chat.edit(self._message, post)
        except SlowDownError as error:
            pause = error.after_s
            raise
        finally:
            self._ready_at = _now() + pause


def _now() -> float:
    return asyncio.get_running_loop().time()
