"""What a program takes of the processor and of memory while it is tried, and what others take beside it; Linux."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.types import Value

_TICK = os.sysconf("SC_CLK_TCK")
_BEGINNING_S = 300.0
"""Memory is not judged while caches fill, over the first five minutes, or the first third of a shorter run."""
_LEAST = 10
"""Samples that a slope is judged by, at least."""


class Shares(Value):
    """Who used the processor, in cores: 1.0 is one core all the time."""

    cores: int
    """How many there were to use."""
    server: float
    """The server, or all of its replicas."""
    callers: float
    """The load itself: what asks, parses and checks."""
    others: float
    """Everything else on the machine."""


class Memory(Value):
    """How the server's memory went."""

    minutes: tuple[float, ...]
    """When it was read."""
    megabytes: tuple[float, ...]
    """Resident, at these times."""
    slope_mb_per_hour: float | None = None
    """Straight line through the readings after the beginning; None for too few."""
    low: float | None = None
    """Ends of its 95 % interval."""
    high: float | None = None

    @property
    def flat(self) -> bool | None:
        """Whether the readings do not tell the slope from 0; None where they are too few to say."""
        return None if self.low is None or self.high is None else self.low <= 0.0 <= self.high


class Watch:
    """Reads counters of the kernel from when it is made until ``shares``."""

    def __init__(self, pids: Sequence[int]) -> None:
        """Watch the servers of these process ids; none for those on other machines, of which nothing can be read."""
        self._pids = tuple(pids)
        self._began = time.monotonic()
        self._start = self._read()
        self._readings: list[tuple[float, float]] = []

    async def follow(self, every_s: float) -> None:
        """Read the memory of all servers together until cancelled."""
        while self._pids:
            resident = sum(map(_resident_mb, self._pids))
            self._readings.append(((time.monotonic() - self._began) / 60, resident))
            await asyncio.sleep(every_s)

    def shares(self) -> Shares | None:
        """Return who used the processor since the beginning."""
        if not self._pids:
            return None
        took = time.monotonic() - self._began
        server, callers, all_of_it = ((now - then) / took for now, then in zip(self._read(), self._start, strict=True))
        cores = len(os.sched_getaffinity(0))
        return Shares(cores=cores, server=server, callers=callers, others=max(0.0, all_of_it - server - callers))

    def memory(self) -> Memory | None:
        """Return how memory went, with its slope."""
        return slope(self._readings) if self._readings else None

    def _read(self) -> tuple[float, float, float]:
        if not self._pids:
            return 0.0, 0.0, 0.0
        server = sum(map(_processor_s, self._pids))
        own = os.times()
        machine = [int(ticks) for ticks in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:]]
        idle = machine[3] + machine[4]
        return server, own.user + own.system, (sum(machine[:8]) - idle) / _TICK


def slope(readings: Sequence[tuple[float, float]]) -> Memory:
    """Return readings of (minute, megabytes) with the slope of those after the beginning and its interval.

    Ordinary least squares. Neighbouring readings resemble each other, so the interval counts only as many of them as
    are independent: n (1 - r) / (1 + r), with r the correlation of neighbouring residuals (Santer et al. 2000).
    """
    minutes, megabytes = (tuple(float(value) for value in column) for column in zip(*readings, strict=True))
    beginning = min(_BEGINNING_S / 60, minutes[-1] / 3)
    kept = [(minute / 60, value) for minute, value in readings if minute >= beginning]
    if len(kept) < _LEAST:
        return Memory(minutes=minutes, megabytes=megabytes)
    hours, values = np.array(kept).T
    centred = hours - hours.mean()
    rise = float(centred @ values / (centred @ centred))
    residuals = values - values.mean() - rise * centred
    spread = float(residuals @ residuals)
    alike = float(residuals[1:] @ residuals[:-1]) / spread if spread > 0 else 0.0
    independent = max(3.0, len(kept) * (1 - alike) / (1 + alike)) if alike > 0 else float(len(kept))
    error = math.sqrt(spread / (independent - 2) / float(centred @ centred))
    from scipy.stats import t

    reach = float(t.ppf(0.975, independent - 2)) * error
    return Memory(minutes=minutes, megabytes=megabytes, slope_mb_per_hour=rise, low=rise - reach, high=rise + reach)


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
