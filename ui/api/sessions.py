"""Sessions: start one, talk, look at it, edit its preferences, react to items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from agent.access import Caller
from agent.errors import MessageError
from agent.types import DoneEvent, Reply, SessionInfo, StreamEvent

from ..edits import checked, to_update
from ..metrics import Metrics
from ..sse import stream_response
from ..turns import running, unless_gone
from .callers import OwnSession, Talker, access_of
from .context import MetricsOf, RecommenderOf
from .errors import request_id
from .models import (
    NewFeedback,
    NewMessage,
    NewSession,
    PreferencesPatch,
    SessionDetail,
    SessionState,
)
from .openapi import problems

router = APIRouter(prefix="/v1/sessions", tags=["sessions"], responses=problems(401, 403, 422))


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
async def look(session_id: OwnSession, caller: Talker, recommender: RecommenderOf) -> SessionDetail:
    """Return every turn so far and what the session knows of the user's taste."""
    info, conversation = await recommender.transcript(session_id)
    return SessionDetail.of_session(_shown(info, caller), conversation)


@router.post(
    "/{session_id}/messages",
    summary="Say something, get a reply",
    response_model=Reply,
    responses=problems(400, 404, 413, 503)
    | {
        200: {
            "description": "The Reply; or, with `stream: true`, server-sent events.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def say(
    session_id: OwnSession, body: NewMessage, request: Request, recommender: RecommenderOf, metrics: MetricsOf
) -> Response:
    """Run one turn. Hanging up ends it. Turns of one session run one after another.

    With `stream: true` the events are `state` (preferences understood), `items` (cards, reasons still empty),
    `sentence` (each checked), and last `done` (the Reply) or `error`.
    """
    if not body.stream:
        reply = await unless_gone(
            recommender.reply(body.text, session_id, k=body.k, adventure=body.adventure), request.is_disconnected
        )
        metrics.turn(reply)
        return Response(reply.model_dump_json(), media_type="application/json")
    async with AsyncExitStack() as stack:
        streamed = recommender.stream(body.text, session_id, k=body.k, adventure=body.adventure)
        events = await stack.enter_async_context(running(streamed))
        # Waiting for the first event lets a message that cannot be taken be refused with a status of its own.
        first = await unless_gone(anext(events), request.is_disconnected)
        counted = _counted(first, events, metrics)
        return stream_response(counted, stack.pop_all(), request_id(request.scope))


@router.patch("/{session_id}/preferences", summary="Edit preferences", responses=problems(400, 404, 503))
async def edit(session_id: OwnSession, body: PreferencesPatch, recommender: RecommenderOf) -> SessionState:
    """Add, change or remove preferences, or undo earlier changes; the next reply follows them."""
    update = to_update(body, await recommender.conversation(session_id))
    update = await asyncio.to_thread(checked, update, recommender.schema, recommender.facts)
    return SessionState.of(await recommender.edit(session_id, update))


@router.post("/{session_id}/feedback", summary="React to an item", responses=problems(400, 404, 503))
async def react(session_id: OwnSession, body: NewFeedback, recommender: RecommenderOf) -> SessionState:
    """Like, dislike, mark as seen, skip or accept an item."""
    return SessionState.of(await recommender.feedback(session_id, body.item_id, body.kind))


def _shown(info: SessionInfo, caller: Caller) -> SessionInfo:
    """Return the session with its user by the name that the caller gave them."""
    return info if info.user_id is None else info.model_copy(update={"user_id": caller.shown(info.user_id)})


async def _counted(
    first: StreamEvent, rest: AsyncIterator[StreamEvent], metrics: Metrics
) -> AsyncIterator[StreamEvent]:
    yield first
    async for event in rest:
        if isinstance(event, DoneEvent):
            metrics.turn(event.reply)
        yield event
