"""Run the door of a chat platform until it is told to stop; answers that are under way are finished first."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from agent.errors import SettingsError

from .bot import Bot

if TYPE_CHECKING:
    from agent import Recommender

DRAIN_S = 20.0
"""Seconds that answers get to end when the door is told to close."""


def run(recommender: Recommender, platform: str, door: Callable[[Bot], Awaitable[None]]) -> None:
    """Open the door and keep it open until SIGINT or SIGTERM.

    Raises:
        SettingsError: the door cannot be opened with these settings.
    """
    asyncio.run(keep_open(recommender, platform, door))


async def keep_open(recommender: Recommender, platform: str, door: Callable[[Bot], Awaitable[None]]) -> None:
    """Run ``door`` until it ends or a signal comes, then let answers end and release everything."""
    if recommender.inbox is None:
        raise SettingsError("This store keeps no chats of bots.", hint="Use the store that store.url opens.")
    public_url = recommender.settings.server.public_url
    bot = Bot(recommender, recommender.inbox, platform, public_url=public_url, uploads=recommender.uploads)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # not on Windows, where Ctrl-C raises instead
            loop.add_signal_handler(number, stop.set)
    await recommender.warm()
    work, told = asyncio.ensure_future(door(bot)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await bot.drain(DRAIN_S)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        await recommender.aclose()
