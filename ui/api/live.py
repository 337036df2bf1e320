"""Turns whose readers may be cut off and come back: their events are kept for a while, each with an id.

A turn that nobody reads goes on for a while and is then given up. Everything lies in this process: what another one
runs is found again once its reply is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

from agent.types import DoneEvent, ItemsEvent, Reply, StateEvent, StreamEvent

MOST = 1000
"""Ended turns that are kept at a time."""
_REPLAYED = 10_000
"""Number of the last event of a replayed turn: above all that a live one has, so that whoever resumes gets it."""


class LiveTurn:
    """One turn's events so far, and whoever reads them."""

    def __init__(self, events: AsyncGenerator[StreamEvent], turn_id: str, linger_s: float) -> None:
        """Begin to run the turn."""
        self.turn_id = turn_id
        self.error: Exception | None = None
        self._linger_s = linger_s
        self._events: list[StreamEvent] = []
        self._news = asyncio.Condition()
        self._readers = 0
        self._giving_up: asyncio.TimerHandle | None = None
        self._over = False
        self._task = asyncio.create_task(self._run(events))

    @property
    def ended(self) -> bool:
        """Whether no more events will come."""
        return self._task.done()

    async def read(self, after: int = 0) -> AsyncGenerator[tuple[str, StreamEvent]]:
        """Yield events with their ids, from the one after number ``after``; raise what ended the turn early."""
        self._readers += 1
        if self._giving_up is not None:
            self._giving_up.cancel()
        try:
            while True:
                async with self._news:
                    while len(self._events) <= after and not self._over:
                        await self._news.wait()
                if len(self._events) <= after:
                    break
                after += 1
                yield event_id(self.turn_id, after), self._events[after - 1]
            if self.error is not None:
                raise self.error
        finally:
            self._readers -= 1
            if not self._readers and not self.ended:
                self._giving_up = asyncio.get_running_loop().call_later(self._linger_s, self._task.cancel)

    async def close(self) -> None:
        """End the turn, if it still runs, and wait for that."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self, events: AsyncGenerator[StreamEvent]) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    self._events.append(event)
                    await self._tell()
        except Exception as error:  # handed to whoever reads
            self.error = error
        except asyncio.CancelledError:
            self.error = TimeoutError("nobody read the turn")
            raise
        finally:
            self._over = True
            await asyncio.shield(self._tell())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


class LiveTurns:
    """The turns of this process that may be resumed, by session and turn."""

    def __init__(self, linger_s: float) -> None:
        """Keep turns for so many seconds without a reader."""
        self._linger_s = linger_s
        self._turns: dict[tuple[str, str], LiveTurn] = {}

    def begin(
        self, session_id: str, turn_id: str, events: AsyncGenerator[StreamEvent], *, lingers: bool = True
    ) -> LiveTurn:
        """Run a turn; one that does not linger ends with its reader."""
        turn = LiveTurn(events, turn_id, self._linger_s if lingers else 0.0)
        self._turns[session_id, turn_id] = turn
        turn._task.add_done_callback(lambda _task: self._ended(session_id, turn))
        return turn

    def find(self, session_id: str, turn_id: str) -> LiveTurn | None:
        """Return the turn if it runs here, or ended a little while ago."""
        return self._turns.get((session_id, turn_id))

    async def close(self) -> None:
        """End all turns."""
        for turn in list(self._turns.values()):
            await turn.close()
        self._turns.clear()

    def _ended(self, session_id: str, turn: LiveTurn) -> None:
        ended = [key for key, one in self._turns.items() if one.ended]
        for key in ended[: max(0, len(ended) - MOST)]:
            del self._turns[key]
        if turn.error is not None:
            self._drop(session_id, turn)  # a repetition must do it again
            return
        with suppress(RuntimeError):  # the loop is closing
            asyncio.get_running_loop().call_later(self._linger_s, self._drop, session_id, turn)

    def _drop(self, session_id: str, turn: LiveTurn) -> None:
        if self._turns.get((session_id, turn.turn_id)) is turn:
            del self._turns[session_id, turn.turn_id]


async def replayed(reply: Reply, *, resumed: bool) -> AsyncIterator[tuple[str, StreamEvent]]:
    """Yield a stored reply as events; whoever resumes has had its beginning, and gets the end alone."""
    if not resumed:
        yield event_id(reply.turn_id, _REPLAYED - 2), StateEvent(preferences=reply.preferences, language=reply.language)
        if reply.recommendations:
            shown = ItemsEvent(recommendations=reply.recommendations, relaxed=reply.relaxed)
            yield event_id(reply.turn_id, _REPLAYED - 1), shown
    yield event_id(reply.turn_id, _REPLAYED), DoneEvent(reply=reply)


def event_id(turn_id: str, number: int) -> str:
    """Return the id of a turn's event, counted from 1."""
    return f"{turn_id}.{number}"


def number_after(turn_id: str, last_event_id: str | None) -> int:
    """Return the number of the last event that a reader had; 0 when its id is none of this turn's."""
    owner, _, digits = (last_event_id or "").rpartition(".")
    return int(digits) if owner == turn_id and digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
