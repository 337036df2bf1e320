"""Ranking metrics and bootstrap intervals over groups."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence, Set

import numpy as np


def ndcg(ranked: Sequence[int], right: Set[int], k: int) -> float:
    """Return nDCG@k with binary gains (Järvelin and Kekäläinen 2002), 0 to 1."""
    gains = sum(1 / math.log2(place + 2) for place, at in enumerate(ranked[:k]) if at in right)
    best = sum(1 / math.log2(place + 2) for place in range(min(k, len(right))))
    return gains / best if best else 0.0


def recall(ranked: Sequence[int], right: Set[int], k: int) -> float:
    """Return the share of the right items in the first k, out of at most k that could be there."""
    return len(right & set(ranked[:k])) / min(k, len(right)) if right else 0.0


def interval(values: Sequence[float], groups: Sequence[str], seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by drawing whole groups with replacement (Efron 1979)."""
    by: dict[str, list[float]] = defaultdict(list)
    for value, group in zip(values, groups, strict=True):
        by[group].append(value)
    sums = np.array([sum(members) for members in by.values()])
    sizes = np.array([len(members) for members in by.values()])
    picks = np.random.default_rng(seed).integers(0, len(sums), size=(draws, len(sums)))
    means = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_p(gains: Sequence[float], groups: Sequence[str], seed: int = 0, draws: int = 2000) -> float:
    """Return the two-sided p of a mean gain, by flipping the sign of whole groups at random (Fisher 1935), above 0."""
    by: dict[str, float] = defaultdict(float)
    for gain, group in zip(gains, groups, strict=True):
        by[group] += gain
    sums = np.array(list(by.values()))
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(draws, len(sums)))
    as_far = int((np.abs(signs @ sums) >= abs(sums.sum()) - 1e-12).sum())
    return (as_far + 1) / (draws + 1)
