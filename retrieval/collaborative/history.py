"""Turn interactions into rows of weights by user, recent ones weighing more. Pure.

A weight is how much the value says times how recent it is: ``strength * 0.5 ** (rank / half_life)``, where rank counts
the user's later interactions. Interactions of the same moment, as when somebody rates a page of items at once, share
the mean of their ranks, so that the order of the file says nothing.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..types import Value
from .interactions import Interactions

Matrix = Any
"""A ``scipy.sparse.csr_matrix`` of float32, shape (users, items)."""


class HistoryConfig(Value):
    """How an interaction's value and age make its weight."""

    strength: Literal["one", "value", "liked"] = "value"
    """``one``: every interaction is worth 1; ``value``: its value over the file's greatest; ``liked``: 1 from the
    least value that counts as a like, else nothing."""
    half_life: float | None = Field(None, gt=0.0)
    """Later interactions after which one weighs half; empty weighs all alike."""


def strengths(interactions: Interactions, config: HistoryConfig, liked: float | None) -> NDArray[np.float64]:
    """Return how much each row's value says, 0 to 1."""
    value = interactions.value
    if config.strength == "one" or not len(value):
        return np.ones(len(value))
    if config.strength == "liked":
        return np.asarray(value >= (liked if liked is not None else 0.0), dtype=np.float64)
    return np.asarray(value / interactions.scale, dtype=np.float64)


def recency(interactions: Interactions, half_life: float | None) -> NDArray[np.float64]:
    """Return how recent each row is among its user's, 1 for the latest alone, above 0."""
    if half_life is None:
        return np.ones(len(interactions))
    return np.asarray(0.5 ** (_ranks(interactions) / half_life), dtype=np.float64)


def history_matrix(interactions: Interactions, config: HistoryConfig, liked: float | None = None) -> Matrix:
    """Return one row of weights a user, shape (users, items)."""
    from scipy.sparse import csr_matrix

    weights = strengths(interactions, config, liked) * recency(interactions, config.half_life)
    kept = weights > 0
    shape = (len(interactions.users), len(interactions.items))
    places = (interactions.user[kept], interactions.item[kept])
    return csr_matrix((weights[kept].astype(np.float32), places), shape=shape)


def _ranks(interactions: Interactions) -> NDArray[np.float64]:
    """Return the mean number of later rows of the user among rows of the same moment."""
    ranks = interactions.from_end().astype(np.float64)
    if not len(ranks):
        return ranks
    new = np.ones(len(ranks), dtype=bool)
    new[1:] = (np.diff(interactions.user) != 0) | (np.diff(interactions.time) != 0)
    group = np.cumsum(new) - 1
    means = np.bincount(group, weights=ranks) / np.bincount(group)
    return np.asarray(means[group], dtype=np.float64)
