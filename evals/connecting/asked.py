"""What is asked: each user's last likes, given a few likes before them; and channels that never saw the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.collaborative import (
    HistoryConfig,
    Interactions,
    ItemKnn,
    KnnConfig,
    Popular,
    history_matrix,
    right_matrix,
    seen_matrix,
)
from retrieval.graph import Graph, GraphConfig

from ..ranking.user_board import UserBoard

Scores = NDArray[np.float32]
"""Shape (users, items)."""
FOLDS = 5


@dataclass(frozen=True)
class Asked:
    """Users with what they told and what is to be found."""

    users: NDArray[np.int64]
    """Codes in the board."""
    given: Any
    """1 where a user told of a like, ``csr_matrix`` of shape (users, items)."""
    seen: Any
    """What each of them had rated before; it is never ranked."""
    right: Any
    """What they liked later."""


def asked(board: UserBoard, told: int, liked: float) -> Asked:
    """Return the users who have ``told`` likes to tell and like something later.

    Args:
        board: what users did, and the latest of it apart.
        told: how many likes each tells: the latest before what is to be found.
        liked: least rating that counts as a like.
    """
    from scipy.sparse import csr_matrix

    likes = board.learnt.where(board.learnt.value >= liked)
    last = likes.where(likes.from_end() < told)
    shape = (len(board.learnt.users), len(board.ids))
    given = csr_matrix((np.ones(len(last), dtype=np.float32), (last.user, last.item)), shape=shape)
    right = right_matrix(board.held, liked)
    able = (np.diff(given.indptr) == told) & (np.diff(right.indptr) > 0)
    users = np.flatnonzero(able)
    return Asked(users, given[users], seen_matrix(board.learnt)[users], right[users])


def graph_scores(graph: Graph, given: Any, config: GraphConfig) -> Scores:
    """Return where walks from what was told come to."""
    rows = []
    for user in range(given.shape[0]):
        places = given.indices[given.indptr[user] : given.indptr[user + 1]]
        rows.append(graph.walk({int(place): 1.0 for place in places}, config=config))
    return np.stack(rows)


def strangers(board: UserBoard, asked: Asked, liked: float, knn: KnnConfig) -> tuple[Scores, Scores]:
    """Return popularity and item-kNN scores, learnt for each fifth of the users from the other fifths."""
    popular = np.zeros((len(asked.users), len(board.ids)), dtype=np.float32)
    nearest = popular.copy()
    fold = asked.users % FOLDS
    for one in range(FOLDS):
        rows = np.flatnonzero(fold == one)
        if len(rows):
            others = board.learnt.where(board.learnt.user % FOLDS != one)
            matrix = _likes(others, liked)
            popular[rows] = Popular(_all(others)).scores(asked.given[rows])
            nearest[rows] = ItemKnn(matrix, knn).scores(asked.given[rows])
    return popular, nearest


def _likes(known: Interactions, liked: float) -> Any:
    return history_matrix(known, HistoryConfig(strength="value"), liked)


def _all(known: Interactions) -> Any:
    return history_matrix(known, HistoryConfig(strength="one"))


def halves(users: Sequence[int] | NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows of users in two halves by lot: to choose settings by, and to report."""
    order = np.random.default_rng(seed).permutation(len(users))
    return np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
