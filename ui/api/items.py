"""The catalogue: search without a dialogue, look items up, show their pictures."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from agent.errors import ItemNotFoundError
from retrieval.types import Item
from retrieval.types import Query as Search

from ..pictures import is_remote, picture_of
from .callers import COUNTED_SEARCH, Reader
from .context import RecommenderOf
from .models import ItemPage, ItemView, RecommendRequest, RecommendResponse
from .openapi import problems
from .paging import cursor_at, position_of
from .turnstile import TurnstileOf
from .uploads import bytes_of, with_bytes

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=problems(401, 403, 422, 429))

_PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=86400",
}


@router.post(
    "/recommend",
    summary="Rank items without a dialogue",
    responses=problems(400, 404, 413, 503),
    dependencies=[COUNTED_SEARCH],
)
async def recommend(
    body: RecommendRequest, caller: Reader, recommender: RecommenderOf, turnstile: TurnstileOf
) -> RecommendResponse:
    """Search by words, conditions, example items, a picture and a sound; no language model takes part."""
    for item_id in {*body.like_ids, *body.dislike_ids}:
        await _require(recommender, item_id)
    # What was left out is left to the dial.
    query = Search(**body.model_dump(exclude_unset=True, exclude={"upload_ids"}))
    if body.upload_ids:
        query = with_bytes(query, await bytes_of(recommender, body.upload_ids, caller.subject))
    async with turnstile.turn():
        return RecommendResponse.of(await recommender.search(query))


@router.get("/items", summary="Find items by title", responses=problems(503))
async def find(
    _caller: Reader,
    recommender: RecommenderOf,
    query: Annotated[str, Query(max_length=200, description="Part of a title; empty lists the best known.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str, Query(max_length=100, description="Where the page begins: `next_cursor` of the last.")] = "",
    offset: Annotated[int, Query(ge=0, le=10_000, description="Where the page begins, without a cursor.")] = 0,
) -> ItemPage:
    """List items, a page at a time."""
    begin = position_of(cursor) if cursor else offset
    found = await asyncio.to_thread(_page, recommender, query.strip(), limit + 1, begin)
    more = cursor_at(begin + limit) if len(found) > limit else None
    following = urlencode({"query": query, "limit": limit, "cursor": more})
    return ItemPage(
        items=tuple(ItemView.of(item) for item in found[:limit]),
        next=f"/v1/items?{following}" if more else None,
        next_cursor=more,
    )


# Before the item itself: an id may hold slashes, so its route would take "/cover" for a part of the id.
@router.get(
    "/items/{item_id:path}/cover",
    summary="An item's picture",
    response_class=Response,
    responses=problems(404, 503)
    | {200: {"description": "A picture.", "content": {"image/svg+xml": {}, "image/*": {}}}},
)
async def cover(item_id: str, recommender: RecommenderOf) -> Response:
    """Return the item's own picture, or one drawn from its facts and labelled as drawn.

    No key is needed: pages show pictures by their address alone.
    """
    item = await _require(recommender, item_id)
    if is_remote(item):
        return RedirectResponse(str(item.image), status_code=307)
    picture = await asyncio.to_thread(picture_of, item)
    return Response(picture.data, media_type=picture.media_type, headers=_PICTURE_HEADERS)


@router.get("/items/{item_id:path}", summary="One item with its facts", responses=problems(404, 503))
async def one(item_id: str, _caller: Reader, recommender: RecommenderOf) -> ItemView:
    """Return everything the catalogue says of an item."""
    return ItemView.of(await _require(recommender, item_id))


def _page(recommender: RecommenderOf, query: str, limit: int, offset: int) -> list[Item]:
    if query:
        return recommender.facts.search_title(query, limit=limit, offset=offset)
    return recommender.facts.get(recommender.facts.ids(limit=offset + limit)[offset:])


async def _require(recommender: RecommenderOf, item_id: str) -> Item:
    found = await asyncio.to_thread(recommender.facts.get, [item_id])
    if not found:
        raise ItemNotFoundError(f"There is no item {item_id!r}.", hint="Find ids with GET /v1/items?query=TITLE.")
    return found[0]
