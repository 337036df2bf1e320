"""The two routes, and how a turn becomes OpenAI's events."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from agent.errors import MessageError
from agent.types import DoneEvent, ItemsEvent, Reply, StateEvent, StreamEvent

from ...openai_shape import openai_error
from ...problems import from_error
from ...turns import running, unless_gone
from ..callers import COUNTED_TURN, Talker, access_of
from ..context import RecommenderOf
from ..errors import request_id
from ..openapi import problems
from ..turnstile import TurnstileOf
from .models import (
    MODEL,
    AnswerMessage,
    ChatCompletion,
    ChatRequest,
    ChatTurn,
    Choice,
    Extras,
    ModelCard,
    ModelList,
    chunk,
)
from .resolving import Sessions, new_identity
from .writing import Writer, usage

log = logging.getLogger("palate.api")

router = APIRouter(prefix="/v1", tags=["openai"], responses=problems(401, 403, 422, 429))


@router.get("/models", summary="Models that may be named: one")
async def models(_caller: Talker) -> ModelList:
    """List the one model."""
    return ModelList(data=(ModelCard(id=MODEL),))


@router.get("/models/{model}", summary="One model", responses=problems(404))
async def model(model: str, _caller: Talker) -> ModelCard:
    """Return the model."""
    return ModelCard(id=_known(model))


@router.post(
    "/chat/completions",
    summary="Answer the last message of a conversation, as OpenAI's API does",
    response_model=ChatCompletion,
    dependencies=[COUNTED_TURN],
    responses=problems(400, 404, 413, 422, 503)
    | {200: {"description": "The answer; or events with `stream: true`.", "content": {"text/event-stream": {}}}},
)
async def complete(
    body: ChatRequest,
    request: Request,
    caller: Talker,
    recommender: RecommenderOf,
    turnstile: TurnstileOf,
) -> Response:
    """Find the session of the earlier messages, run one turn, and give its text with the items beside it.

    Which session: the one named in `palate.session_id`; else the one whose turns the earlier messages are; else a
    new one. Errors have OpenAI's shape.
    """
    _known(body.model)
    text = _asked(body)
    try:
        user = caller.stored(body.user)
    except PermissionError:
        user = caller.subject  # OpenAI's field is a note for the provider; a key of one person speaks for that person
    sessions = Sessions(recommender, access_of(request.app), caller, user)
    named = body.palate.session_id
    finding = sessions.named(named) if named is not None else sessions.of(body.messages[:-1])
    session = await unless_gone(finding, request.is_disconnected)
    async with AsyncExitStack() as stack:
        streamed = recommender.stream(text, session, k=body.palate.k, adventure=body.palate.adventure)
        events = await stack.enter_async_context(running(turnstile.through(streamed)))
        # Waiting for the first event lets a message that cannot be taken be refused with a status of its own.
        first = await unless_gone(anext(events), request.is_disconnected)
        turn = _Turn(body, sessions)
        if body.stream:
            pieces = turn.pieces(_joined(first, events), stack.pop_all(), request_id(request.scope))
            return EventSourceResponse(pieces, sep="\n")
        reply = await unless_gone(turn.whole(_joined(first, events)), request.is_disconnected)
        return Response(reply.model_dump_json(), media_type="application/json")


class _Turn:
    """One answer on its way out."""

    def __init__(self, body: ChatRequest, sessions: Sessions) -> None:
        self._body = body
        self._sessions = sessions
        self._writer = Writer()
        self._identity = new_identity()
        self._created = int(time.time())

    async def whole(self, events: AsyncIterator[StreamEvent]) -> ChatCompletion:
        """Return the answer when all of it is there."""
        async for event in events:
            self._writer.write(event)
            if isinstance(event, DoneEvent):
                await self._ended(event.reply)
                message = AnswerMessage(content=self._writer.text, palate=Extras.of(event.reply))
                return ChatCompletion(
                    id=self._identity,
                    created=self._created,
                    choices=(Choice(message=message),),
                    usage=usage(self._said, self._writer.text),
                )
        raise RuntimeError("a turn ended without a reply")

    async def pieces(
        self, events: AsyncIterator[StreamEvent], turn: AsyncExitStack, identity: str
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield the answer as it comes; ``turn`` is closed when the stream ends, however it ends."""
        async with turn:
            yield self._piece({"role": "assistant", "content": ""})
            try:
                async for event in events:
                    for delta, finish in await self._deltas(event):
                        yield self._piece(delta, finish)
            except Exception as error:  # the status line is sent: an event is the only way left to say it
                log.exception("request %s failed while streaming", identity)
                yield _sent(openai_error(from_error(error, identity)))
                return
            if self._body.stream_options is not None and self._body.stream_options.include_usage:
                counted = usage(self._said, self._writer.text).model_dump()
                yield _sent(chunk(self._identity, self._created, {}) | {"choices": [], "usage": counted})
            yield ServerSentEvent("[DONE]", sep="\n")

    async def _deltas(self, event: StreamEvent) -> list[tuple[dict[str, Any], str | None]]:
        found: list[tuple[dict[str, Any], str | None]] = []
        if isinstance(event, StateEvent):
            found.append(
                ({"palate": {"preferences": [wish.model_dump(mode="json") for wish in event.preferences]}}, None)
            )
        if isinstance(event, ItemsEvent):
            shown = [pick.model_dump(mode="json") for pick in event.recommendations]
            found.append(({"palate": {"recommendations": shown}}, None))
        if text := self._writer.write(event):
            found.append(({"content": text}, None))
        if isinstance(event, DoneEvent):
            await self._ended(event.reply)
            found.append(({"palate": Extras.of(event.reply).model_dump(mode="json")}, "stop"))
        return found

    async def _ended(self, reply: Reply) -> None:
        """Note where the history ends, before the client can come back with it."""
        answered = ChatTurn(role="assistant", content=self._writer.text)
        await self._sessions.remember((*self._body.messages, answered), reply.session_id, reply.turn_id)

    @property
    def _said(self) -> str:
        return "\n".join(message.text for message in self._body.messages)

    def _piece(self, delta: dict[str, Any], finish: str | None = None) -> ServerSentEvent:
        return _sent(chunk(self._identity, self._created, delta, finish))


def _known(name: str) -> str:
    if name != MODEL:
        raise HTTPException(404, f"There is no model {name!r}; there is {MODEL!r}.")
    return name


def _asked(body: ChatRequest) -> str:
    """Return the message to answer.

    Raises:
        MessageError: the last message is none of a user, is no text, or an answer in another form is wanted.
    """
    last = body.messages[-1]
    if last.role != "user" or not last.text.strip():
        raise MessageError("The last message must be the user's, with text.", hint="Put the new message last.")
    if body.response_format is not None and body.response_format.get("type") not in (None, "text"):
        raise MessageError("Answers are text.", hint="Leave response_format out; the items stand in message.palate.")
    if not isinstance(last.content, str) and any(part.type != "text" for part in last.content or ()):
        raise MessageError("Only text is read here.", hint="Send pictures and sounds to POST /v1/uploads instead.")
    return last.text.strip()


async def _joined(first: StreamEvent, rest: AsyncIterator[StreamEvent]) -> AsyncIterator[StreamEvent]:
    yield first
    async for event in rest:
        yield event


def _sent(value: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(value, ensure_ascii=False), sep="\n")
