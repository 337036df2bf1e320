"""Choose a list place by place: relevant, varied, near to the user's mix, within the bounds. Pure.

Without a mix and bounds this is maximal marginal relevance alone (``diversify.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..diversify import maximal_marginal_relevance, unit_range
from ..types import CatalogSchema, Item, Vectors
from .bounds import Quotas
from .calibrate import Mix, Shares
from .config import VarietyConfig

Picks = list[tuple[int, float]]
"""Places among the candidates with scores that never rise."""


@dataclass(frozen=True)
class Candidates:
    """What a list is chosen from: items, unit rows of the same order, and a relevance each, on any scale."""

    items: Sequence[Item]
    vectors: Vectors
    relevance: NDArray[np.float32]


def choose(
    candidates: Candidates,
    k: int,
    diversity: float,
    config: VarietyConfig,
    schema: CatalogSchema,
    target: Shares | None = None,
) -> tuple[Picks, tuple[str, ...]]:
    """Return up to k picks, best first, and the bounds that could not be kept, in words.

    Args:
        candidates: all of them satisfy every hard constraint already.
        k: how many to choose.
        diversity: 0 to 1, as in ``Query``.
        config: the weight of calibration, and the bounds.
        schema: the catalogue's attributes.
        target: the mix of the user's tastes over the labels of ``config.mixed_by``; None or empty keeps none.
    """
    weight = config.calibration if target else 0.0
    if not weight and not config.bounds:
        return maximal_marginal_relevance(candidates.relevance, candidates.vectors, k, diversity), ()
    items, vectors = candidates.items, candidates.vectors
    mix = Mix(target or {}, items, config.mixed_by(schema))
    quotas = Quotas(config.bounds, items, schema, k)
    spread = unit_range(candidates.relevance)
    nearest = np.zeros(len(items), dtype=np.float32)
    left = list(range(len(items)))
    picks: Picks = []
    while left and len(picks) < k:
        marginal = (1 - diversity) * spread - diversity * nearest
        allowed = quotas.allowed(left)
        gains = mix.gains(allowed) if weight else dict.fromkeys(allowed, 0.0)
        # Ties go to the more relevant candidate, as without a mix.
        best = max(allowed, key=lambda at: (marginal[at] + weight * gains[at], spread[at], -at))
        score = float(marginal[best] + weight * gains[best])
        picks.append((best, min(score, picks[-1][1]) if picks else score))
        left.remove(best)
        quotas.add(best)
        mix.add(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return picks, quotas.missed()
