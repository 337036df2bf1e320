"""Kill the serving process again and again while callers write, and look for what is lost or doubled."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

import httpx

from agent import Settings
from retrieval.types import Value

from .crash_check import Held, problems_of, read_store, stored
from .killable import KillableServer
from .writers import HELD_S, Kind, Log, Writers

_LONGEST_S = 1.0
"""A server is killed at a moment between none and so many seconds after the callers began to write."""
_MOST_ROUNDS = 30
"""How often, a second apart, what was cut off is repeated at the end."""
_MOST_PROBLEMS = 50
_KINDS: tuple[Kind, ...] = ("message", "feedback", "edit")

Say = Callable[[str], None]


class Tally(Value):
    """Calls of one kind."""

    acknowledged: int = 0
    refused: int = 0
    cut_off: int = 0
    """Under way when the process was killed."""
    kept: int = 0
    """Of those, how many were stored all the same, without their callers knowing."""
    repeated: int = 0
    """Of those cut off, how many were sent again under their key, and answered then."""


class CrashReport(Value):
    """What came of it."""

    store: Literal["sqlite", "postgres"]
    kills: int
    at_work: int
    """Kills at which at least one write was under way."""
    database_crashes: int
    """How often the database server was stopped at once, too, as by a loss of power to its process."""
    sessions: int
    calls: dict[Kind, Tally]
    problems: tuple[str, ...]
    """What was lost, doubled, torn or out of order; none is what should be."""
    seconds: float
    seed: int
    machine: str = ""
    commit: str = ""


def crash(
    settings: Settings,
    kills: int,
    *,
    seed: int = 42,
    callers: int = 8,
    crash_database: Callable[[], None] | None = None,
    every: int = 10,
    say: Say = lambda _line: None,
) -> CrashReport:
    """Kill the server that these settings describe so many times.

    Args:
        settings: with a store of their own, which is written to and read.
        kills: how many.
        seed: fixes the moments and what is said.
        callers: who write at once.
        crash_database: stops the database server without tidying up, and starts it again.
        every: after how many kills that is done.
        say: told after each kill.

    Raises:
        AgentError: the server does not start.
    """
    run = _Run(settings, random.Random(seed), callers)
    began = time.monotonic()
    crashes = asyncio.run(run.all(kills, crash_database, every, say))
    return CrashReport(
        store="postgres" if settings.store.url.startswith("postgresql") else "sqlite",
        kills=kills,
        at_work=run.at_work,
        database_crashes=crashes,
        sessions=len(run.log.sessions),
        calls={kind: run.tally(kind) for kind in _KINDS},
        problems=tuple(run.problems[:_MOST_PROBLEMS]),
        seconds=round(time.monotonic() - began, 1),
        seed=seed,
    )


class _Run:
    """The server, those who write to it, and what was found."""

    def __init__(self, settings: Settings, chance: random.Random, callers: int) -> None:
        self.log = Log()
        self.problems: list[str] = []
        self.at_work = 0
        self._settings = settings
        self._url = settings.store.address(settings.data_dir)
        self._chance = chance
        self._callers = callers
        self._server = KillableServer(settings)
        self._seen: set[str] = set()
        self._cut: Counter[Kind] = Counter()
        self._kept: Counter[Kind] = Counter()

    async def all(self, kills: int, crash_database: Callable[[], None] | None, every: int, say: Say) -> int:
        """Kill so many times, then settle; return how often the database was crashed."""
        crashes = 0
        try:
            writers = Writers(self.log, await self._items(), self._chance, self._callers)
            for number in range(1, kills + 1):
                crashing = crash_database if number % every == 0 else None
                crashes += crashing is not None
                flying = await self._once(writers, number, crashing)
                say(f"kill {number} of {kills}: {flying} writes under way, {len(self.problems)} problems so far")
            await self._settle(writers)
        finally:
            self._server.kill()
        self._look("at the end")
        return crashes

    def tally(self, kind: Kind) -> Tally:
        """Sum up the calls of one kind."""
        calls = [call for call in self.log.calls if call.kind == kind]
        return Tally(
            acknowledged=sum(call.state == "acknowledged" for call in calls),
            refused=sum(call.state == "refused" for call in calls),
            cut_off=self._cut[kind],
            kept=self._kept[kind],
            repeated=sum(call.state == "acknowledged" and call.repeats > 0 for call in calls),
        )

    async def _items(self) -> Sequence[str]:
        """Start the server for the first time, and ask it what there is to react to."""
        address = await asyncio.to_thread(self._server.start)
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            listed = (await client.get("/v1/items", params={"limit": 100})).raise_for_status().json()
        self._server.kill()
        return [str(item["item_id"]) for item in listed["items"]]

    async def _once(self, writers: Writers, number: int, crash_database: Callable[[], None] | None) -> int:
        """Let a server live for a moment; return how many writes were under way when it was killed."""
        address = await asyncio.to_thread(self._server.start)
        waiting = self.log.open_calls(before=time.monotonic() - HELD_S)
        writing = asyncio.gather(writers.write(address), writers.repeat(address, waiting))
        await self._until_writing(writers, writing)
        await asyncio.sleep(self._chance.uniform(0, _LONGEST_S))
        flying = [call for call in self.log.calls if call.state == "sent"]
        killed = time.monotonic()
        self._server.kill()
        if crash_database is not None:
            await asyncio.to_thread(crash_database)
        await writing
        self.at_work += bool(flying)
        held = self._look(f"after kill {number}")
        for call in self.log.calls:
            if call.state == "unknown" and call.ended >= killed and not call.repeats:
                self._cut[call.kind] += 1
                self._kept[call.kind] += bool(stored(call, held))
        return len(flying)

    @staticmethod
    async def _until_writing(writers: Writers, writing: asyncio.Future[Any]) -> None:
        """Wait until the callers write, or have given up."""
        began: asyncio.Future[Any] = asyncio.ensure_future(writers.began.wait())
        await asyncio.wait({began, writing}, return_when=asyncio.FIRST_COMPLETED)
        began.cancel()
        writers.began.clear()

    async def _settle(self, writers: Writers) -> None:
        """Repeat what was cut off until all of it is answered."""
        address = await asyncio.to_thread(self._server.start)
        for _ in range(_MOST_ROUNDS):
            waiting = self.log.open_calls(before=time.monotonic())
            if not waiting:
                return
            await writers.repeat(address, waiting)
            await asyncio.sleep(1.0)
        left = len(self.log.open_calls(before=time.monotonic()))
        if left:
            self.problems.append(f"{left} calls that were cut off could not be repeated")

    def _look(self, when: str) -> Held:
        held = read_store(self._url)
        for what in problems_of(self.log, held):
            if what not in self._seen:
                self._seen.add(what)
                self.problems.append(f"{when}: {what}")
        return held


def render_crash(report: CrashReport) -> str:
    """Return the figures as a table."""
    lines = [
        f"{report.kills} times kill -9 of a server on {report.store}, {report.at_work} of them with writes under way"
        + (f", {report.database_crashes} with the database server at once" if report.database_crashes else "")
        + f"; {report.sessions} sessions, {report.seconds:.0f} s.",
        "",
        f"{'':<10} {'acknowledged':>12} {'cut off':>8} {'kept anyway':>12} {'repeated':>9} {'refused':>8}",
    ]
    for kind, tally in report.calls.items():
        lines.append(
            f"{kind:<10} {tally.acknowledged:>12,} {tally.cut_off:>8,} {tally.kept:>12,} {tally.repeated:>9,} "
            f"{tally.refused:>8,}"
        )
    lines += ["", "\n".join(report.problems) or "Nothing acknowledged was lost, nothing is there twice."]
    return "\n".join(lines)
