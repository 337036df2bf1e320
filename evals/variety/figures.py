"""Accuracy and exposure of one way of making lists, and which place of the dial the numbers choose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Value

from ..ranking.exposure import Exposure
from .cases import Asked

_DRAWS = 2_000


class Mean(Value):
    """A mean with its 95 % interval, by drawing whole groups with replacement."""

    value: float
    low: float
    high: float


class Figures(Value):
    """What lists bring and expose."""

    ndcg: Mean
    """nDCG@10 with binary gains (Järvelin and Kekäläinen, 2002)."""
    recall: Mean
    """Share of the right items in the first 10, out of at most 10 that could be there."""
    each: tuple[float, ...]
    """nDCG@10 of each search, in the same order at every step, for paired comparisons."""
    groups: tuple[str, ...]
    """The group of each search."""
    exposure: Exposure


class Step(Value):
    """One row of the table."""

    name: str
    place: float | None = None
    """Of the dial, or of whatever else is swept; None for a trivial row."""
    figures: Figures


def accuracy(lists: Sequence[Sequence[str]], asked: Sequence[Asked], k: int, seed: int) -> dict[str, Any]:
    """Return the accuracy part of ``Figures``."""
    each = [ndcg(ids, one.right, k) for ids, one in zip(lists, asked, strict=True)]
    found = [len(one.right & set(ids[:k])) / min(k, len(one.right)) for ids, one in zip(lists, asked, strict=True)]
    groups = tuple(one.group for one in asked)
    return {
        "ndcg": mean_of(each, groups, seed),
        "recall": mean_of(found, groups, seed),
        "each": tuple(each),
        "groups": groups,
    }


def ndcg(ids: Sequence[str], right: frozenset[str], k: int) -> float:
    """Return nDCG@k with binary gains, 0 to 1; at least one item is right."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([item_id in right for item_id in ids[:k]], dtype=float)
    return float(hits @ discounts[: len(hits)] / discounts[: min(k, len(right))].sum())


def mean_of(values: Sequence[float], groups: Sequence[str], seed: int) -> Mean:
    """Return the mean with its interval (Efron, 1979)."""
    drawn = _drawn_means(values, groups, seed)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Mean(value=float(np.mean(values)), low=float(low), high=float(high))


def chosen_place(sources: Sequence[Sequence[Step]], seed: int) -> float:
    """Return the most adventurous place at which no source loses accuracy significantly against its own best place.

    A loss is significant when the 95 % interval of the paired difference lies below 0. Where sources disagree, the
    place is the one that none of them objects to; failing that, the best place of the first.
    """
    places = [step.place for step in sources[0] if step.place is not None]
    fine = [place for place in places if all(_holds(steps, place, seed) for steps in sources)]
    return max(fine) if fine else _best(sources[0]).place or 0.0


def _holds(steps: Sequence[Step], place: float, seed: int) -> bool:
    best, mine = _best(steps).figures, next(step for step in steps if step.place == place).figures
    differences = [one - other for one, other in zip(mine.each, best.each, strict=True)]
    return mean_of(differences, mine.groups, seed).high >= 0


def _best(steps: Sequence[Step]) -> Step:
    return max((step for step in steps if step.place is not None), key=lambda step: step.figures.ndcg.value)


def _drawn_means(values: Sequence[float], groups: Sequence[str], seed: int) -> NDArray[np.float64]:
    names = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    for value, group in zip(values, groups, strict=True):
        sums[names[group]] += value
        sizes[names[group]] += 1
    picks = np.random.default_rng(seed).integers(0, len(names), size=(_DRAWS, len(names)))
    means: NDArray[np.float64] = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    return means
