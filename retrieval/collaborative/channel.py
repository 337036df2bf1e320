"""The channel of a search that says what people who liked the same items liked besides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import CollaborativeError
from ..types import Query
from .saved import CollaborativeModel

_LEAST_SHARED = 0.5
"""Share of the index's items that a model must know; one of fewer was trained for another catalogue."""


def open_channel(folder: Path, ids: Collection[str]) -> CollaborativeModel:
    """Open a trained model for an index of these ids.

    Raises:
        CollaborativeError: it is missing, damaged, or knows too few of the ids.
    """
    model = CollaborativeModel.open(folder)
    shared = model.shared(ids)
    if shared < _LEAST_SHARED:
        raise CollaborativeError(
            f"The model in {str(folder)!r} was trained for {model.manifest.catalog!r} and knows {shared:.0%} of this"
            " index's items.",
            hint="Train it again: palate train collaborative",
        )
    return model


class Companions:
    """What a model says for one query; empty where the query has no likes that the model knows."""

    def __init__(self, model: CollaborativeModel, query: Query, dislike_share: float) -> None:
        """Score every item once.

        Liked items of the conversation count. Those remembered from earlier ones count only where nothing definite is
        asked for, so that they can cost no wish, and for less.
        """
        self._model = model
        self._remembered: dict[str, tuple[str, float]] = {}
        if not query.asks:
            self._remembered = {
                leaning.item_id: (leaning.id, leaning.weight * min(1.0, query.leaning_weight))
                for leaning in query.leanings
                if leaning.item_id and leaning.weight > 0
            }
        likes = {item_id: weight for item_id, (_, weight) in self._remembered.items()}
        likes = {item_id: weight for item_id, weight in likes.items() if weight > 0}
        likes |= dict.fromkeys(query.like_ids, 1.0)
        self._scores = model.scores(likes, query.dislike_ids, dislike_share)
        self.trust = model.trust(sum(weight for item_id, weight in likes.items() if item_id in model))
        """How far the model is to be trusted with so many likes, 0 to 1."""

    def __bool__(self) -> bool:
        return self._scores is not None

    def best(self) -> Iterable[str]:
        """Yield the ids that the model speaks for, best first."""
        if self._scores is None:
            return
        spoken = np.flatnonzero(self._scores > 0)
        for place in spoken[np.argsort(-self._scores[spoken], kind="stable")]:
            yield self._model.ids[place]

    def of(self, ids: Iterable[str]) -> dict[str, float]:
        """Return the scores of those of the ids that the model speaks for."""
        return _positive(self._model, self._scores, ids)

    def owed(self, shown: Collection[str]) -> tuple[str, ...]:
        """Return the ids of the remembered likes that speak for something shown."""
        return tuple(
            leaning_id
            for item_id, (leaning_id, _) in self._remembered.items()
            if _positive(self._model, self._model.scores({item_id: 1.0}), shown)
        )


def _positive(model: CollaborativeModel, scores: NDArray[np.float32] | None, ids: Iterable[str]) -> dict[str, float]:
    if scores is None:
        return {}
    found = {item_id: float(scores[model.row(item_id)]) for item_id in ids if item_id in model}
    return {item_id: score for item_id, score in found.items() if score > 0}
