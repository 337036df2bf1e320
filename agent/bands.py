"""Cut the numbers of an attribute into a few ranges that people would use: decades, tens of minutes, steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from retrieval.types import AttributeSpec

_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
_LEAST_SPREAD = 3.0
"""A round step is fine enough when the numbers spread over at least this many of it."""
_EDGE = 1e12
"""Stands for no limit on one side, so that a range stays a pair of finite numbers."""


class Band(NamedTuple):
    """A range of numbers, both ends included; an open end is ``-OPEN`` or ``OPEN``."""

    low: float
    high: float

    @property
    def open_below(self) -> bool:
        """Whether there is no lower limit."""
        return self.low <= -_EDGE

    @property
    def open_above(self) -> bool:
        """Whether there is no upper limit."""
        return self.high >= _EDGE


def bands(spec: AttributeSpec, numbers: Sequence[tuple[float, float]], most: int) -> list[Band]:
    """Return two to ``most`` adjoining ranges that share the weight of the numbers about evenly; none for too few.

    Args:
        spec: the attribute; one with a small scale of steps is cut between steps.
        numbers: (number, weight) of each candidate.
        most: most ranges.
    """
    parts = min(most, 3 if spec.scale else 4)
    ordered = sorted(numbers)
    if len({number for number, _ in ordered}) < 2:
        return []
    step = 1.0 if spec.scale else _round_step(ordered)
    cuts: list[float] = []
    for part in range(1, parts):
        cut = round(_quantile(ordered, part / parts) / step) * step
        if ordered[0][0] < cut <= ordered[-1][0] and cut not in cuts:
            cuts.append(cut)
    if not cuts:
        return []
    whole = all(number.is_integer() for number, _ in ordered)
    lows = [-_EDGE, *cuts]
    highs = [*(cut - 1.0 if whole else cut for cut in cuts), _EDGE]
    return [Band(low, high) for low, high in zip(lows, highs, strict=True)]


def _round_step(ordered: Sequence[tuple[float, float]]) -> float:
    """Return the largest round step of which the middle of the numbers spans a few."""
    spread = _quantile(ordered, 0.9) - _quantile(ordered, 0.1)
    return max((step for step in _STEPS if step * _LEAST_SPREAD <= spread), default=_STEPS[0])


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    total = sum(weight for _, weight in ordered)
    passed = 0.0
    for number, weight in ordered:
        passed += weight
        if passed >= share * total:
            return number
    return ordered[-1][0]
