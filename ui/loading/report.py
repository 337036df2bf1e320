"""Figures of a load test."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from agent.templates import degraded
from retrieval.types import Value

from .watch import Memory, Shares


class Latency(Value):
    """How long calls of one kind took, in milliseconds."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float


class LoadReport(Value):
    """What was seen."""

    sessions: int
    """Conversations at once; where turns arrive at a rate, the most turns that ran at once."""
    servers: int = 1
    """Replicas that the conversations were dealt out to."""
    seconds: float
    calls: int
    """Calls that were answered."""
    errors: int
    crossed: int
    """Bodies in which a canary of another session stood."""
    wrong: int
    """Transcripts that lost or doubled a message."""
    turns: int
    """Messages that were answered."""
    degraded: dict[str, int]
    """How many of them were answered with less than everything, by what the reply says of it."""
    refused: int
    """Calls that were refused with 429 or 503 and the time to come again; they are not in the latencies."""
    refusal: Latency | None = None
    """How long it took to be refused."""
    kinds: dict[str, Latency]
    examples: tuple[str, ...]
    """What went wrong, the commonest first."""
    processor: Shares | None = None
    memory: Memory | None = None
    machine: str = ""
    commit: str = ""

    @property
    def turns_per_second(self) -> float:
        """Turns answered a second."""
        return self.turns / self.seconds if self.seconds else 0.0

    @property
    def refused_share(self) -> float:
        """Share of all calls that were refused."""
        return self.refused / max(1, self.calls + self.refused)


class Tally:
    """Gather figures while calls run."""

    def __init__(self) -> None:
        """Start with none."""
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._refusals: list[float] = []
        self._said: Counter[str] = Counter()
        self._degraded: Counter[str] = Counter()
        self._errors = self._crossed = self._wrong = self._turns = 0

    def took(self, kind: str, seconds: float) -> None:
        """Note how long a call took."""
        self._seconds[kind].append(seconds)

    def turn(self, degraded: Sequence[str]) -> None:
        """Note an answered message and what its reply says was left out."""
        self._turns += 1
        self._degraded.update(set(degraded))

    def refused(self, kind: str, seconds: float) -> None:
        """Note a call that was refused for want of capacity."""
        self._refusals.append(seconds)

    def error(self, kind: str, what: str) -> None:
        """Note a call that failed."""
        self._errors += 1
        self._said[f"{kind}: {what}"] += 1

    def crossed(self, kind: str) -> None:
        """Note a body that held what belongs to another session."""
        self._crossed += 1
        self._said[f"{kind}: a canary of another session"] += 1

    def wrong(self, what: str) -> None:
        """Note a transcript that is not what was said."""
        self._wrong += 1
        self._said[what] += 1

    def report(
        self,
        sessions: int,
        seconds: float,
        *,
        servers: int = 1,
        processor: Shares | None = None,
        memory: Memory | None = None,
    ) -> LoadReport:
        """Return the figures."""
        return LoadReport(
            sessions=sessions,
            servers=servers,
            seconds=seconds,
            calls=sum(map(len, self._seconds.values())),
            errors=self._errors,
            crossed=self._crossed,
            wrong=self._wrong,
            turns=self._turns,
            degraded=dict(self._degraded.most_common()),
            refused=len(self._refusals),
            refusal=_latency(self._refusals) if self._refusals else None,
            kinds={kind: _latency(times) for kind, times in sorted(self._seconds.items())},
            examples=tuple(f"{count} x {what}" for what, count in self._said.most_common(10)),
            processor=processor,
            memory=memory,
        )


def _latency(seconds: list[float]) -> Latency:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return 1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Latency(count=len(ordered), p50_ms=at(0.5), p95_ms=at(0.95), p99_ms=at(0.99), worst_ms=1000 * ordered[-1])


def render_load(report: LoadReport) -> str:
    """Return the figures as a table."""
    lines = [
        f"{report.sessions} sessions at once, {report.calls:,} calls and {report.turns:,} turns in "
        f"{report.seconds:.0f} s ({report.turns_per_second:.1f} turns a second), {report.servers} "
        f"server{'s' if report.servers > 1 else ''}.",
        f"{report.errors} errors, {report.crossed} bodies with a canary of others, {report.wrong} wrong transcripts, "
        f"{report.refused} refused ({report.refused_share:.1%}).",
        "",
        f"{'call':<12}{'count':>7}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'worst':>9}",
    ]
    kinds = report.kinds | ({"refused": report.refusal} if report.refusal else {})
    for kind, took in kinds.items():
        figures = "".join(f"{value:>9.0f}" for value in (took.p50_ms, took.p95_ms, took.p99_ms, took.worst_ms))
        lines.append(f"{kind:<12}{took.count:>7}{figures}")
    lines += ["", *(f"{count / report.turns:6.1%} of the turns: {said}" for said, count in report.degraded.items())]
    if report.processor is not None:
        lines += ["", _used(report.processor)]
    if report.memory is not None:
        lines += ["", _memory(report.memory)]
    return "\n".join([*lines, *(("", *report.examples) if report.examples else ()), "", report.machine, report.commit])


class Curve(Value):
    """What was seen at rising arrival rates."""

    rates: tuple[float, ...]
    """Turns a second that arrived on average."""
    goal_ms: float
    reports: tuple[LoadReport, ...]
    """One for each rate."""
    machine: str = ""
    commit: str = ""

    @property
    def bearable(self) -> float | None:
        """Return the highest rate up to which every rate kept the goal, with nobody refused; None for none."""
        best = None
        for rate, report in sorted(zip(self.rates, self.reports, strict=True), key=lambda point: point[0]):
            message = report.kinds.get("message")
            if message is None or message.p95_ms >= self.goal_ms or report.refused or report.errors:
                break
            best = rate
        return best


def render_curve(curve: Curve) -> str:
    """Return one line for each arrival rate, and the highest up to which messages keep the goal."""
    columns = ("arrive/s", "answered", "p50 ms", "p95 ms", "rest p95", "fewer", "none", "refused")
    lines = ["".join(f"{name:>9}" for name in (*columns, "server", "callers", "programs"))]
    for rate, report in zip(curve.rates, curve.reports, strict=True):
        message = report.kinds.get("message")
        rest = max((took.p95_ms for kind, took in report.kinds.items() if kind != "message"), default=0.0)
        shed = [report.degraded.get(degraded(kind), 0) / max(1, report.turns) for kind in ("busy_fewer", "busy")]
        cells = [f"{rate:g}", f"{report.turns_per_second:.1f}"]
        cells += [f"{message.p50_ms:.0f}", f"{message.p95_ms:.0f}"] if message else ["-", "-"]
        cells += [f"{rest:.0f}", *(f"{share:.0%}" for share in shed), f"{report.refused_share:.1%}"]
        if (shares := report.processor) is not None:
            cells += [f"{share:.2f}" for share in (shares.server, shares.callers, shares.others)]
        lines.append("".join(f"{cell:>9}" for cell in cells))
    said = "at none of these rates" if curve.bearable is None else f"up to {curve.bearable:g} turns a second"
    lines += [
        "",
        "p50 and p95 are of messages, rest is the slowest kind of the other calls. fewer and none: share of the turns",
        "for which fewer candidates were reranked, or none. server, callers, programs: cores used by each.",
        "",
        f"95 of 100 messages within {curve.goal_ms:g} ms, none refused: {said}.",
    ]
    return "\n".join([*lines, "", curve.machine, curve.commit])


def _used(shares: Shares) -> str:
    return (
        f"Of {shares.cores} cores serving used {shares.server:.2f}, the callers {shares.callers:.2f}, "
        f"other programs {shares.others:.2f}."
    )


def _memory(memory: Memory) -> str:
    first, last, most = memory.megabytes[0], memory.megabytes[-1], max(memory.megabytes)
    said = f"Memory: {first:.0f} MB at the start, {last:.0f} MB at the end, {most:.0f} MB at most"
    if memory.slope_mb_per_hour is None:
        return f"{said}; too few readings for a slope."
    told = "flat" if memory.flat else "growing" if memory.slope_mb_per_hour > 0 else "falling"
    interval = f"({memory.low:+.1f} to {memory.high:+.1f})"
    return f"{said}; slope {memory.slope_mb_per_hour:+.1f} MB an hour {interval}: {told}."
