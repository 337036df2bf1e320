"""Places of a plot of turn times: a row for each kind of turn, a dot for each, on a logarithmic axis. Draws nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from retrieval.types import Value

from ..types import TurnRecord

WIDTH, LEFT, RIGHT = 640, 96, 14
"""Of the plot, in its own units; names of rows stand in the left margin."""
ROW, BASE = 46, 30
"""Height of a row, and of the axis below the last."""
_SPREAD = (0, 7, -7, 3, -3, 10, -10)
"""How far neighbours stand off the middle of their row, so that equal times stay visible."""


class Mark(Value):
    """A line of the axis."""

    x: float
    label: str


class Row(Value):
    """The turns of one kind."""

    name: str
    y: float
    dots: tuple[tuple[float, float], ...]
    """(x, y) of each turn."""
    median_x: float
    median: str
    """In words."""


class Plot(Value):
    """Everything that is drawn."""

    height: float
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]


def plot(turns: Sequence[TurnRecord]) -> Plot | None:
    """Return the plot of all turns that have a time above 0; None when none has."""
    spent: dict[str, list[float]] = {}
    for turn in turns:
        if (total := turn.timings_ms.get("total", 0.0)) > 0:
            spent.setdefault(turn.action or "by hand", []).append(total)
    if not spent:
        return None
    every = [total for totals in spent.values() for total in totals]
    low, high = math.floor(math.log10(min(every))), math.floor(math.log10(max(every))) + 1

    def place(ms: float) -> float:
        share = (math.log10(ms) - low) / (high - low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    rows = []
    for number, (name, totals) in enumerate(sorted(spent.items(), key=lambda pair: (-len(pair[1]), pair[0]))):
        y = number * ROW + ROW / 2
        dots = tuple((place(ms), y + _SPREAD[index % len(_SPREAD)]) for index, ms in enumerate(totals))
        median = statistics.median(totals)
        rows.append(Row(name=name, y=y, dots=dots, median_x=place(median), median=duration(median)))
    marks = tuple(Mark(x=place(10.0**power), label=duration(10.0**power)) for power in range(low, high + 1))
    return Plot(height=len(rows) * ROW + BASE, rows=tuple(rows), marks=marks)


def duration(ms: float) -> str:
    """Return milliseconds in the unit people read best."""
    return f"{ms / 1000:,.3g} s" if ms >= 1000 else f"{ms:.3g} ms"
