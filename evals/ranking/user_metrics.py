"""Measure rankings of a whole catalogue for known users, and how they share the first places.

Coverage is the share of the catalogue that stands in any first ten, Gini how unevenly their places are shared (0 even,
1 all to one item), novelty the mean of -log2 of the share of users who had to do with an item (Zhou et al., PNAS 2010).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrieval.collaborative import ItemScores, Matrix, best_of
from retrieval.types import Value

from .measures import METRICS, measure
from .resample import Resampler
from .results import Figure

K, FAR = 10, 50
SHOWN = ("ndcg@10", "recall@10", "recall@50", "mrr")
"""Metrics that are reported; the reciprocal rank counts the first fifty places."""

Numbers = NDArray[np.float64]
Best = NDArray[np.int64]
"""Items by rank, shape (users, FAR)."""


class Spread(Value):
    """How a ranking shares its first ten places."""

    coverage: float
    gini: float
    novelty: float
    """Bits."""


class Judged:
    """The users who have something right to find, and the draws that all rows share."""

    def __init__(self, right: Matrix, seed: int) -> None:
        """Take what is right, shape (users, items)."""
        right = right.tocsr()
        self.users = np.flatnonzero(np.diff(right.indptr) > 0)
        self._wanted = [right.indices[right.indptr[user] : right.indptr[user + 1]].tolist() for user in self.users]
        self._draws = Resampler([str(user) for user in self.users], seed)

    def measure(self, best: Best) -> Numbers:
        """Return the metrics of ``SHOWN`` for each user, shape (users scored, metrics)."""
        found = measure(list(best[self.users]), self._wanted)
        return found[:, [METRICS.index(name) for name in SHOWN]]

    def figures(self, values: Numbers) -> dict[str, Figure]:
        """Return the means with 95 % intervals over users."""
        low, high = self._draws.interval(values)
        means = values.mean(axis=0)
        return {
            name: Figure(value=round(float(mean), 5), low=round(float(below), 5), high=round(float(above), 5))
            for name, mean, below, above in zip(SHOWN, means, low, high, strict=True)
        }

    def chance(self, differences: Numbers) -> Numbers:
        """Return how likely so large mean differences are by chance, shape (metrics,)."""
        return self._draws.chance(differences)


def first_places(scores: ItemScores, seen: Matrix, seed: int) -> Best:
    """Rank everything but what was seen; ties fall at random."""
    return best_of(scores, seen, FAR, seed)


def spread_of(best: Best, counts: NDArray[np.int32], users: int) -> Spread:
    """Return how the first ten places are shared.

    Args:
        best: of every user.
        counts: users who had to do with each item, shape (items,).
        users: users in all.
    """
    head = best[:, :K]
    shown = np.bincount(head.ravel(), minlength=len(counts))
    share = np.minimum((counts + 1.0) / (users + 1.0), 1.0)
    return Spread(
        coverage=round(float((shown > 0).mean()), 4),
        gini=round(gini(shown), 4),
        novelty=round(float(-np.log2(share[head]).mean()), 3),
    )


def gini(shown: NDArray[np.int64]) -> float:
    """Return the Gini coefficient of counts, 0 to 1."""
    ordered = np.sort(shown)
    total = float(ordered.sum())
    if total == 0:
        return 0.0
    places = np.arange(1, len(ordered) + 1)
    return float((2 * places - len(ordered) - 1) @ ordered / (len(ordered) * total))
