"""What tests of bots share: a server on loopback, an inbox in memory, and a way to wait for what comes soon."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import uvicorn

from ..page.ports import Talker


@asynccontextmanager
async def serving(app: Any, lifespan: Literal["on", "off"] = "off") -> AsyncIterator[str]:
    """Serve an ASGI app on loopback and give its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await until(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until something holds, and return it; a test that waits in vain fails."""
    async with asyncio.timeout(seconds):
        while not (found := true()):
            await asyncio.sleep(0.01)
    return found


class ListedInbox:
    """An inbox in memory over a recommender that keeps its sessions itself."""

    def __init__(self, recommender: Talker) -> None:
        """Begin with no chats."""
        self._recommender = recommender
        self._taken: set[tuple[str, str]] = set()
        self._chats: dict[tuple[str, str], str] = {}
        self.owners: dict[str, str | None] = {}

    async def claim(self, platform: str, event_id: str) -> bool:
        new = (platform, event_id) not in self._taken
        self._taken.add((platform, event_id))
        return new

    async def session_of(self, platform: str, chat: str) -> str | None:
        return self._chats.get((platform, chat))

    async def begin(self, platform: str, chat: str, session_id: str, user_id: str | None, *, fresh: bool) -> str:
        if fresh or (platform, chat) not in self._chats:
            info = await self._recommender.new_session(user_id=user_id)
            self._chats[platform, chat] = info.session_id
            self.owners[info.session_id] = user_id
        return self._chats[platform, chat]
