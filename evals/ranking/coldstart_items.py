"""Measure what can be foreseen of items that nobody had to do with yet.

Items come in folds too: all interactions with a fold's items are hidden, and each user's likes among them are to be
found among all items of the fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.collaborative import (
    Als,
    ColdConfig,
    Content,
    Ease,
    HistoryConfig,
    Interactions,
    ItemScores,
    Matrix,
    TextSpace,
    Trial,
    fit_model,
    foresee_vectors,
    history_matrix,
    right_matrix,
)
from retrieval.types import Vectors

from .user_board import UserBoard
from .user_metrics import Best, first_places
from .user_rows import Say, Settled, random_scores

FOLDS = 5
ROWS = ("random", "EASE alone", "content", "iALS foreseen", "EASE foreseen (ours)")


@dataclass(frozen=True)
class NewItems:
    """The first places of one fold, by row."""

    best: dict[str, Best]
    right: Matrix


def sweep_items(
    board: UserBoard, settled: Settled, *, liked: float, seed: int = 42, say: Say = lambda line: None
) -> list[NewItems]:
    """Rank the hidden items of every fold for every user.

    Args:
        board: the data.
        settled: settings of the models.
        liked: least value that counts as a like.
        seed: of the folds and every draw.
        say: told how it goes.
    """
    fold_of = np.random.default_rng(seed).integers(0, FOLDS, len(board.ids))
    folds = []
    for fold in range(FOLDS):
        say(f"New items, fold {fold + 1} of {FOLDS}.")
        hidden = fold_of == fold
        known = board.learnt.where(~hidden[board.learnt.item])
        right = right_matrix(board.learnt.where(hidden[board.learnt.item]), liked)
        scored = _scores(known, board.texts, settled, liked, seed)
        closed = _closed(~hidden, len(board.learnt.users))
        folds.append(NewItems({name: first_places(scored[name], closed, seed) for name in ROWS}, right))
    return folds


def _scores(known: Interactions, texts: Vectors, settled: Settled, liked: float, seed: int) -> dict[str, ItemScores]:
    warm = np.bincount(known.item, minlength=len(known.items)) > 0
    cold = ColdConfig()
    space = TextSpace.of(texts, cold.size)
    # What somebody did long ago says as much of their taste as yesterday; there is no session to go on here.
    whole = HistoryConfig(strength="liked")
    content = Content(texts).scores(history_matrix(known, whole, liked))
    ease_best, als_best = settled.chosen["EASE"].best, settled.chosen["iALS"].best
    ease = _fitted(known, ease_best, liked)
    assert isinstance(ease, Ease)
    heard = ease.scores(history_matrix(known, HistoryConfig(strength=ease_best.history.strength), liked))
    profiles = heard[:, warm] @ space.solver(warm, cold.regularisation)
    foreseen = np.asarray(profiles @ space.rows.T, dtype=np.float32)
    als = _fitted(known, als_best, liked)
    assert isinstance(als, Als)
    users = als.users(history_matrix(known, HistoryConfig(strength=als_best.history.strength), liked))
    vectors = foresee_vectors(als.vectors, space, warm, cold.regularisation)
    by_als = np.asarray(users @ vectors.T, dtype=np.float32)
    return {
        "random": random_scores(heard.shape, seed),
        "EASE alone": heard,
        "content": content,
        "iALS foreseen": by_als,
        "EASE foreseen (ours)": foreseen,
    }


def _fitted(known: Interactions, trial: Trial, liked: float) -> object:
    return fit_model(history_matrix(known, HistoryConfig(strength=trial.history.strength), liked), trial.settings)


def _closed(columns: NDArray[np.bool_], users: int) -> Matrix:
    """Return a matrix that leaves these items out for everybody."""
    from scipy.sparse import csr_matrix

    return csr_matrix(np.tile(columns.astype(np.float32), (users, 1)))
