"""Run the API, and the chat page under ``/``, on one port."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import uvicorn

from agent.access import AccessStore, Gate, is_loopback
from agent.errors import AgentError

from .api.app import create_app
from .api.headers import THIS_MACHINE
from .logs import set_up
from .page.visits import Visits

if TYPE_CHECKING:
    from fastapi import FastAPI

    from agent import Recommender
    from agent.access import Database

KEEP_ALIVE_S = 75
"""Seconds that an idle connection stays open: longer than clients and proxies keep theirs (5 s and 60 s are usual), so
that none is closed while a request is on its way into it."""
SWITCH_S = 0.0005
"""Seconds that a thread may keep the interpreter while others want it. The loop that answers gives it up whenever it
waits for news, dozens of times a turn, and at Python's 5 ms each time costs so much as long as one turn computes."""
DRAIN_S = 5
"""Seconds that running turns get to end when the server is told to stop."""


class AddressError(AgentError):
    """Report an address that cannot be listened on."""


def serve(recommender: Recommender, *, page: bool = True, on_ready: Callable[[str], None]) -> None:
    """Serve where the settings say, until interrupted; ``on_ready`` gets the address once it answers.

    Raises:
        AddressError: the port is taken, or the address is not one of this machine.
        SettingsError: nothing would guard the API or the page at that address.
    """
    settings = recommender.settings
    set_up(settings.telemetry)
    sys.setswitchinterval(SWITCH_S)
    server = settings.server
    gate = open_gate(recommender)
    gate.check_address(server.host, page=page, visitors_named=bool(server.user_header))
    # Before the page is built, which takes seconds: a taken port should be told at once.
    listener = listen(server.host, server.port)
    hosts = THIS_MACHINE | {*settings.api.allowed_hosts, server.host} if is_loopback(server.host) else ()
    app = create_app(recommender, gate, settings.api, hosts=hosts)
    if page:
        app = _with_page(app, recommender, gate)
    config = uvicorn.Config(
        app,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        server_header=False,
        log_config=None if settings.telemetry.log == "json" else uvicorn.config.LOGGING_CONFIG,
    )
    # Ctrl-C is how a server is stopped; uvicorn raises it again once everything is closed.
    with listener, suppress(KeyboardInterrupt):
        _Server(config, lambda: on_ready(_address(listener, server.host)), recommender.tend).run(sockets=[listener])


def open_gate(recommender: Recommender) -> Gate:
    """Return the gate that the settings describe, over the database of the conversations.

    Raises:
        SettingsError: the identity provider's keys cannot be read.
        MissingExtraError: tokens are to be taken, and PyJWT is not installed.
    """
    settings = recommender.settings
    # Conversations and keys lie in one database; the protocol of the store speaks of conversations alone.
    database = cast("Database", recommender.store)
    return Gate(settings.auth, AccessStore(database), host=settings.server.host)


def listen(host: str, port: int) -> socket.socket:
    """Open the port.

    Raises:
        AddressError: the port is taken, or the address is not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise AddressError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}.",
            hint=f"Stop what uses the port, or choose another: --port {port + 1 if port < 65535 else 7861}.",
        ) from error
    return listener


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], tend: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._tend = tend
        self._tending: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tending = asyncio.create_task(self._tend())
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._tending is not None:
            self._tending.cancel()
        await super().shutdown(sockets)


def _with_page(app: FastAPI, recommender: Recommender, gate: Gate) -> FastAPI:
    from .chat import mount

    named = bool(recommender.settings.server.user_header)
    return mount(app, page_of(recommender, gate, named=named), recommender.settings)


def page_of(recommender: Recommender, gate: Gate, *, named: bool) -> Visits:
    """Return the recommender as the page may use it: without what was begun by a key, or by another visitor.

    With ``named`` a proxy says who visits; else whoever has a conversation's link may open it.
    """

    async def reaches(session_id: str, visitor: str | None) -> bool:
        if await gate.store.soon(gate.store.owner, session_id) is not None:
            return False  # it was begun with a key
        info = await recommender.store.session(session_id) if named else None
        return info is None or info.user_id in (None, visitor)

    return Visits(recommender, reaches)


def _address(listener: socket.socket, host: str) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"
