"""Count how often the right one comes first, and how sure that is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..types import Value, Vectors

CUTS = (1, 5, 10)
_DRAWS = 2000

Ranks = NDArray[np.float64]


class Share(Value):
    """A mean with the ends of its 95 % interval, by bootstrap over what was asked."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it for people."""
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


class Recall(Value):
    """How often the right one is among the first."""

    at_1: Share
    at_5: Share
    at_10: Share


def ranks(asked: Vectors, among: Vectors) -> Ranks:
    """Return how many rank before the right one, which has the same place; those that tie with it count half.

    Args:
        asked: unit rows, shape (n, dimension).
        among: unit rows, of the same shape.
    """
    scores = asked.astype(np.float64) @ among.T.astype(np.float64)
    right = np.diag(scores)[:, None]
    before = (scores > right).sum(axis=1) + ((scores == right).sum(axis=1) - 1) / 2
    return np.asarray(before, dtype=np.float64)


def reciprocal(found: Ranks) -> float:
    """Return the mean reciprocal rank."""
    return float(np.mean(1.0 / (found + 1.0)))


def recall(found: Ranks, seed: int = 42) -> Recall:
    """Return recall at each cut with its interval."""
    shares = [share((found < cut).astype(np.float64), seed) for cut in CUTS]
    return Recall(at_1=shares[0], at_5=shares[1], at_10=shares[2])


def by_chance(count: int) -> Recall:
    """Return what guessing brings; it is exact."""
    shares = [min(1.0, cut / max(count, 1)) for cut in CUTS]
    at_1, at_5, at_10 = (Share(mean=one, low=one, high=one) for one in shares)
    return Recall(at_1=at_1, at_5=at_5, at_10=at_10)


def share(values: Sequence[float] | NDArray[np.float64], seed: int = 42) -> Share:
    """Return the mean of values, one for each thing asked, with its interval."""
    each = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(each), (_DRAWS, len(each)))
    low, high = np.percentile(each[draws].mean(axis=1), [2.5, 97.5])
    return Share(mean=float(each.mean()), low=float(low), high=float(high))
