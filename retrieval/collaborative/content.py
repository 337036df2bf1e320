"""Score by likeness of texts to those of the history: what is left where nobody else's interactions help."""

from __future__ import annotations

import numpy as np

from ..types import Vectors
from .history import Matrix
from .models import ItemScores


class Content:
    """Cosine of each item's text with the weighted mean of the history's."""

    name = "content"

    def __init__(self, texts: Vectors) -> None:
        """Take unit text vectors, shape (items, dimension)."""
        self._texts = np.asarray(texts, dtype=np.float32)

    def scores(self, histories: Matrix) -> ItemScores:
        """Return cosines; zeros where a history is empty."""
        profiles = np.asarray(histories @ self._texts, dtype=np.float32)
        lengths = np.linalg.norm(profiles, axis=1, keepdims=True)
        profiles = np.divide(profiles, lengths, out=np.zeros_like(profiles), where=lengths > 0)
        scored: ItemScores = profiles @ self._texts.T
        return scored
