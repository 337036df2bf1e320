"""Middleware that refuses large bodies of API calls, also those that do not declare their size."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Count what a route reads below ``/v1/``; the page looks after its own uploads.

    The framework's own limit answers in plain text; here the error reaches the handlers, which write a problem.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Wrap ``app``."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        # A declared size is refused before anything is read; the server has checked that it is true.
        total = int(declared) if declared.isdecimal() and int(declared) > self._max_bytes else 0

        async def counted() -> Message:
            nonlocal total
            if total <= self._max_bytes:
                message = await receive()
                total += len(message.get("body", b""))
            if total > self._max_bytes:
                raise HTTPException(413, f"The body is larger than {self._max_bytes} bytes.")
            return message

        await self._app(scope, counted, send)
