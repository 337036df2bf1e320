"""Tests for pairs. Pure; knows nothing of suites.

Chance is judged exactly (McNemar, 1947, in its exact binomial form), intervals by the paired bootstrap (Efron and
Tibshirani, 1993), several tests at once by Holm (1979).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ALPHA = 0.05
"""A difference that chance makes less often than this is called significant."""
POWER = 0.8
"""A difference is called detectable when it would be found this often."""
_DRAWS = 10_000
_CLUSTER_DRAWS = 2_000


def mcnemar(lost: int, won: int) -> float:
    """Return the exact two-sided p-value of McNemar's test.

    Args:
        lost: pairs that held before and do not after.
        won: pairs that hold only after.
    """
    from scipy.stats import binomtest  # takes a second to load, which only those who compare should wait for

    return float(binomtest(lost, lost + won, 0.5).pvalue) if lost + won else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for being several, in the same order."""
    adjusted = [0.0] * len(p_values)
    worst = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        worst = max(worst, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = worst
    return adjusted


def detectable(pairs: int) -> int | None:
    """Return the smallest number of pairs that would have to change, all one way, to be found significant.

    Found with the probability ``POWER`` in repetitions on cases of the same kind; None when no change of this many
    pairs could be.
    """
    from scipy.stats import binom

    needed = next((k for k in range(1, pairs + 1) if 2 * 0.5**k <= ALPHA), None)
    if needed is None:
        return None
    return next((k for k in range(needed, pairs + 1) if binom.sf(needed - 1, pairs, k / pairs) >= POWER), None)


def share_difference(before: Sequence[bool], after: Sequence[bool], seed: int) -> tuple[float, float]:
    """Return the 95% interval of the change of a share, -1 to 1, resampling pairs; at least one pair."""
    change = np.array(after, dtype=float) - np.array(before, dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(change), size=(_DRAWS, len(change)))
    low, high = np.quantile(change[picks].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def median_ratio(pairs: Sequence[Sequence[tuple[float, float]]], seed: int) -> tuple[float, float, float]:
    """Return the ratio of medians, after over before, and its 95% interval.

    Args:
        pairs: (before, after) of each turn, by case: turns of one case are alike, so whole cases are resampled. At
            least one case, none empty, all values above 0.
        seed: of the resampling.
    """
    cases = [np.array(case, dtype=float) for case in pairs]
    rng = np.random.default_rng(seed)
    ratios = [
        _ratio(np.concatenate([cases[pick] for pick in rng.integers(0, len(cases), len(cases))]))
        for _ in range(_CLUSTER_DRAWS)
    ]
    low, high = np.quantile(ratios, (0.025, 0.975))
    return _ratio(np.concatenate(cases)), float(low), float(high)


def _ratio(turns: np.ndarray) -> float:
    before, after = np.median(turns, axis=0)
    return float(after / before)
