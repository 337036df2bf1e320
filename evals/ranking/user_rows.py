"""The rows of a board of known users: trivial, classic and ours, each with settings chosen before the reported part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.collaborative import (
    ALS_GRID,
    EASE_GRID,
    KNN_GRID,
    Case,
    Channels,
    Chosen,
    Content,
    HistoryConfig,
    Hybrid,
    Interactions,
    ItemScores,
    Judge,
    Matrix,
    ModelConfig,
    Trial,
    choose_settings,
    fit_model,
    history_matrix,
    right_matrix,
    seen_matrix,
)
from retrieval.types import Vectors

Say = Callable[[str], None]

OURS = "hybrid (ours)"
CLASSIC = ("item-kNN", "iALS", "EASE")
PLAIN = ", all alike"
"""What a row's name ends with whose histories are not weighed by recency, as the papers have it."""
_GRIDS: Mapping[str, Sequence[ModelConfig]] = {
    "popularity": (None,),
    "item-kNN": KNN_GRID,
    "iALS": ALS_GRID,
    "EASE": EASE_GRID,
}
_CONTENT = tuple(
    HistoryConfig(strength=strength, half_life=half_life)
    for strength in ("value", "liked")
    for half_life in (None, 2.0, 8.0)
)
_SHORT = 3.0
"""A second, shorter half-life under which the blend hears EASE and content: what was done just now."""


@dataclass(frozen=True)
class Settled:
    """Settings of every model, chosen on held-out interactions."""

    chosen: Mapping[str, Chosen]
    content: HistoryConfig

    def trials(self) -> list[Trial]:
        """Return the best settings of each model."""
        return [one.best for one in self.chosen.values()]


def settle(judge: Judge, texts: Vectors, say: Say = lambda line: None, *, quick: bool = False) -> Settled:
    """Choose every model's settings by nDCG@10 of likes."""
    chosen = {}
    for name, grid in _GRIDS.items():
        chosen[name] = choose_settings(name, judge, grid[:1] if quick else grid)
        best = chosen[name].best
        say(f"{name}: {best.ndcg:.4f} with {best.settings!r}, {best.history!r}")
    content = Content(texts)
    found = {
        history: judge.ndcg(content.scores(judge.histories(history))) for history in _CONTENT[:: 6 if quick else 1]
    }
    best_history = max(found, key=lambda history: found[history])
    say(f"content: {found[best_history]:.4f} with {best_history!r}")
    return Settled(chosen, best_history)


class Models:
    """All models trained on one part."""

    def __init__(
        self, known: Interactions, texts: Vectors, settled: Settled, liked: float, *, plain: bool = True
    ) -> None:
        """Train them; without ``plain``, not those that weigh all interactions alike."""
        self._with_plain = plain
        self._liked = liked
        self._settled = settled
        self._content = Content(texts)
        self._fitted = {
            name: fit_model(self._matrix(known, HistoryConfig(strength=one.best.history.strength)), one.best.settings)
            for name, one in settled.chosen.items()
        }
        self._plain = {
            name: fit_model(self._matrix(known, HistoryConfig(strength=trial.history.strength)), trial.settings)
            for name, trial in self._plain_trials()
        }
        self.counts = np.bincount(known.item, minlength=len(known.items)).astype(np.int32)

    def rows(self, histories: Interactions) -> dict[str, ItemScores]:
        """Return the scores of every row that is not learnt from the others, by name."""
        rows: dict[str, ItemScores] = {}
        for name, one in self._settled.chosen.items():
            rows[name] = self._fitted[name].scores(self._matrix(histories, one.best.history))
        for name, trial in self._plain_trials():
            plain = HistoryConfig(strength=trial.history.strength)
            rows[f"{name}{PLAIN}"] = self._plain[name].scores(self._matrix(histories, plain))
        rows["content"] = self._content.scores(self._matrix(histories, self._settled.content))
        return rows

    def channels(self, histories: Interactions, rows: Mapping[str, ItemScores] | None = None) -> Channels:
        """Return what the blend hears: one row of each kind, and two more that only look at the latest.

        Args:
            histories: whose scores.
            rows: what ``rows`` returned for them, where that is at hand.
        """
        rows = self.rows(histories) if rows is None else rows
        heard = {name: rows[name] for name in ("popularity", *CLASSIC, "content")}
        ease = self._settled.chosen["EASE"].best.history
        short = self._matrix(histories, ease.model_copy(update={"half_life": _SHORT}))
        heard["EASE, latest"] = self._fitted["EASE"].scores(short)
        latest = self._settled.content.model_copy(update={"half_life": _SHORT})
        heard["content, latest"] = self._content.scores(self._matrix(histories, latest))
        whole = self._matrix(histories, ease.model_copy(update={"half_life": None}))
        heard["EASE, all"] = self._fitted["EASE"].scores(whole)
        return heard

    def case(self, histories: Interactions, seen: Matrix, rows: Mapping[str, ItemScores] | None = None) -> Case:
        """Return what the blend is asked with."""
        return Case(self.channels(histories, rows), histories.counts(), seen)

    def _plain_trials(self) -> list[tuple[str, Trial]]:
        """Return the trials of classic models without recency, where the best has it."""
        found = []
        for name in CLASSIC if self._with_plain else ():
            plain = self._settled.chosen[name].without_recency
            if plain is not None and plain != self._settled.chosen[name].best:
                found.append((name, plain))
        return found

    def _matrix(self, known: Interactions, history: HistoryConfig) -> Matrix:
        return history_matrix(known, history, self._liked)


def learn_blend(early: Interactions, late: Interactions, texts: Vectors, settled: Settled, liked: float) -> Hybrid:
    """Learn the blend from what users did after the early part; the models under it learn from that part alone."""
    models = Models(early, texts, settled, liked)
    case = models.case(early, seen_matrix(early))
    return Hybrid.fit([(case, right_matrix(late, liked))])


def random_scores(shape: tuple[int, int], seed: int) -> NDArray[np.float32]:
    """Return scores by chance."""
    return np.random.default_rng(seed).random(shape, dtype=np.float32)
