"""Choose a varied list by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998). Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .types import Vectors


def maximal_marginal_relevance(
    relevance: Sequence[float] | NDArray[np.float32], vectors: Vectors, k: int, diversity: float
) -> list[tuple[int, float]]:
    """Return up to k (position, marginal score), best first; the scores never rise along the list.

    Args:
        relevance: one number per candidate, on any scale; spread to 0..1 here so that it compares with cosines.
        vectors: unit rows of the candidates, shape (n, dimension).
        k: how many to choose.
        diversity: 0 keeps the order of relevance, 1 looks only at difference from what is chosen already.
    """
    spread = unit_range(np.asarray(relevance, dtype=np.float32))
    chosen: list[tuple[int, float]] = []
    nearest = np.zeros(len(spread), dtype=np.float32)
    open_places = np.ones(len(spread), dtype=bool)
    for _ in range(min(k, len(spread))):
        marginal = np.where(open_places, (1 - diversity) * spread - diversity * nearest, -np.inf)
        # Ties go to the more relevant candidate: with diversity 1 the first choice would else be arbitrary.
        best = int(np.lexsort((-spread, -marginal))[0])
        chosen.append((best, float(marginal[best])))
        open_places[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return chosen


def unit_range(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values stretched to 0..1; all ones where they are equal."""
    if values.size == 0:
        return values
    low, high = float(values.min()), float(values.max())
    if high == low:
        return np.ones_like(values)
    spread: NDArray[np.float32] = (values - low) / np.float32(high - low)
    return spread
