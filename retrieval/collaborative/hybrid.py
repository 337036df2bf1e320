"""Join the scores of several models into one order, trusting each by how much is known of the user.

A conditional logit (McFadden 1974): how likely a candidate is the next like is the softmax of a weighted sum of the
channels' scores, made comparable within a history, and of the logarithms of their ranks. Every weight has a part that
grows with the number of the user's interactions, so that the blend learns when to go by interactions and when by
content. It has a few dozen weights where boosted trees, which were tried, have thousands and did worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..types import Value
from .history import Matrix
from .models import ItemScores

Channels = Mapping[str, ItemScores]
"""Scores by name of the channel, each of shape (histories, items); equal everywhere where it has nothing to say."""

_MUCH = np.log1p(50.0)
"""Logarithm of interactions that count as many; the scale of the part that grows."""


class HybridConfig(Value):
    """Settings of the blend."""

    depth: int = Field(100, ge=10)
    """Items that each channel puts forward; only those are ordered by the blend."""
    regularisation: float = Field(0.01, gt=0.0)
    """Weight of the weights' squares against the mean log-likelihood of a history."""
    rounds: int = Field(200, ge=1)
    """Most steps of the solver."""


@dataclass(frozen=True)
class Case:
    """Histories with what every channel says of them."""

    channels: Channels
    known: NDArray[np.int32]
    """Interactions of each history, shape (histories,)."""
    seen: Matrix
    """What is never to be shown, shape (histories, items)."""


class Hybrid:
    """A learned blend of channels."""

    name = "hybrid"

    def __init__(self, names: Sequence[str], weights: NDArray[np.float64], config: HybridConfig) -> None:
        """Take the channels' names and the weights, shape (columns,); use ``fit``."""
        self._names = tuple(names)
        self._weights = weights
        self._config = config

    @classmethod
    def fit(cls, cases: Sequence[tuple[Case, Matrix]], config: HybridConfig | None = None) -> Hybrid:
        """Learn from cases and what was right in each, shape (histories, items).

        The models behind the channels must not have learnt from what was right.
        """
        from scipy.optimize import minimize

        config = config or HybridConfig()
        names = tuple(cases[0][0].channels)
        parts = []
        for case, right in cases:
            table = _table(case, names, config)
            parts.append(_taught(table, np.asarray(right[table.histories, table.items] != 0).ravel()))
        features = np.concatenate([part[0] for part in parts]).astype(np.float64)
        answers = np.concatenate([part[1] for part in parts])
        sizes = np.concatenate([part[2] for part in parts])
        found = minimize(
            _loss,
            np.zeros(features.shape[1]),
            args=(features, answers, sizes, config.regularisation),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": config.rounds},
        )
        return cls(names, np.asarray(found.x, dtype=np.float64), config)

    def scores(self, case: Case) -> ItemScores:
        """Return a score for every item; what no channel put forward stands behind, by the sum of them."""
        table = _table(case, self._names, self._config)
        scored = np.full_like(case.channels[self._names[0]], -1e4, dtype=np.float32)
        for name in self._names:
            scored += _standard(case.channels[name])
        scored[table.histories, table.items] = (table.features @ self._weights).astype(np.float32)
        return scored

    def weights(self) -> dict[str, float]:
        """Return the weights by column; those of ``, known`` count once many interactions are known."""
        return dict(zip(_columns(self._names), self._weights.round(4).tolist(), strict=True))


def _loss(
    weights: NDArray[np.float64],
    features: NDArray[np.float64],
    answers: NDArray[np.float64],
    sizes: NDArray[np.int64],
    regularisation: float,
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean negative log-likelihood of a history, its answers sharing it, and the gradient."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    logits = features @ weights
    logits = logits - np.repeat(np.maximum.reduceat(logits, starts), sizes)
    chances = np.exp(logits)
    totals = np.add.reduceat(chances, starts)
    chances /= np.repeat(totals, sizes)
    value = -(answers @ (logits - np.repeat(np.log(totals), sizes))) / len(sizes)
    slope = features.T @ (chances - answers) / len(sizes)
    return float(value + regularisation * weights @ weights), slope + 2 * regularisation * weights


def _taught(
    table: _Table, right: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.int64]]:
    """Return features, shares of each answer and sizes of the histories that have an answer among the candidates."""
    answers = np.bincount(table.histories, weights=right, minlength=len(table.sizes))
    kept = answers[table.histories] > 0
    shares = right[kept] / answers[table.histories[kept]]
    return table.features[kept], shares, table.sizes[answers > 0]


@dataclass(frozen=True)
class _Table:
    """One row a candidate, histories one after another."""

    histories: NDArray[np.int64]
    items: NDArray[np.int64]
    sizes: NDArray[np.int64]
    """Candidates of each history, shape (histories,)."""
    features: NDArray[np.float32]


def _columns(names: Sequence[str]) -> list[str]:
    plain = [*names, *(f"rank by {name}" for name in names)]
    return [*plain, *(f"{name}, known" for name in plain)]


def _table(case: Case, names: Sequence[str], config: HybridConfig) -> _Table:
    histories, items = _candidates(case, names, config.depth)
    columns = [_standard(case.channels[name])[histories, items] for name in names]
    columns += [-_ranks(case.channels[name], histories, items) for name in names]
    known = np.minimum(np.log1p(case.known) / _MUCH, 1.0)[histories]
    columns += [column * known for column in columns]
    sizes = np.bincount(histories, minlength=len(case.known))
    return _Table(histories, items, sizes, np.stack(columns, axis=1).astype(np.float32))


def _candidates(case: Case, names: Sequence[str], depth: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return history and item of each candidate, in the order of histories, then items."""
    chosen = np.zeros_like(case.channels[names[0]], dtype=bool)
    seen = case.seen.toarray() != 0
    depth = min(depth, chosen.shape[1])
    draw = np.random.default_rng(0)
    for name in names:
        scores = np.where(seen, -np.inf, case.channels[name])
        silent = np.ptp(case.channels[name], axis=1) == 0
        shuffle = draw.permutation(scores.shape[1])
        head = shuffle[np.argpartition(-scores[:, shuffle], depth - 1, axis=1)[:, :depth]]
        head = head[~silent]
        chosen[np.flatnonzero(~silent)[:, None], head] = True
    chosen &= ~seen
    histories, items = np.nonzero(chosen)
    return histories, items


def _standard(scores: ItemScores) -> ItemScores:
    """Return each row with zero mean and unit deviation; zeros where the row is all the same."""
    mean = scores.mean(axis=1, keepdims=True)
    deviation = scores.std(axis=1, keepdims=True)
    standard: ItemScores = np.divide(scores - mean, deviation, out=np.zeros_like(scores), where=deviation > 1e-12)
    return standard


def _ranks(scores: ItemScores, histories: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the logarithm of each candidate's rank among its history's candidates, those of one score alike."""
    values = scores[histories, items]
    order = np.lexsort((-values, histories))
    starts = np.searchsorted(histories, histories)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    # Ties take the place of the first of them.
    ordered, owner = values[order], histories[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]) | (owner[1:] != owner[:-1])
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    return np.log1p(first[places] - starts).astype(np.float32)
