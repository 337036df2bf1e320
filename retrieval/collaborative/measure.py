"""nDCG of many score rows at once, for choosing settings; ties are broken at random. Pure.

Reports compute their figures with a metrics library; this only has to be quick and the same for all that are compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .history import Matrix
from .interactions import Interactions
from .models import ItemScores

K = 10


def best_of(scores: ItemScores, seen: Matrix, k: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the k best unseen items of each row, best first, shape (rows, k).

    Args:
        scores: shape (rows, items).
        seen: what each row had to do with already; those are left out. Shape (rows, items).
        k: how many.
        seed: of the draws that break ties; without them the catalogue's order would decide, which may leak answers.
    """
    shuffle = np.random.default_rng(seed).permutation(scores.shape[1])
    shuffled = scores[:, shuffle]
    shuffled[seen[:, shuffle].toarray() != 0] = -np.inf
    k = min(k, scores.shape[1])
    head = np.argpartition(-shuffled, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(shuffled, head, axis=1), axis=1, kind="stable")
    return np.asarray(shuffle[np.take_along_axis(head, order, axis=1)], dtype=np.int64)


def ndcg_rows(best: NDArray[np.int64], right: Matrix) -> NDArray[np.float64]:
    """Return nDCG with binary gains (Järvelin and Kekäläinen 2002) of each row; nan where nothing is right.

    Args:
        best: items by rank, shape (rows, k).
        right: nonzero where an item is right, shape (rows, items).
    """
    k = best.shape[1]
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    hits = np.take_along_axis(right.toarray() != 0, best, axis=1)
    wanted = np.minimum(np.diff(right.indptr), k)
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[wanted]
    gained = hits @ discount
    scored: NDArray[np.float64] = np.divide(gained, ideal, out=np.full(len(best), np.nan), where=ideal > 0)
    return scored


def right_matrix(held: Interactions, liked: float | None) -> Matrix:
    """Return what counts as right among held-out interactions, shape (users, items)."""
    from scipy.sparse import csr_matrix

    good = held.where(held.value >= liked) if liked is not None else held
    shape = (len(held.users), len(held.items))
    return csr_matrix((np.ones(len(good), dtype=np.float32), (good.user, good.item)), shape=shape)


def seen_matrix(interactions: Interactions) -> Matrix:
    """Return what each user had to do with, shape (users, items)."""
    return right_matrix(interactions, None)


def interval(values: NDArray[np.float64], seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by drawing users with replacement (Efron 1979)."""
    picks = np.random.default_rng(seed).integers(0, len(values), size=(draws, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return round(float(low), 5), round(float(high), 5)
