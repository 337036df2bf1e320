"""The server over streamable HTTP, behind the same gate as the API: keys, tokens, owners of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.access import is_loopback

from ..api.headers import THIS_MACHINE
from .server import create_server
from .tools import CALLER

if TYPE_CHECKING:
    from agent import Recommender
    from agent.access import Gate

PATH = "/mcp"


class Guarded:
    """Let in whoever the gate knows, and tell the others that they need a key."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        """Wrap ``app``."""
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kind, _, credentials = Headers(scope=scope).get("authorization", "").partition(" ")
        caller = await self._gate.caller(credentials.strip() if kind.lower() == "bearer" else None)
        if caller is None:
            challenge = 'Bearer realm="palate"' + (', error="invalid_token"' if credentials else "")
            refusal = JSONResponse({"error": "A key is needed here."}, 401, headers={"WWW-Authenticate": challenge})
            await refusal(scope, receive, send)
            return
        await self._app({**scope, CALLER: caller}, receive, send)


def create_http_app(recommender: Recommender, gate: Gate, host: str) -> ASGIApp:
    """Make the ASGI app that listens on ``host``; it serves ``/mcp``.

    On this machine alone, requests must address it by its own name, so that no web page elsewhere can reach it by
    renaming itself.
    """
    hosts = sorted(THIS_MACHINE | {*recommender.settings.api.allowed_hosts})
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=is_loopback(host),
        allowed_hosts=[name for one in hosts for name in (one, f"{one}:*")],
        allowed_origins=[f"{kind}://{one}{port}" for kind in ("http", "https") for one in hosts for port in ("", ":*")],
    )
    server = create_server(recommender)
    app: Any = server.streamable_http_app(streamable_http_path=PATH, transport_security=security, host=host)
    return Guarded(app, gate)
