"""Score sets of findings against sets of labels: micro precision, recall and F1, with intervals over dialogues."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from retrieval.types import Value

DRAWS = 2000
"""Resamples of the bootstrap."""


class Tally(Value):
    """Counts of one dialogue, or of several together."""

    right: int = 0
    """Found and labelled so."""
    found: int = 0
    labelled: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            right=self.right + other.right, found=self.found + other.found, labelled=self.labelled + other.labelled
        )


class Measured(Value):
    """Micro-averaged figures of one way of reading; None where there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    """Lower end of the 95 % interval of ``f1``, by drawing dialogues with replacement (Efron 1979)."""
    high: float | None
    right: int
    found: int
    labelled: int


def tally(found: AbstractSet[Hashable], labels: AbstractSet[Hashable]) -> Tally:
    """Count one dialogue."""
    return Tally(right=len(found & labels), found=len(found), labelled=len(labels))


def verdicts(found: Mapping[str, str], labels: Mapping[str, str]) -> Tally:
    """Count (item, verdict) pairs of one dialogue: an item with the wrong verdict is both a false find and a miss."""
    return tally(set(found.items()), set(labels.items()))


def f1_of(counts: Tally) -> float | None:
    """Return 2 x right / (found + labelled), the harmonic mean of precision and recall; None without either."""
    both = counts.found + counts.labelled
    return 2 * counts.right / both if both else None


def measured(counts: Sequence[Tally], seed: int = 0) -> Measured:
    """Return the figures over dialogues, with the interval of F1."""
    total = sum(counts, Tally())
    low, high = _interval(counts, seed)
    return Measured(
        precision=_share(total.right, total.found),
        recall=_share(total.right, total.labelled),
        f1=_rounded(f1_of(total)),
        low=low,
        high=high,
        right=total.right,
        found=total.found,
        labelled=total.labelled,
    )


def line(name: str, figures: Measured, width: int = 44) -> str:
    """Return one row of a table: name, precision, recall, F1, interval."""
    cells = "".join(f"{_shown(value):>11}" for value in (figures.precision, figures.recall, figures.f1))
    interval = f"   {_shown(figures.low)} to {_shown(figures.high)}" if figures.low is not None else ""
    return f"{name:<{width}}{cells}{interval}"


def header(name: str, width: int = 44) -> str:
    """Return the heading over such rows."""
    return f"{name:<{width}}{'precision':>11}{'recall':>11}{'F1':>11}   95 % interval of F1"


def _interval(counts: Sequence[Tally], seed: int) -> tuple[float | None, float | None]:
    if len(counts) < 2:
        return None, None
    table = np.array([(count.right, count.found + count.labelled) for count in counts], dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(table), size=(DRAWS, len(table)))
    sums = table[picks].sum(axis=1)
    scores = 2 * sums[:, 0][sums[:, 1] > 0] / sums[:, 1][sums[:, 1] > 0]
    if not len(scores):
        return None, None
    low, high = np.percentile(scores, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
