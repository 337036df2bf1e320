"""Take up a new index while serving: turns that run end on the old one, the next turn begins on the new one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from retrieval import Retriever, read_manifest
from retrieval.errors import RetrievalError

from .graph import TurnGraph
from .parts import Parts, build_parts
from .replies import ReplyMaker
from .settings import Settings
from .turn import Emit, TurnState

log = logging.getLogger(__name__)

Finish = Callable[[ReplyMaker, TurnState, Emit], Awaitable[TurnState]]

GRACE_S = 60.0
"""An index that was replaced stays open at least that long, for readers that are not turns."""


class Generation:
    """The parts over one generation of the index, and how many turns work with them."""

    def __init__(self, parts: Parts, finish: Finish) -> None:
        """Wire the graph of a turn over these parts."""
        self.parts = parts
        self.replies = ReplyMaker(parts)
        self.graph = TurnGraph(parts, partial(finish, self.replies))
        self._running = 0

    @contextmanager
    def turn(self) -> Iterator[TurnGraph]:
        """Hold the parts open for one turn."""
        self._running += 1
        try:
            yield self.graph
        finally:
            self._running -= 1

    async def retire(self, grace_s: float = GRACE_S) -> None:
        """Close the index when nobody can be reading it any more."""
        await asyncio.sleep(grace_s)
        while self._running:
            await asyncio.sleep(1.0)
        self.parts.retriever.close()


class Serving:
    """The generation that turns begin on; looks now and then whether a newer one was published."""

    def __init__(self, settings: Settings, parts: Parts, finish: Finish, *, grace_s: float = GRACE_S) -> None:
        """Begin with these parts; ``grace_s`` is how long a replaced index stays open."""
        self.now = Generation(parts, finish)
        self._settings = settings
        self._finish = finish
        self._grace_s = grace_s
        self._looked = time.monotonic()
        self._looking = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused = ""

    def look(self) -> None:
        """Look for a newer index in the background, unless that was done a moment ago or is being done."""
        period = self._settings.server.refresh_s
        if period and not self._looking and time.monotonic() - self._looked >= period:
            self._looked = time.monotonic()
            self._looking = True
            self._spawn(self._look())

    async def refresh(self) -> None:
        """Take up the index that is published now, if it is another; one that does not fit is logged and left.

        Nothing waits for this: the old index serves until the new one is open and warm, and opening it takes none of
        the threads that turns work in.
        """
        old = self.now
        parts = await asyncio.to_thread(self._newer, old.parts)
        # Another look may have been quicker, or the recommender may be closing.
        if parts is None or self.now is not old:
            return
        self.now = Generation(parts, self._finish)
        log.info("now serving index generation %s", parts.retriever.manifest.generation)
        self._spawn(old.retire(self._grace_s))

    def close(self) -> None:
        """Stop looking, and close the index."""
        for task in self._tasks:
            task.cancel()
        self.now.parts.pool.shutdown(wait=False)
        self.now.parts.retriever.close()

    async def _look(self) -> None:
        try:
            await self.refresh()
        finally:
            self._looking = False

    def _newer(self, old: Parts) -> Parts | None:
        settings = self._settings.retrieval()
        serving = old.retriever.manifest
        try:
            published = read_manifest(settings.index)
            if published.generation in (serving.generation, self._refused):
                return None
            if published.schema_hash != serving.schema_hash:
                self._refused = published.generation
                log.warning("the new index has other attributes and is taken up at the next start")
                return None
            retriever = Retriever.open(settings)
            retriever.warm()
        except RetrievalError as error:
            log.warning("a new index cannot be taken up, the old one goes on: %s", error)
            return None
        return build_parts(self._settings, retriever, old.gate, beside=old)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
