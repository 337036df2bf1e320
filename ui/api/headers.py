"""Middleware with what browsers are told to forbid, and the check of the host that a request addresses."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..problems import from_status
from .errors import request_id, respond

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
_OF_CALLS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Answers below /v1 are data: nothing in them is run or shown in a frame, and what people said is not kept."""
_HTTPS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Set the headers that a response does not set itself."""

    def __init__(self, app: ASGIApp, shared: bool = False) -> None:
        """Wrap ``app``; with ``shared`` other sites may show its pictures, as they must when they may call it."""
        self._app = app
        self._resource = "cross-origin" if shared else "same-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = _ALWAYS | {"Cross-Origin-Resource-Policy": self._resource}
                if scope["path"].startswith("/v1/"):
                    own |= _OF_CALLS
                if scope["scheme"] == "https":
                    own |= {"Strict-Transport-Security": _HTTPS}
                for name, value in own.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)


class AllowedHosts:
    """Refuse requests to hosts that are not ours: a web page elsewhere may name its own host this machine."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        """Wrap ``app``; names are compared without their port."""
        self._app = app
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] in ("http", "websocket"):
            host = Headers(scope=scope).get("host", "").lower()
            name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
            if name not in self._hosts:
                detail = "This host name is not served here."
                await respond(from_status(421, detail, request_id(scope)))(scope, receive, send)
                return
        await self._app(scope, receive, send)
