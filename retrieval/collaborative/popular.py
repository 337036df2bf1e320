"""Score by how many had to do with an item: the least that any other model must beat."""

from __future__ import annotations

import numpy as np

from .history import Matrix
from .models import ItemScores


class Popular:
    """The same scores for everybody."""

    name = "popularity"

    def __init__(self, matrix: Matrix) -> None:
        """Sum the weights of each item."""
        self.weights = np.asarray(matrix.sum(axis=0), dtype=np.float32).ravel()

    def scores(self, histories: Matrix) -> ItemScores:
        """Return each item's sum of weights, a row for each history."""
        return np.tile(self.weights, (histories.shape[0], 1))
