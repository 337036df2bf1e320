"""Choose a model's settings and the recency of histories on held-out interactions, never on those reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Value
from .als import Als, AlsConfig
from .ease import Ease, EaseConfig
from .history import HistoryConfig, Matrix, history_matrix
from .interactions import Interactions
from .knn import ItemKnn, KnnConfig
from .measure import K, best_of, ndcg_rows, right_matrix, seen_matrix
from .models import ItemScores, Scorer
from .popular import Popular

HALF_LIVES: tuple[float | None, ...] = (None, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Half-lives tried, in later interactions; None weighs all alike."""

ModelConfig = EaseConfig | AlsConfig | KnnConfig | None


class Trial(Value):
    """One set of settings and what it was worth."""

    model: str
    settings: EaseConfig | AlsConfig | KnnConfig | None
    history: HistoryConfig
    ndcg: float
    """nDCG@10 on the validation part, mean over users that can be scored."""


@dataclass(frozen=True)
class Chosen:
    """The best settings of one model, and all that were tried."""

    best: Trial
    trials: tuple[Trial, ...]

    @property
    def without_recency(self) -> Trial | None:
        """The best trial that weighs all interactions alike."""
        plain = [trial for trial in self.trials if trial.history.half_life is None]
        return max(plain, key=lambda trial: trial.ndcg) if plain else None


class Judge:
    """Judges rankings of one split: what is learnt from, and what each user did next."""

    def __init__(self, early: Interactions, late: Interactions, liked: float | None, *, every: bool = False) -> None:
        """Take both parts.

        Args:
            early: what models learn from and histories are made of.
            late: what is to be foreseen.
            liked: least value that counts as a like.
            every: judge by all later interactions, liked or not.
        """
        self.early = early
        self.liked = liked
        self._seen = seen_matrix(early)
        self._right = right_matrix(late, None if every else liked)

    def ndcg(self, scores: ItemScores) -> float:
        """Return nDCG@10, mean over the users who have something right to find."""
        rows = self.rows(scores)
        return float(np.nanmean(rows)) if np.isfinite(rows).any() else 0.0

    def rows(self, scores: ItemScores) -> NDArray[np.float64]:
        """Return nDCG@10 of each user, nan for those who have nothing right to find."""
        return ndcg_rows(best_of(scores, self._seen, K), self._right)

    def scored_users(self) -> int:
        """Return how many users have something right to find."""
        return int((np.diff(self._right.indptr) > 0).sum())

    def histories(self, config: HistoryConfig) -> Matrix:
        """Return the early part as rows of weights."""
        return history_matrix(self.early, config, self.liked)


def fit_model(matrix: Matrix, settings: ModelConfig) -> Scorer:
    """Train one model on weights of shape (users, items)."""
    match settings:
        case EaseConfig():
            return Ease(matrix, settings)
        case AlsConfig():
            return Als.fit(matrix, settings)
        case KnnConfig():
            return ItemKnn(matrix, settings)
    return Popular(matrix)


def choose_settings(
    name: str,
    judge: Judge,
    grid: Sequence[ModelConfig],
    *,
    half_lives: Sequence[float | None] = HALF_LIVES,
    on_trial: Callable[[Trial], None] = lambda trial: None,
) -> Chosen:
    """Return good settings by nDCG@10, one thing at a time: what a value says, the model's settings, the half-life.

    A model learns from rows that weigh all interactions alike; only the history that it is asked with is weighed by
    recency. So one model serves all half-lives.
    """
    tried: dict[str, Trial] = {}
    first = grid[len(grid) // 2]
    # Popularity is the same for every history.
    first_half_life = _FIRST_HALF_LIFE if first is not None else None

    def attempt(model: Scorer, settings: ModelConfig, strength: str, half_life: float | None) -> None:
        history = HistoryConfig.model_validate({"strength": strength, "half_life": half_life})
        trial = Trial(model=name, settings=settings, history=history, ndcg=0.0)
        key = trial.model_dump_json()
        if key not in tried:
            scored = judge.ndcg(model.scores(judge.histories(history)))
            tried[key] = trial.model_copy(update={"ndcg": round(scored, 5)})
            on_trial(tried[key])

    def learn(strength: str, settings: ModelConfig) -> Scorer:
        return fit_model(judge.histories(HistoryConfig.model_validate({"strength": strength})), settings)

    def best() -> Trial:
        return max(tried.values(), key=lambda trial: trial.ndcg)

    for strength in _STRENGTHS:
        attempt(learn(strength, first), first, strength, first_half_life)
    strength = best().history.strength
    for settings in grid:
        attempt(learn(strength, settings), settings, strength, first_half_life)
    if grid == (None,):
        return Chosen(best(), tuple(tried.values()))
    settings = best().settings
    model = learn(strength, settings)
    for half_life in half_lives:
        attempt(model, settings, strength, half_life)
    return Chosen(best(), tuple(tried.values()))


_STRENGTHS = ("one", "value", "liked")
_FIRST_HALF_LIFE = 8.0
"""Half-life while the rest is settled."""

EASE_GRID: tuple[EaseConfig, ...] = tuple(EaseConfig(regularisation=value) for value in (30, 100, 300, 1000))
ALS_GRID: tuple[AlsConfig, ...] = tuple(
    AlsConfig(factors=factors, regularisation=value, confidence=confidence)
    for factors, value, confidence in (
        (32, 10.0, 5.0),
        (64, 3.0, 2.0),
        (64, 10.0, 5.0),
        (64, 10.0, 20.0),
        (128, 30.0, 10.0),
    )
)
KNN_GRID: tuple[KnnConfig, ...] = tuple(
    KnnConfig(neighbours=count, shrinkage=value)
    for count, value in ((200, 2.0), (50, 10.0), (200, 10.0), (1000, 10.0), (200, 30.0))
)
