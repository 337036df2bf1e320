"""Turn scores into reciprocal ranks, which can be added up whatever the scores' scale. Ties break at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""


def reciprocal_ranks(scores: Scores, rng: np.random.Generator, head: int = 300) -> Scores:
    """Return 1 / (k + rank) for the best ``head`` with a positive score and 0 for the rest, ties in random order."""
    shuffled = rng.permutation(scores.size)
    order = shuffled[np.argsort(-scores[shuffled], kind="stable")][:head]
    order = order[scores[order] > 0]
    result = np.zeros(scores.size, dtype=np.float32)
    result[order] = 1.0 / (_RRF_K + 1 + np.arange(order.size))
    return result
