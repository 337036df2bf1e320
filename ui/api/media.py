"""The picture, sound and film of an item, by its id alone: no path of the catalogue can be asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, RedirectResponse, Response

from agent.errors import ItemNotFoundError
from retrieval.types import Item, Modality

from ..pictures import picture_of
from .callers import Reader
from .context import RecommenderOf
from .openapi import problems

router = APIRouter(prefix="/v1/items", tags=["catalogue"], responses=problems(401, 403, 422))

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=86400",
}
_HEAD = 64
_WEB = ("http://", "https://")
_SOUNDS = ((b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"))


_ANSWERS: dict[str, Any] = {
    "response_class": Response,
    "responses": problems(404, 503)
    | {200: {"description": "The file.", "content": {"image/*": {}, "audio/*": {}, "video/*": {}}}},
}


@router.get("/{item_id:path}/image", summary="An item's picture", **_ANSWERS)
async def image(item_id: str, _caller: Reader, recommender: RecommenderOf) -> Response:
    """Return the picture that the catalogue names for the item; one that has none answers 404, unlike its cover."""
    return await _media(item_id, "image", recommender)


@router.get("/{item_id:path}/audio", summary="An item's sound", **_ANSWERS)
async def audio(item_id: str, _caller: Reader, recommender: RecommenderOf) -> Response:
    """Return the sound that the catalogue names for the item; parts of it are sent where a range is asked for."""
    return await _media(item_id, "audio", recommender)


@router.get("/{item_id:path}/video", summary="An item's film", **_ANSWERS)
async def video(item_id: str, _caller: Reader, recommender: RecommenderOf) -> Response:
    """Return the film that the catalogue names for the item; parts of it are sent where a range is asked for."""
    return await _media(item_id, "video", recommender)


async def _media(item_id: str, kind: Modality, recommender: RecommenderOf) -> Response:
    found = await asyncio.to_thread(recommender.facts.get, [item_id])
    if not found:
        raise ItemNotFoundError(f"There is no item {item_id!r}.", hint="Find ids with GET /v1/items?query=TITLE.")
    item = found[0]
    named = getattr(item, kind)
    if named is None:
        raise HTTPException(404, f"The catalogue has no {kind} of {item_id!r}.")
    if named.casefold().startswith(_WEB):
        return RedirectResponse(named, status_code=307, headers=_HEADERS)
    if kind == "image":
        return await asyncio.to_thread(_picture, item)
    media_type = await asyncio.to_thread(_playable, Path(named))
    if media_type is None:
        raise HTTPException(404, f"The {kind} of {item_id!r} cannot be played.")
    return FileResponse(named, media_type=media_type, headers=_HEADERS)


def _picture(item: Item) -> Response:
    picture = picture_of(item)
    return Response(picture.data, media_type=picture.media_type, headers=_HEADERS)


def _playable(path: Path) -> str | None:
    """Return the media type by the file's first bytes; None for what no browser should be told to play."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm"
    if head[:2] in (b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return next((kind for signature, kind in _SOUNDS if head.startswith(signature)), None)
