"""Hold two training runs beside each other on the test tasks that both have, with paired significance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import JsonValue

from ..errors import RetrievalError
from ..types import Value
from .cards import TaskScores, read_run
from .metrics import interval, paired_p


class Difference(Value):
    """One measure in both runs."""

    measure: str
    tasks: int
    """Tasks that both runs were tested on."""
    first: float
    second: float
    gain: float
    """Second less first, task by task."""
    gain_interval: tuple[float, float]
    p: float
    """Two-sided, by flipping the sign of whole groups."""


class RunComparison(Value):
    """Two runs side by side."""

    first: str
    second: str
    settings: dict[str, tuple[JsonValue, JsonValue]]
    """Settings that differ."""
    measures: tuple[Difference, ...]


def compare_runs(first: Path, second: Path) -> RunComparison:
    """Return what differs between two runs, in settings and on their common test tasks.

    Raises:
        RetrievalError: a folder holds no finished run, or the runs share no measure on any task.
    """
    (one, ones), (two, twos) = read_run(first), read_run(second)
    by_measure = {scores.measure: scores for scores in twos}
    pairs = [(scores, by_measure[scores.measure]) for scores in ones if scores.measure in by_measure]
    found = [difference for pair in pairs if (difference := _difference(*pair)) is not None]
    if not found:
        raise RetrievalError(
            f"{str(first)!r} and {str(second)!r} share no test task.", hint="Compare runs of the same kind and seed."
        )
    names = list(dict.fromkeys([*one.config, *two.config]))
    changed = {
        name: (one.config.get(name), two.config.get(name))
        for name in names
        if one.config.get(name) != two.config.get(name)
    }
    return RunComparison(first=str(first), second=str(second), settings=changed, measures=tuple(found))


def render_runs(comparison: RunComparison) -> str:
    """Write the comparison as Markdown."""
    lines = [f"A: {comparison.first}", f"B: {comparison.second}", "", "| setting | A | B |", "|---|---|---|"]
    lines += [f"| {name} | {a} | {b} |" for name, (a, b) in comparison.settings.items()]
    lines += ["", "| measure | tasks | A | B | B - A (95 %) | p |", "|---|---|---|---|---|---|"]
    for one in comparison.measures:
        low, high = one.gain_interval
        lines.append(
            f"| {one.measure} | {one.tasks} | {one.first:.3f} | {one.second:.3f} "
            f"| {one.gain:+.3f} ({low:+.3f} to {high:+.3f}) | {one.p:.3f} |"
        )
    return "\n".join(lines) + "\n"


def _difference(one: TaskScores, two: TaskScores) -> Difference | None:
    shared = sorted(set(one.scores) & set(two.scores))
    if not shared:
        return None
    groups = [one.groups[key] for key in shared]
    first, second = [one.scores[key] for key in shared], [two.scores[key] for key in shared]
    gains = [theirs - ours for ours, theirs in zip(first, second, strict=True)]
    return Difference(
        measure=one.measure,
        tasks=len(shared),
        first=float(np.mean(first)),
        second=float(np.mean(second)),
        gain=float(np.mean(gains)),
        gain_interval=interval(gains, groups),
        p=paired_p(gains, groups),
    )
