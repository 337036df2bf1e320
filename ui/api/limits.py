"""Middleware that refuses large bodies of API calls, also those that do not declare their size."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Count what a route reads below ``/v1/``; the page looks after its own uploads.

    The framework's own limit answers in plain text; here the error reaches the handlers, which write a problem.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        """Wrap ``app``; ``larger`` are limits of single addresses, exactly as they are written."""
        self._app = app
        self._max_bytes = max_bytes
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        most = self._larger.get(scope["path"], self._max_bytes)
        declared = Headers(scope=scope).get("content-length", "")
        # A declared size is refused before anything is read; the server has checked that it is true.
        total = int(declared) if declared.isdecimal() and int(declared) > most else 0

        async def counted() -> Message:
            nonlocal total
            if total <= most:
                message = await receive()
                total += len(message.get("body", b""))
            if total > most:
                raise HTTPException(413, f"The body is larger than {most} bytes.")
            return message

        await self._app(scope, counted, send)
