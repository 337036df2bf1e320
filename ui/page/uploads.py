"""Where the page sends a picture or a sound and gets it back. An id is hard to guess, and expires."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from agent.errors import AgentError, UploadTooLargeError
from agent.uploads import UploadKeeper

from ..failures import failure
from ..language import accepted

UPLOADS = "page-uploads"
_MARK = "x-palate-page"
"""Header that the page's own script sets; a form on another site cannot."""
_MEDIA_TYPES = {"image": "image/jpeg", "audio": "audio/wav"}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def add_uploads(app: FastAPI, keeper: UploadKeeper) -> None:
    """Add the two routes to an app."""

    async def take(request: Request) -> Response:
        if request.headers.get(_MARK) is None:
            return JSONResponse({"message": "Only the page may send files here."}, 403)
        try:
            kept = await asyncio.to_thread(keeper.add, await _body(request, keeper.config.max_mb))
        except AgentError as error:
            words = accepted(request.headers.get("accept-language", ""))
            return JSONResponse({"message": str(failure(error, words))}, 422)
        return JSONResponse({"id": kept.id, "kind": kept.kind}, 201)

    async def give(upload_id: str) -> Response:
        try:
            (upload,) = await asyncio.to_thread(keeper.refs, [upload_id])
        except AgentError:
            return Response(status_code=404)
        data = await asyncio.to_thread(keeper.read, upload)
        return Response(data or b"", media_type=_MEDIA_TYPES[upload.kind], headers=_HEADERS)

    hidden: dict[str, Any] = {"include_in_schema": False}
    app.add_api_route(f"/{UPLOADS}", take, methods=["POST"], response_model=None, **hidden)
    app.add_api_route(f"/{UPLOADS}/{{upload_id}}", give, methods=["GET"], response_model=None, **hidden)


async def _body(request: Request, most_mb: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_mb * 1024 * 1024:
            raise UploadTooLargeError(
                f"The file is larger than {most_mb} MB.", hint="Send a smaller one.", most_mb=most_mb
            )
    return bytes(body)
