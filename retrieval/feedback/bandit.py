"""Learn a bandit's state from a log of shown lists. Nothing is learnt while serving."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..exploration import BanditState, Logged, standard_rows
from .rows import FeedbackConfig, require

BANDIT_FEATURES = ("final", "fused", "dense", "lexical", "like", "wishes", "rerank", "popularity")
"""What a bandit learns from: scores of the stages, each in standard deviations within the head."""


def fit_bandit(
    lines: Sequence[Logged],
    *,
    config: FeedbackConfig | None = None,
    ridge: float = 1.0,
    models: int = 200,
    seed: int = 0,
    source: str = "",
) -> BanditState:
    """Return the posterior of a linear model of whether a shown item was liked, places taken into account.

    Each place has an intercept of its own, so that a good place is not taken for a good item.

    Raises:
        FeedbackError: there are too few lists with a reaction.
    """
    config = config or FeedbackConfig()
    rewarded = sum(any(item.label for item in line.items) for line in lines)
    require(rewarded, config, "with something clicked, liked or accepted")
    places = max(item.position for line in lines for item in line.items)
    rows, rewards = [], []
    for line in lines:
        candidates = line.impression.candidates
        standard = standard_rows([candidate.features for candidate in candidates], BANDIT_FEATURES)
        at = {candidate.item_id: row for row, candidate in enumerate(candidates)}
        for item in line.items:
            place = np.eye(places)[item.position - 1]
            rows.append(np.concatenate([standard[at[item.item_id]], place]))
            rewards.append(float(bool(item.label)))
    design, target = np.array(rows), np.array(rewards)
    size = len(BANDIT_FEATURES)
    penalty = np.concatenate([np.full(size, ridge), np.full(places, 1e-3)])
    covariance = np.linalg.inv(design.T @ design + np.diag(penalty))
    weights = covariance @ design.T @ target
    noise = float(np.sqrt(np.mean((target - design @ weights) ** 2)))
    precision = np.linalg.inv(covariance[:size, :size])
    return BanditState(
        features=BANDIT_FEATURES,
        precision=tuple(tuple(row) for row in ((precision + precision.T) / 2).tolist()),
        mean=tuple(weights[:size].tolist()),
        noise=max(noise, 1e-6),
        models=models,
        seed=seed,
        lists=len(lines),
        source=source,
    )
