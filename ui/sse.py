"""Write a turn as server-sent events: ``state``, ``items``, ``sentence``, and last ``done`` or ``error``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from sse_starlette import EventSourceResponse, ServerSentEvent

from agent.types import DoneEvent, ErrorEvent, StreamEvent

from .problems import from_error

log = logging.getLogger("palate.api")


def stream_response(
    events: AsyncIterator[tuple[str, StreamEvent]],
    turn: AsyncExitStack,
    request_id: str,
    headers: dict[str, str] | None = None,
) -> EventSourceResponse:
    """Stream a turn, whose events come with their ids; ``turn`` is closed when the stream ends, however it ends."""
    return EventSourceResponse(_written(events, turn, request_id), sep="\n", headers=headers)


async def _written(
    events: AsyncIterator[tuple[str, StreamEvent]], turn: AsyncExitStack, request_id: str
) -> AsyncIterator[ServerSentEvent]:
    async with turn:
        try:
            async for identity, event in events:
                yield write(event, identity)
        except Exception as error:  # the status line is sent: an event is the only way left to say it
            log.exception("request %s failed while streaming", request_id)
            problem = from_error(error, request_id)
            retryable = problem.status in (409, 503)
            yield write(ErrorEvent(message=problem.detail, hint=problem.hint, retryable=retryable))


def write(event: StreamEvent, identity: str | None = None) -> ServerSentEvent:
    """Write one event; the data of ``done`` is the Reply itself, of the others the event."""
    value = event.reply if isinstance(event, DoneEvent) else event
    return ServerSentEvent(value.model_dump_json(), event=event.kind, id=identity, sep="\n")
