"""Predict what a candidate would bring at a place, for lists of sessions that were not learnt from. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .table import LogTable, Numbers

FOLDS = 3
_RIDGE = 3.0
Model = Literal["ridge", "lightgbm"]
Score = Callable[[Numbers, NDArray[np.int64]], Numbers]
"""(features of rows, their places) -> what they would bring."""


def predict(table: LogTable, model: Model, seed: int = 0) -> Numbers:
    """Return predictions for every candidate at every place, shape (lists, candidates, places), 0 for padding.

    Args:
        table: the log.
        model: ``ridge`` is linear in the features and in place times each of them; ``lightgbm`` is not linear.
        seed: which sessions are left out together.
    """
    _, count, places = table.logging.shape
    sessions = int(table.sessions.max()) + 1
    fold = np.random.default_rng(seed).permutation(sessions) % FOLDS
    found = np.zeros_like(table.logging)
    rows, at = np.nonzero(table.filled)
    features = table.features[rows, table.shown[rows, at]]
    for left_out in range(FOLDS):
        held = fold[table.sessions] == left_out
        learnt = ~held[rows]
        if not held.any():
            continue
        if not learnt.any():
            continue
        fit = _lightgbm if model == "lightgbm" else _ridge
        score = fit(features[learnt], at[learnt], table.rewards[rows, at][learnt], places)
        flat = table.features[held].reshape(-1, table.features.shape[2])
        for place in range(places):
            guessed = score(flat, np.full(len(flat), place))
            found[held, :, place] = guessed.reshape(-1, count)
    return np.where(table.real[:, :, None] & table.filled[:, None, :], found, 0.0)


def _ridge(features: Numbers, places: NDArray[np.int64], rewards: Numbers, count: int) -> Score:
    design = _design(features, places, count)
    penalty = np.full(design.shape[1], _RIDGE)
    penalty[:count] = 1e-3  # how much a place brings on average is no matter of shrinking
    weights = np.linalg.solve(design.T @ design + np.diag(penalty), design.T @ rewards)
    return lambda rows, at: np.clip(_design(rows, at, count) @ weights, 0.0, None)


def _design(features: Numbers, places: NDArray[np.int64], count: int) -> Numbers:
    dummies = np.eye(count)[places]
    # Places count for less further down, and so does the difference between items there.
    fading = 1.0 / (1.0 + places)
    return np.concatenate([dummies, features, features * fading[:, None]], axis=1)


def _lightgbm(features: Numbers, places: NDArray[np.int64], rewards: Numbers, count: int) -> Score:
    import lightgbm

    options = {
        "objective": "regression",
        "num_leaves": 15,
        "min_data_in_leaf": 20,
        "learning_rate": 0.05,
        "verbosity": -1,
        "num_threads": 2,
        "seed": 0,
        "deterministic": True,
    }
    rows = np.concatenate([features, places[:, None]], axis=1)
    booster = lightgbm.train(options, lightgbm.Dataset(rows, rewards), num_boost_round=80)
    return lambda more, at: np.clip(booster.predict(np.concatenate([more, at[:, None]], axis=1)), 0.0, None)
