"""Measure how little is enough: quality against how many interactions of a new user are known, and for new items.

Users come in folds. For each fold the models learn from the others alone, and the fold's users are new to them: their
history is cut to the latest few interactions before those held back. All that they had to do with is left out of every
ranking, however much of it is known, so that figures along a curve are comparable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.collaborative import (
    Case,
    Hybrid,
    Interactions,
    ItemScores,
    Matrix,
    right_matrix,
    seen_matrix,
)

from .user_board import HELD, UserBoard
from .user_metrics import Best, first_places
from .user_rows import Models, Say, Settled

COUNTS = (0, 1, 2, 5, 10, 20)
"""Interactions of a new user that are known."""
FOLDS = 5
HYBRID, SAID = "hybrid (ours)", "hybrid, two genres said"
ROWS = ("popularity", "content", "item-kNN", "iALS", "EASE", HYBRID, SAID)
_SPOKEN = 2
"""Labels that somebody says they like."""
_LEAST_LIKES = 3
"""Likes from which it is known what somebody would say."""


@dataclass(frozen=True)
class Sweep:
    """The first places of every user, by row and count."""

    best: dict[tuple[str, int], Best]
    right: Matrix


def sweep_users(
    board: UserBoard,
    settled: Settled,
    *,
    liked: float,
    seed: int = 42,
    say: Say = lambda line: None,
) -> Sweep:
    """Rank for every user as a new one, at every count.

    Args:
        board: the data.
        settled: settings of the models, chosen on earlier interactions than those reported.
        liked: least value that counts as a like.
        seed: of the folds and every draw.
        say: told how it goes.
    """
    early, _ = board.learnt.last(HELD)
    said = spoken(board, early, liked)
    fold_of = np.random.default_rng(seed).integers(0, FOLDS, len(board.learnt.users))
    best: dict[tuple[str, int], Best] = {}
    for fold in range(FOLDS):
        say(f"Fold {fold + 1} of {FOLDS}.")
        new = np.flatnonzero(fold_of == fold)
        blends = _blends(board, fold_of, fold, settled, said, liked)
        models = Models(
            board.learnt.where(fold_of[board.learnt.user] != fold), board.texts, settled, liked, plain=False
        )
        for count in COUNTS:
            for name, scores, seen in _scored(board.learnt, new, count, models, blends, said):
                found = best.setdefault((name, count), np.zeros((len(fold_of), 50), dtype=np.int64))
                found[new] = first_places(scores, seen, seed)
    return Sweep(best, right_matrix(board.held, liked))


def spoken(board: UserBoard, known: Interactions, liked: float) -> ItemScores:
    """Return, by user and item, the share of what the user would say they like that the item is, 0 to 1.

    What they would say: the labels that stand out among their likes of the early part against everybody's.
    """
    names = sorted({label for labels in board.labels for label in labels})
    place = {name: at for at, name in enumerate(names)}
    held = np.zeros((len(board.ids), len(names)), dtype=np.float32)
    for row, labels in zip(held, board.labels, strict=True):
        row[[place[label] for label in labels]] = 1.0
    likes = right_matrix(known.where(known.value >= liked), None)
    mine = np.asarray(likes @ held, dtype=np.float64)
    every = mine.sum(axis=0) / max(mine.sum(), 1.0)
    # A label of few likes stands out by chance, so everybody's share counts as some likes more.
    own = (mine + 10 * every) / (mine.sum(axis=1, keepdims=True) + 10)
    lift = own / np.maximum(every, 1e-9)
    chosen = np.zeros_like(lift, dtype=np.float32)
    np.put_along_axis(chosen, np.argsort(-lift, axis=1)[:, :_SPOKEN], 1.0 / _SPOKEN, axis=1)
    chosen[np.diff(likes.tocsr().indptr) < _LEAST_LIKES] = 0.0
    shares: ItemScores = chosen @ held.T
    return shares


def _blends(
    board: UserBoard,
    fold_of: NDArray[np.int64],
    fold: int,
    settled: Settled,
    said: ItemScores,
    liked: float,
) -> dict[str, Hybrid]:
    """Learn the blend from users of the next fold, who are new to the models under it, at every count."""
    teaching = (fold + 1) % FOLDS
    early, late = board.learnt.last(HELD)
    others = (fold_of[early.user] != fold) & (fold_of[early.user] != teaching)
    models = Models(early.where(others), board.texts, settled, liked, plain=False)
    pupils = np.flatnonzero(fold_of == teaching)
    right = right_matrix(late, liked)[pupils]
    plain, told = [], []
    for count in COUNTS:
        case = _case(early, pupils, count, models)
        plain.append((case, right))
        told.append((_with(case, said[pupils]), right))
    return {HYBRID: Hybrid.fit(plain), SAID: Hybrid.fit(told)}


def _scored(
    known: Interactions,
    users: NDArray[np.int64],
    count: int,
    models: Models,
    blends: dict[str, Hybrid],
    said: ItemScores,
) -> Iterator[tuple[str, ItemScores, Matrix]]:
    """Yield every row's scores for these users, with what is left out."""
    case = _case(known, users, count, models)
    for name in ROWS:
        if name == SAID:
            yield name, blends[SAID].scores(_with(case, said[users])), case.seen
        elif name == HYBRID:
            yield name, blends[HYBRID].scores(case), case.seen
        else:
            yield name, case.channels[name], case.seen


def _case(known: Interactions, users: NDArray[np.int64], count: int, models: Models) -> Case:
    short = only(known.where(known.from_end() < count), users)
    return models.case(short, seen_matrix(known)[users])


def _with(case: Case, said: ItemScores) -> Case:
    return Case({**case.channels, "said": said}, case.known, case.seen)


def only(known: Interactions, users: Sequence[int] | NDArray[np.int64]) -> Interactions:
    """Return the interactions of these users, who are all that is left."""
    place = np.full(len(known.users), -1, dtype=np.int32)
    place[users] = np.arange(len(users), dtype=np.int32)
    kept = known.where(place[known.user] >= 0)
    names = tuple(known.users[user] for user in users)
    return Interactions(names, known.items, place[kept.user], kept.item, kept.value, kept.time, kept.scale)
