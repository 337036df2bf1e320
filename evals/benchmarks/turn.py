"""Time turns stage by stage, from what each reply records about itself. Judges neither quality nor speed.

palate bench turn
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from retrieval.types import Value

from ..provenance import commit, machine
from ..runner import Player, Talker
from ..types import CaseResult, Suite, TurnRecord

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "guard": "guard",
        "understand": "understand (rules)",
        "understand_model": "understand (model)",
        "decide": "decide",
        "retrieve": "retrieve, all of it",
        "search_rerank": "  of which rerank",
        "question": "weigh a question",
        "compose": "compose, all of it",
        "verify": "  of which verify",
        "talk": "answer or ask",
        "finish": "store",
        "cards": "cards, since message",
        "first_sentence": "first sentence, since message",
        "total": "total",
    }
)
"""Key of a reply's timings -> its name in the table."""
OWN_NAME = "everything except model tokens"


class StageTimes(Value):
    """Milliseconds of one stage over the turns that had it."""

    stage: str
    turns: int
    p50: float
    p95: float


class TurnBenchmark(Value):
    """What a run of the benchmark found, by kind of turn."""

    machine: str
    model: str
    commit: str
    turns: Mapping[str, tuple[StageTimes, ...]]
    """Action kind -> stages in the order of a turn."""
    degraded: tuple[str, ...] = ()
    """Every reason for which some reply was less than it could be; figures beside one say little about the model."""
    errors: tuple[str, ...] = ()
    """Turns that failed; they are in no figure."""


async def measure(
    talker: Talker, suite: Suite, *, on_case: Callable[[CaseResult], None] | None = None
) -> TurnBenchmark:
    """Play the suite once and gather the timings; its first case warms up and is not counted.

    Args:
        talker: what is timed.
        suite: the messages to send; what it expects is ignored.
        on_case: told each result as it comes.
    """
    player = Player(talker, suite)
    turns: list[TurnRecord] = []
    for number, case in enumerate(suite.cases):
        result = await player.play(case)
        if number or len(suite.cases) == 1:
            turns += result.turns
        if on_case is not None:
            on_case(result)
    model = str(player.run.model.get("name") or "none")
    kinds: dict[str, list[TurnRecord]] = {}
    for turn in sorted(turns, key=lambda turn: (turn.action != "recommend", turn.action)):
        kinds.setdefault(_kind(turn, model), []).append(turn)
    return TurnBenchmark(
        machine=machine(),
        model=model,
        commit=commit(),
        turns={kind: tuple(stage_times(alike)) for kind, alike in kinds.items() if kind},
        degraded=tuple(sorted({why for turn in turns for why in turn.degraded})),
        errors=tuple(f"{turn.deed!r}: {turn.error}" for turn in turns if turn.error),
    )


def stage_times(turns: Sequence[TurnRecord]) -> Iterator[StageTimes]:
    """Yield the figures of each stage that any of the turns had."""
    for key, name in STAGES.items():
        if spent := [turn.timings_ms[key] for turn in turns if key in turn.timings_ms]:
            yield _figures(name, spent)
    if turns:
        yield _figures(OWN_NAME, [own_time(turn) for turn in turns])


def own_time(turn: TurnRecord) -> float:
    """Return the milliseconds of a turn in which no model was waited for.

    Composing with a model is nearly all waiting; what it spends on checking sentences is counted where it is recorded.
    """
    spent = turn.timings_ms
    total = spent.get("total", 0.0)
    if not turn.model.get("calls"):
        return total
    return total - spent.get("understand_model", 0.0) - spent.get("compose", 0.0) + spent.get("verify", 0.0)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that ``share`` of the values do not exceed, between neighbours in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def render(benchmark: TurnBenchmark) -> str:
    """Return the figures as text."""
    lines = [f"Machine: {benchmark.machine}", f"Model: {benchmark.model}   Commit: {benchmark.commit or 'unknown'}"]
    for kind, stages in benchmark.turns.items():
        lines += ["", f"{kind + ' turns':<34}{'turns':>6}{'p50 ms':>10}{'p95 ms':>10}"]
        lines += [f"{row.stage:<34}{row.turns:>6}{row.p50:>10,.0f}{row.p95:>10,.0f}" for row in stages]
    lines += [f"degraded: {why}" for why in benchmark.degraded] + [f"failed: {why}" for why in benchmark.errors]
    return "\n".join(lines)


def _figures(name: str, spent: Sequence[float]) -> StageTimes:
    p50, p95 = statistics.median(spent), percentile(spent, 0.95)
    return StageTimes(stage=name, turns=len(spent), p50=round(p50, 1), p95=round(p95, 1))


def _kind(turn: TurnRecord, model: str) -> str:
    """Return the action, apart where the model did not answer: a dead model is no fast one."""
    return f"{turn.action}, degraded" if turn.action and turn.degraded and model != "none" else turn.action
