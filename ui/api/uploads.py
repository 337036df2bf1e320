"""Pictures and sounds to search by: taken here, pointed at by id in messages and searches."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from agent.errors import UploadError
from retrieval.types import Query, Value

from .callers import Reader, Talker
from .context import RecommenderOf
from .models import Uploaded
from .openapi import problems

router = APIRouter(prefix="/v1/uploads", tags=["uploads"], responses=problems(401, 403, 422))

SLACK_BYTES = 64 * 1024
"""What the other parts of a multipart body may take."""
_MEDIA_TYPES = {"image": "image/jpeg", "audio": "audio/wav"}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


class Bytes(Value):
    """What a search is given to look and listen for."""

    image: bytes | None = None
    audio: bytes | None = None


@router.post("", status_code=201, summary="Send a picture or a sound to search by", responses=problems(400, 413, 503))
async def send(
    caller: Talker,
    recommender: RecommenderOf,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP, GIF; WAV, FLAC, OGG, MP3, M4A, or a film's sound.")],
    session_id: Annotated[
        str | None, Form(max_length=200, description="The only session that may use it; left out, any of yours.")
    ] = None,
) -> Uploaded:
    """Keep a picture or the start of a sound for a while, and return its id for `upload_ids`.

    What it is shows by its bytes, not by its name. It is decoded and written anew, without metadata; a file that cannot
    be read is refused with a reason. Only the caller who sent it can use it.
    """
    keeper = recommender.uploads
    data = await file.read(keeper.config.max_mb * 1024 * 1024 + 1)
    kept = await asyncio.to_thread(keeper.add, data, session_id or None, caller.subject)
    return Uploaded(upload_id=kept.id, kind=kept.kind, expires_in_s=round(keeper.config.keep_hours * 3600))


@router.get(
    "/{upload_id}",
    summary="A picture or sound that you sent",
    response_class=Response,
    responses=problems(404, 503) | {200: {"content": {"image/jpeg": {}, "audio/wav": {}}}},
)
async def look(upload_id: str, caller: Reader, recommender: RecommenderOf, session_id: str | None = None) -> Response:
    """Return what is kept of it, until it expires."""
    (upload,) = await asyncio.to_thread(recommender.uploads.refs, [upload_id], session_id, caller.subject)
    data = await asyncio.to_thread(recommender.uploads.read, upload)
    return Response(data or b"", media_type=_MEDIA_TYPES[upload.kind], headers=_HEADERS)


async def bytes_of(recommender: RecommenderOf, ids: tuple[str, ...], subject: str | None) -> Bytes:
    """Return the picture and the sound that these uploads hold, for a search without a session.

    Raises:
        UploadNotFoundError: one is not there, or not the caller's.
        UploadError: two are of one kind.
    """
    refs = await asyncio.to_thread(recommender.uploads.refs, ids, None, subject)
    kinds = [upload.kind for upload in refs]
    if len(set(kinds)) < len(kinds):
        raise UploadError("Two uploads are of one kind.", hint="Search by one picture and one sound at most.")
    read = {upload.kind: await asyncio.to_thread(recommender.uploads.read, upload) for upload in refs}
    return Bytes(image=read.get("image"), audio=read.get("audio"))


def with_bytes(query: Query, given: Bytes) -> Query:
    """Return the query with what it is to look and listen for."""
    return query.model_copy(update={"image": given.image, "audio": given.audio})
