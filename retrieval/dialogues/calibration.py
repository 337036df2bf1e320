"""Turn a ranker's scores into chances that mean what they say: a logistic curve over score and rank (Platt 1999)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..types import Value

Numbers = NDArray[np.floating[Any]]

_STEPS = 30
_BINS = 10


class Calibration(Value):
    """Chance that an item is the one recommended, from its share of the softmax over the head."""

    slope: float
    """Weight of the log odds of the softmax."""
    shift: float
    """What is added to them."""
    error: float
    """Expected calibration error on dialogues that the curve was not fitted to, in ten equally filled bins."""

    def chances(self, scores: Numbers) -> Numbers:
        """Return the chance of each item of one head, shape (items,); each lies between 0 and 1."""
        return np.asarray(_logistic(self.slope * _odds(scores) + self.shift), dtype=np.float32)


def calibrate(heads: Sequence[Numbers], hits: Sequence[Numbers]) -> Calibration | None:
    """Fit the curve on every other head and measure its error on the rest; None where there are too few.

    Args:
        heads: scores of the items of a head.
        hits: which of them were right, ones and zeros.
    """
    odd, even = range(1, len(heads), 2), range(0, len(heads), 2)
    if len(heads) < _BINS or not any(hits[at].any() for at in odd):
        return None
    slope, shift = _fit(np.concatenate([_odds(heads[at]) for at in odd]), np.concatenate([hits[at] for at in odd]))
    odds = np.concatenate([_odds(heads[at]) for at in even])
    right = np.concatenate([hits[at] for at in even])
    error = _error(_logistic(slope * odds + shift), right)
    return Calibration(slope=slope, shift=shift, error=error)


def _odds(scores: Numbers) -> Numbers:
    shares = np.exp(scores - scores.max())
    shares = np.clip(shares / shares.sum(), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(shares / (1 - shares)), dtype=np.float64)


def _fit(odds: Numbers, right: Numbers) -> tuple[float, float]:
    """Return slope and shift by Newton's method."""
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chances = _logistic(design @ weights)
        slope = design.T @ (chances - right) + 1e-3 * weights
        bend = (design * (chances * (1 - chances))[:, None]).T @ design + 1e-3 * np.eye(2)
        weights = weights - np.linalg.solve(bend, slope)
    return float(weights[0]), float(weights[1])


def _error(chances: Numbers, right: Numbers) -> float:
    order = np.argsort(chances, kind="stable")
    bins = np.array_split(order, _BINS)
    gaps = [len(one) * abs(float(chances[one].mean()) - float(right[one].mean())) for one in bins if len(one)]
    return sum(gaps) / max(1, len(order))


def _logistic(values: Numbers) -> Numbers:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))), dtype=np.float64)
