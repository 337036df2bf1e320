"""Do less per turn when turns wait for the processor: rerank fewer candidates, then none, then refuse new turns.

One figure decides, the time that calls wait for a thread of the search pool: what those of the last second had to wait,
or what the longest in line has waited already, whichever is more. It counts all that keeps the processor busy, also
what is not Palate's. There is no memory beyond that second and no hysteresis: a turn that meets a short line is ranked
fully at once, so at a load between two steps some turns take the one and some the other, which is where the load stays.
"""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections.abc import Callable
from typing import Literal

from pydantic import Field, model_validator

from retrieval.types import Value

from .errors import OverloadedError

Level = Literal["full", "fewer", "none", "refuse"]
"""What is done for a turn: everything; fewer candidates reranked; no reranking; nothing, the turn is refused."""

LEVELS: tuple[Level, ...] = ("full", "fewer", "none", "refuse")
LEFT_OUT: dict[Level, str] = {"fewer": "busy_fewer", "none": "busy"}
"""Kinds of degradation to report, by what was done."""
MEMORY_S = 1.0
"""A wait counts for about so long after it was over."""


class LoadConfig(Value):
    """What is left out when turns wait for the processor; see docs/operations.md."""

    threads: int = Field(0, ge=0, le=256)
    """Threads that understand, search and rank; 0 takes one for each core, two at least."""
    shed: bool = True
    """Off ranks every turn fully and refuses none, however long it takes."""
    fewer_ms: float = Field(20.0, ge=0.0)
    """Wait for a thread, in milliseconds, from which on fewer candidates are reranked."""
    fewer: int = Field(16, ge=1, le=500)
    """How many candidates then are."""
    none_ms: float = Field(50.0, ge=0.0)
    """Wait from which on none are reranked."""
    refuse_ms: float = Field(1000.0, ge=0.0)
    """Wait from which on new turns are refused with 503; those under way are answered."""

    @model_validator(mode="after")
    def _rising(self) -> LoadConfig:
        if not self.fewer_ms <= self.none_ms <= self.refuse_ms:
            raise ValueError("shedding.fewer_ms, shedding.none_ms and shedding.refuse_ms must rise in this order")
        return self

    def pool_size(self) -> int:
        """Return how many threads to start."""
        return self.threads or max(2, len(os.sched_getaffinity(0)))


def level(waiting_ms: float, config: LoadConfig) -> Level:
    """Return what is done for a turn when calls wait so long. Pure."""
    if not config.shed or waiting_ms < config.fewer_ms:
        return "full"
    if waiting_ms < config.none_ms:
        return "fewer"
    return "none" if waiting_ms < config.refuse_ms else "refuse"


def depth(doing: Level, config: LoadConfig, usual: int) -> int:
    """Return how many candidates are reranked. Pure.

    Args:
        doing: what is done.
        config: how many ``fewer`` are.
        usual: how many candidates are reranked when nothing waits.
    """
    return {"full": usual, "fewer": min(usual, config.fewer)}.get(doing, 0)


class Waits:
    """How long calls wait for a thread; may be told from any thread.

    A call counts as waiting only if every thread was taken when it came. So a turn that is alone is never spared
    anything, however slow the machine, and gives the same answer every time.
    """

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nobody waiting for these threads; ``clock`` gives seconds."""
        self.threads = threads
        self._clock = clock
        self._numbers = itertools.count()
        self._came: dict[int, float] = {}
        self._waiting: dict[int, float] = {}
        self._recent_s = 0.0
        self._noted = clock()
        self._lock = threading.Lock()

    def enter(self) -> int:
        """Note that a call came, and return its number."""
        with self._lock:
            number = next(self._numbers)
            now = self._clock()
            if len(self._came) >= self.threads:
                self._waiting[number] = now
            self._came[number] = now
            return number

    def start(self, number: int) -> None:
        """Note that a call got its thread."""
        with self._lock:
            now = self._clock()
            waited = now - self._waiting.pop(number, now)
            kept = self._kept(now)
            self._recent_s = kept * self._recent_s + (1.0 - kept) * waited
            self._noted = now

    def end(self, number: int) -> None:
        """Note that a call is over, or gave up waiting."""
        with self._lock:
            self._came.pop(number, None)
            self._waiting.pop(number, None)

    def seconds(self) -> float:
        """Return the mean wait of late, the later the more it counts, or that of the longest in line if it is more."""
        with self._lock:
            now = self._clock()
            first = next(iter(self._waiting.values()), now)
            return max(self._recent_s * self._kept(now), now - first)

    @property
    def line(self) -> int:
        """How many calls wait at the moment."""
        return len(self._waiting)

    @property
    def free(self) -> int:
        """How many threads are not at work at the moment."""
        with self._lock:
            return max(0, self.threads - (len(self._came) - len(self._waiting)))

    def _kept(self, now: float) -> float:
        return math.exp(-max(0.0, now - self._noted) / MEMORY_S)


class Shedder:
    """Decides turn by turn; one per process."""

    def __init__(self, config: LoadConfig, waits: Waits | None = None) -> None:
        """Take the thresholds, and where waits are noted."""
        self.config = config
        self.waits = waits or Waits(config.pool_size())
        self.taken: dict[Level, int] = dict.fromkeys(LEVELS, 0)
        """How many turns were treated so."""
        self._watchers: list[Callable[[Level], None]] = []

    def watch(self, seen: Callable[[Level], None]) -> None:
        """Call ``seen`` with what is done for each turn from now on; it may be called from any thread."""
        self._watchers.append(seen)

    def admit(self) -> None:
        """Let a turn begin.

        Raises:
            OverloadedError: calls wait for too long, and some wait now: where nobody is in line, there is nothing to
                refuse for.
        """
        waiting = self.waits.seconds()
        if self.waits.line and level(1000 * waiting, self.config) == "refuse":
            self._took("refuse")
            raise OverloadedError(
                f"Too much is asked at the moment: calls wait {waiting:.1f} s for the processor.",
                hint="Nothing of it was kept. Try again in a moment.",
                retry_after_s=2.0 * waiting,
            )

    def rank(self, threads: int = 1) -> Level:
        """Return what is done for a turn that is about to search; one that was let in is answered.

        Args:
            threads: how many the reranker would use, that of the call itself among them. Where others are at work in
                so many that these are not free, all would be slower for it, so fewer candidates are reranked.
        """
        now = level(1000 * self.waits.seconds(), self.config)
        doing: Level = "none" if now == "refuse" else now
        if doing == "full" and self.config.shed and self.waits.free < min(threads, self.waits.threads) - 1:
            doing = "fewer"
        self._took(doing)
        return doing

    def _took(self, doing: Level) -> None:
        self.taken[doing] += 1
        for seen in self._watchers:
            seen(doing)
