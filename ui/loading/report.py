"""Figures of a load test."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from retrieval.types import Value


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
    seconds: float
    calls: int
    errors: int
    crossed: int
    """Bodies in which a canary of another session stood."""
    wrong: int
    """Transcripts that lost or doubled a message."""
    kinds: dict[str, Latency]
    examples: tuple[str, ...]
    """What went wrong, the commonest first."""
    machine: str = ""
    commit: str = ""


class Tally:
    """Gather figures while calls run."""

    def __init__(self) -> None:
        """Start with none."""
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._said: Counter[str] = Counter()
        self._errors = self._crossed = self._wrong = 0

    def took(self, kind: str, seconds: float) -> None:
        """Note how long a call took."""
        self._seconds[kind].append(seconds)

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

    def report(self, sessions: int, seconds: float) -> LoadReport:
        """Return the figures."""
        return LoadReport(
            sessions=sessions,
            seconds=seconds,
            calls=sum(map(len, self._seconds.values())),
            errors=self._errors,
            crossed=self._crossed,
            wrong=self._wrong,
            kinds={kind: _latency(times) for kind, times in sorted(self._seconds.items())},
            examples=tuple(f"{count} x {what}" for what, count in self._said.most_common(10)),
        )


def _latency(seconds: list[float]) -> Latency:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return 1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Latency(count=len(ordered), p50_ms=at(0.5), p95_ms=at(0.95), p99_ms=at(0.99), worst_ms=1000 * ordered[-1])


def render_load(report: LoadReport) -> str:
    """Return the figures as a table."""
    rate = report.calls / report.seconds if report.seconds else 0.0
    lines = [
        f"{report.sessions} sessions at once, {report.calls:,} calls in {report.seconds:.0f} s ({rate:.1f} a second).",
        f"{report.errors} errors, {report.crossed} bodies with a canary of others, {report.wrong} wrong transcripts.",
        "",
        f"{'call':<12}{'count':>7}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'worst':>9}",
    ]
    for kind, took in report.kinds.items():
        figures = "".join(f"{value:>9.0f}" for value in (took.p50_ms, took.p95_ms, took.p99_ms, took.worst_ms))
        lines.append(f"{kind:<12}{took.count:>7}{figures}")
    return "\n".join([*lines, *(("", *report.examples) if report.examples else ()), "", report.machine, report.commit])
