"""Fuse channels as a search does: a pool of each channel's best, then reciprocal ranks, fame among the candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from retrieval import SearchConfig, reciprocal_rank_fusion

from .asked import Scores

FAME = "popularity"


def fuse(channels: Mapping[str, Scores], fame: Scores, seen: Any, weights: Mapping[str, float], seed: int) -> Scores:
    """Return fused scores; what no channel brings up is -inf.

    Args:
        channels: scores by channel; 0 and less of ``graph`` and ``item-kNN`` say nothing.
        fame: how well known each item is.
        seen: what is never ranked, a sparse matrix of shape (users, items).
        weights: of each channel.
        seed: of the draws that break ties.
    """
    config = SearchConfig()
    users, items = fame.shape
    lot = np.random.default_rng(seed).permutation(items)
    fused = np.full((users, items), -np.inf, dtype=np.float32)
    every = {**weights, FAME: config.popularity_weight}
    for user in range(users):
        gone = seen.indices[seen.indptr[user] : seen.indptr[user + 1]]
        scores = {name: _open(one[user], gone, positive=name != "like") for name, one in channels.items()}
        found = [_best(one, np.flatnonzero(np.isfinite(one)), lot)[: config.pool] for one in scores.values()]
        pool = np.unique(np.concatenate(found))
        if not len(pool):
            pool = _best(fame[user], np.setdiff1d(np.arange(items), gone), lot)[: config.pool]
        rankings = {name: _best(one, pool[np.isfinite(one[pool])], lot) for name, one in scores.items()}
        rankings[FAME] = _best(fame[user], pool, lot)
        texts = {name: [str(place) for place in ranking] for name, ranking in rankings.items()}
        for place, score in reciprocal_rank_fusion(texts, every).items():
            fused[user, int(place)] = score
    return fused


def _open(scores: Any, gone: Any, *, positive: bool) -> Any:
    found = scores.astype(np.float64)
    if positive:
        found[found <= 0] = -np.inf
    found[gone] = -np.inf
    return found


def _best(scores: Any, places: Any, lot: Any) -> Any:
    return places[np.lexsort((lot[places], -scores[places]))]
