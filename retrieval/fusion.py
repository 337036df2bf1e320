"""Fuse ranked lists by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009), or calibrated scores. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_K = 60
"""The paper's constant: large enough that no single list decides alone."""
_HIGHEST = 4.0
"""Spreads above the usual beyond which a score counts no more."""


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


def calibrated_fusion(
    channels: Mapping[str, Mapping[str, float]],
    background: Mapping[str, tuple[float, float]],
    weights: Mapping[str, float],
    first: float = 1.0 / (RRF_K + 1),
) -> dict[str, float]:
    """Return the fused score by id: the weighted sum over channels of how far a score lies above the usual.

    Each channel's scores become spreads above the mean of what any item scores in it for this query (a cohort, as in
    Z-norm of speaker verification, Auckenthaler et al. 2000), so that no space's scale decides. Above ``_HIGHEST``
    spreads nothing more is gained, and ``first`` is what that is worth. A channel without a cohort has a zero of its
    own, as the match of words has: it counts by the share of its best score. An item that a channel says nothing about
    gets nothing from it, like one that scores as usual.

    Args:
        channels: score by channel and id.
        background: mean and spread of the cohort, by channel; none for a channel whose zero means nothing in common.
        weights: by channel.
        first: the worth of the highest score, so that what is added to fused ranks can be added to this.
    """
    fused: dict[str, float] = {}
    for name, scores in channels.items():
        mean, spread = background.get(name) or (0.0, max(scores.values(), default=0.0) / _HIGHEST)
        for item_id, score in scores.items():
            height = min(max((score - mean) / max(spread, 1e-9), 0.0), _HIGHEST) / _HIGHEST
            fused[item_id] = fused.get(item_id, 0.0) + weights.get(name, 1.0) * first * height
    return fused


def best_first(scores: Mapping[str, float]) -> list[str]:
    """Return the ids by falling score, ties by id, so that equal input gives equal output."""
    return sorted(scores, key=lambda item_id: (-scores[item_id], item_id))
