"""Fuse ranked lists by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_K = 60
"""The paper's constant: large enough that no single list decides alone."""


def reciprocal_rank_fusion(
    rankings: Mapping[str, Sequence[str]], weights: Mapping[str, float] | None = None, k: int = RRF_K
) -> dict[str, float]:
    """Return the fused score by id: the weighted sum over lists of ``1 / (k + rank)``, rank 1 being best.

    An id missing from a list gets nothing from it; one repeated in a list counts at its best rank. Lists without a
    weight weigh 1. The result is in no particular order.
    """
    fused: dict[str, float] = {}
    for name, ranking in rankings.items():
        weight = 1.0 if weights is None else weights.get(name, 1.0)
        if weight == 0.0:
            continue
        for rank, item_id in enumerate(dict.fromkeys(ranking), start=1):
            fused[item_id] = fused.get(item_id, 0.0) + weight / (k + rank)
    return fused


def best_first(scores: Mapping[str, float]) -> list[str]:
    """Return the ids by falling score, ties by id, so that equal input gives equal output."""
    return sorted(scores, key=lambda item_id: (-scores[item_id], item_id))
