"""The page's HTML document: gradio's, with its advertising taken out, our head put in, and a content policy."""

from __future__ import annotations

import asyncio
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .first import FirstScreen, nothing_first

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_FOREIGN_META = re.compile(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>\s*", re.IGNORECASE)

# gradio compiles templates in the browser, hence 'unsafe-eval', and its document has inline scripts and styles.
# Covers may come from the catalogue's own servers; nothing else may come from anywhere but here.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: http: https:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


def dressed(html: str, head: str, first: str = "") -> str:
    """Return the document without descriptions of other products, ``head`` ending its head, ``first`` in its body."""
    own = _FOREIGN_META.sub("", html).replace("</head>", f"{head}</head>", 1)
    return _BODY.sub(lambda body: body[0] + first, own, count=1)


class Document:
    """Dress the one HTML document that is served at ``path``; everything else passes untouched, streams included."""

    def __init__(self, app: ASGIApp, path: str, head: str, first: FirstScreen = nothing_first) -> None:
        """Keep what to dress and with what; ``first`` writes what shows until the page's script is there."""
        self._first = first
        self._app = app
        self._path = path
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def gather(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(start, bytes(body), scope, send)

        await self._app(scope, receive, gather)

    async def _finish(self, start: Message, body: bytes, scope: Scope, send: Send) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
            if body:
                accepted = Headers(scope=scope).get("accept-language", "")
                first = await asyncio.to_thread(self._first, accepted, b"session=" in scope["query_string"])
                body = dressed(body.decode("utf-8"), self._head, first).encode()
            headers["content-security-policy"] = POLICY
            headers["referrer-policy"] = "same-origin"  # the address holds the session's id
            headers["x-content-type-options"] = "nosniff"
            if body:
                headers["content-length"] = str(len(body))
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})
