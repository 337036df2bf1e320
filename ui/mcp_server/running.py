"""Run the server until its client leaves or it is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from ..serve import DRAIN_S, listen, open_gate
from .http import PATH, create_http_app
from .server import create_server

if TYPE_CHECKING:
    from agent import Recommender, Settings


async def speak_stdio(recommender: Recommender, user: str | None) -> None:
    """Talk to the program that started this one; end when it closes the pipe."""
    try:
        await recommender.warm()
        await create_server(recommender, user=user).run_stdio_async()
    finally:
        await recommender.aclose()


def speak_http(
    recommender_of: Callable[[], Recommender], settings: Settings, port: int, on_ready: Callable[[str], None]
) -> None:
    """Listen until interrupted; ``on_ready`` gets the address.

    Raises:
        AddressError: the port is taken, or the address is not one of this machine.
        SettingsError: nothing would guard the server at that address.
    """
    host = settings.server.host
    listener = listen(host, port)  # before the index is opened: a taken port should be told at once
    recommender = recommender_of()
    gate = open_gate(recommender)
    gate.check_address(host, page=False, visitors_named=False)
    app = create_http_app(recommender, gate, host)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=DRAIN_S, server_header=False)
    with listener, suppress(KeyboardInterrupt):
        listener.listen()
        shown = f"[{host}]" if ":" in host else host
        on_ready(f"http://{shown}:{listener.getsockname()[1]}{PATH}")
        asyncio.run(_serve(uvicorn.Server(config), listener, recommender))


async def _serve(server: uvicorn.Server, listener: socket.socket, recommender: Recommender) -> None:
    try:
        await recommender.warm()
        await server.serve(sockets=[listener])
    finally:
        await recommender.aclose()
