"""Run one turn in a task of its own, so that it ends when nobody listens any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from agent.types import StreamEvent

Result = TypeVar("Result")

_POLL_S = 0.25


class CallerGoneError(Exception):
    """Report that the caller hung up before the answer was ready; nobody is left to read this."""


@asynccontextmanager
async def running(events: AsyncIterator[StreamEvent]) -> AsyncIterator[AsyncIterator[StreamEvent]]:
    """Iterate ``events`` in one task, whoever reads them; leaving the block cancels the turn and waits for its end.

    A server may read the first event in one task and the rest in another, which generators that hold a timeout or a
    lock do not survive.
    """
    queue: asyncio.Queue[StreamEvent | Exception | None] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for event in events:
                queue.put_nowait(event)
        except Exception as error:  # handed to the reader, who raises it
            queue.put_nowait(error)
        else:
            queue.put_nowait(None)

    async def read() -> AsyncIterator[StreamEvent]:
        while (event := await queue.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    task = asyncio.create_task(pump())
    try:
        yield read()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def unless_gone(work: Awaitable[Result], gone: Callable[[], Awaitable[bool]]) -> Result:
    """Await ``work``, and cancel it when ``gone`` says that nobody waits for it.

    Raises:
        CallerGoneError: the caller hung up.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_POLL_S)
            if not task.done() and await gone():
                raise CallerGoneError
        return task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
