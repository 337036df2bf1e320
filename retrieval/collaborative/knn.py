"""Score by likeness of items: cosine of their columns, shrunk where few share them (Sarwar et al., WWW 2001)."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from ..types import Value
from .history import Matrix
from .models import ItemScores


class KnnConfig(Value):
    """Settings of item-kNN."""

    neighbours: int = Field(200, ge=1)
    """Most alike items that an item speaks for."""
    shrinkage: float = Field(10.0, ge=0.0)
    """Added under the cosine, so that two users in common say little."""


class ItemKnn:
    """Sparse likeness of items."""

    name = "item-kNN"

    def __init__(self, matrix: Matrix, config: KnnConfig | None = None) -> None:
        """Compare all pairs of items that any user shares.

        Args:
            matrix: weights, shape (users, items).
            config: settings.
        """
        config = config or KnnConfig()
        columns = matrix.tocsc()
        norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0))).ravel()
        shared = (columns.T @ columns).tocsr()
        rows = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
        shared.data = shared.data / (norms[rows] * norms[shared.indices] + config.shrinkage + 1e-12)
        shared.setdiag(0)
        self.likeness: Matrix = strongest(shared, config.neighbours)

    def scores(self, histories: Matrix) -> ItemScores:
        """Return the sum over the history of weight times likeness."""
        return np.asarray((histories @ self.likeness).toarray(), dtype=np.float32)


def strongest(matrix: Matrix, count: int) -> Matrix:
    """Return the matrix with only the ``count`` greatest entries of each row."""
    from scipy.sparse import csr_matrix

    matrix = matrix.tocsr()
    data, indices, starts = [], [], [0]
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        values, places = matrix.data[part], matrix.indices[part]
        if len(values) > count:
            best = np.argpartition(-values, count)[:count]
            values, places = values[best], places[best]
        data.append(values)
        indices.append(places)
        starts.append(starts[-1] + len(values))
    return csr_matrix((np.concatenate(data), np.concatenate(indices), starts), shape=matrix.shape)
