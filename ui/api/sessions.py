"""Sessions: start one, talk, look at it, edit its preferences, react to items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from agent.access import Caller
from agent.errors import MessageError
from agent.types import DoneEvent, Reply, SessionInfo, StreamEvent

from ..edits import checked, to_update
from ..refusals import TurnNotFoundError, UnderWayError
from ..sse import stream_response
from ..turns import unless_gone
from .callers import COUNTED_TURN, OwnSession, Talker, access_of
from .context import LiveTurnsOf, RecommenderOf
from .errors import request_id
from .etags import etag_of, version_check
from .live import number_after, replayed
from .models import (
    NewFeedback,
    NewMessage,
    NewSession,
    PreferencesPatch,
    SessionDetail,
    SessionState,
    TurnPage,
)
from .openapi import problems
from .paging import cursor_at, position_of
from .repeating import OnceOf
from .turnstile import TurnstileOf

router = APIRouter(prefix="/v1/sessions", tags=["sessions"], responses=problems(401, 403, 422, 429))

_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The Reply; or, with `stream: true`, server-sent events.",
        "content": {"text/event-stream": {}},
    }
}


@router.post("", status_code=201, summary="Start a session", responses=problems(400, 503))
async def start(body: NewSession, request: Request, caller: Talker, recommender: RecommenderOf) -> SessionInfo:
    """Start a session; its id is what the other calls take. It belongs to the caller: others find nothing there."""
    served = recommender.schema.name
    if body.catalog not in (None, served):
        raise MessageError(f"The catalogue {body.catalog!r} is not served here.", hint=f"This is {served!r}.")
    try:
        user = caller.stored(body.user_id)
    except PermissionError:
        raise HTTPException(403, "The key speaks for its own user only: leave user_id out.") from None
    info = await recommender.new_session(user_id=user)
    if caller.subject is not None:
        access = access_of(request.app)
        await access.soon(access.own, info.session_id, caller.subject)
    return _shown(info, caller)


@router.get("/{session_id}", summary="Transcript and preferences", responses=problems(404, 503))
async def look(session_id: OwnSession, caller: Talker, recommender: RecommenderOf, response: Response) -> SessionDetail:
    """Return every turn so far and what the session knows of the user's taste; `ETag` is the preferences' version."""
    info, conversation = await recommender.transcript(session_id)
    response.headers["ETag"] = etag_of(conversation)
    return SessionDetail.of_session(_shown(info, caller), conversation)


@router.get("/{session_id}/turns", summary="Transcript, a page at a time", responses=problems(404, 503))
async def page(
    session_id: OwnSession,
    recommender: RecommenderOf,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str, Query(max_length=100, description="Where the page begins: `next_cursor` of the last.")] = "",
) -> TurnPage:
    """List turns, oldest first. Turns are only ever added, so that pages never shift."""
    begin = position_of(cursor)
    turns = (await recommender.conversation(session_id)).turns
    more = cursor_at(begin + limit) if len(turns) > begin + limit else None
    address = f"/v1/sessions/{quote(session_id, safe='')}/turns?{urlencode({'limit': limit, 'cursor': more})}"
    return TurnPage(turns=turns[begin : begin + limit], next=address if more else None, next_cursor=more)


@router.post(
    "/{session_id}/messages",
    summary="Say something, get a reply",
    response_model=Reply,
    responses=problems(400, 404, 409, 413, 503) | _STREAMED,
    dependencies=[COUNTED_TURN],
)
async def say(
    session_id: OwnSession,
    body: NewMessage,
    request: Request,
    caller: Talker,
    recommender: RecommenderOf,
    once: OnceOf,
    turnstile: TurnstileOf,
    live: LiveTurnsOf,
) -> Response:
    """Run one turn. Hanging up ends it. Turns of one session run one after another.

    With `stream: true` the events are `state` (preferences understood), `items` (cards, reasons still empty),
    `sentence` (each checked), and last `done` (the Reply) or `error`. With an `Idempotency-Key` a streamed turn goes on
    for a while after its reader was cut off: read on at `/v1/sessions/{id}/turns/{turn_id}/events`.
    """
    sent: dict[str, Any] = {}
    if body.upload_ids:
        keeper = recommender.uploads
        sent["uploads"] = await asyncio.to_thread(keeper.refs, body.upload_ids, session_id, caller.subject)
    running = await once.claim(body)
    if once.key is not None and (stored := await _stored(recommender, session_id, once.turn_id)) is not None:
        return _again(stored, request, body.stream)
    if running:
        where = _events_address(session_id, once.turn_id)
        raise UnderWayError("The same request is under way.", hint=f"Wait, or read it at {where}.")
    dial, turn_id = body.adventure, once.turn_id
    streamed = recommender.stream(body.text, session_id, k=body.k, adventure=dial, turn_id=turn_id, **sent)
    events = once.guarded(turnstile.through(streamed))
    if not body.stream:
        reply = await unless_gone(_whole(events), request.is_disconnected)
        return Response(reply.model_dump_json(), media_type="application/json")
    turn = live.begin(session_id, once.turn_id, events, lingers=once.key is not None)
    return await _streaming(turn.read(), request, session_id, once.turn_id)


@router.get(
    "/{session_id}/turns/{turn_id}/events",
    summary="Read a turn's events, from the start or from where a reader was cut off",
    response_class=Response,
    responses=problems(404, 503) | _STREAMED,
)
async def resume(
    session_id: OwnSession,
    turn_id: str,
    request: Request,
    recommender: RecommenderOf,
    live: LiveTurnsOf,
    last_event_id: Annotated[str | None, Header(max_length=200, description="Id of the last event that came.")] = None,
) -> Response:
    """Go on after the event that `Last-Event-ID` names. Of a turn that ended longer ago, the end alone is there."""
    turn = live.find(session_id, turn_id)
    if turn is not None:
        return await _streaming(turn.read(number_after(turn_id, last_event_id)), request, session_id, turn_id)
    stored = await _stored(recommender, session_id, turn_id)
    if stored is None:
        raise TurnNotFoundError(f"There is no turn {turn_id!r} in this session.", hint="Send the message again.")
    return _again(stored, request, stream=True, resumed=last_event_id is not None)


@router.patch("/{session_id}/preferences", summary="Edit preferences", responses=problems(400, 404, 412, 503))
async def edit(
    session_id: OwnSession,
    body: PreferencesPatch,
    recommender: RecommenderOf,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=1000, description="Edit only while the preferences have this `ETag`; else 412.")
    ] = None,
) -> SessionState:
    """Add, change or remove preferences, or undo earlier changes; the next reply follows them."""
    check = version_check(if_match)
    before = await recommender.conversation(session_id)
    if check is not None:
        check(before)
    update = to_update(body, before)
    update = await asyncio.to_thread(checked, update, recommender.schema, recommender.facts)
    edited = await recommender.edit(session_id, update, check=check)
    response.headers["ETag"] = etag_of(edited)
    return SessionState.of(edited)


@router.post("/{session_id}/feedback", summary="React to an item", responses=problems(400, 404, 503))
async def react(
    session_id: OwnSession, body: NewFeedback, recommender: RecommenderOf, once: OnceOf, response: Response
) -> SessionState:
    """Like, dislike, mark as seen, skip or accept an item. With an `Idempotency-Key` it counts once."""
    await once.claim(body)
    turn_id = once.turn_id if once.key is not None else None
    after = await recommender.feedback(session_id, body.item_id, body.kind, turn_id=turn_id)
    response.headers["ETag"] = etag_of(after)
    return SessionState.of(after)


async def _stored(recommender: RecommenderOf, session_id: str, turn_id: str) -> Reply | None:
    """Return the reply of a turn that the session holds."""
    turns = (await recommender.conversation(session_id)).turns
    return next((turn.reply for turn in turns if turn.turn_id == turn_id and turn.reply is not None), None)


def _again(reply: Reply, request: Request, stream: bool, *, resumed: bool = False) -> Response:
    """Give a stored reply."""
    if not stream:
        return Response(reply.model_dump_json(), media_type="application/json")
    return stream_response(replayed(reply, resumed=resumed), AsyncExitStack(), request_id(request.scope))


async def _streaming(
    events: AsyncGenerator[tuple[str, StreamEvent]], request: Request, session_id: str, turn_id: str
) -> Response:
    """Stream a turn; waiting for the first event lets a message that cannot be taken be refused by its status."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(aclosing(events))
        try:
            first = await unless_gone(anext(events), request.is_disconnected)
        except StopAsyncIteration:  # all of it was read before
            return Response(status_code=204)
        headers = {"Content-Location": _events_address(session_id, turn_id)}
        joined = _joined(first, events)
        return stream_response(joined, stack.pop_all(), request_id(request.scope), headers)


def _events_address(session_id: str, turn_id: str) -> str:
    return f"/v1/sessions/{quote(session_id, safe='')}/turns/{turn_id}/events"


def _shown(info: SessionInfo, caller: Caller) -> SessionInfo:
    """Return the session with its user by the name that the caller gave them."""
    return info if info.user_id is None else info.model_copy(update={"user_id": caller.shown(info.user_id)})


async def _whole(events: AsyncGenerator[StreamEvent]) -> Reply:
    reply: Reply | None = None
    async with aclosing(events):
        # To the end, so that the turn lets go of its session and its place before the reply is sent.
        async for event in events:
            if isinstance(event, DoneEvent):
                reply = event.reply
    if reply is None:
        raise RuntimeError("a turn ended without a reply")
    return reply


async def _joined(
    first: tuple[str, StreamEvent], rest: AsyncIterator[tuple[str, StreamEvent]]
) -> AsyncIterator[tuple[str, StreamEvent]]:
    yield first
    async for pair in rest:
        yield pair
