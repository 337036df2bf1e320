"""Learn a linear map by ridge regression: closed form, so that many strengths cost hardly more than one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..modalities.types import Linear
from ..types import Vectors

Matrix = NDArray[np.float64]


class Ridge:
    """The regressions of all strengths on one set of pairs."""

    def __init__(self, rows: Vectors, targets: Vectors) -> None:
        """Standardise the rows, and take what all strengths share apart.

        Args:
            rows: shape (n, dimension of rows).
            targets: shape (n, dimension of texts).
        """
        seen: Matrix = rows.astype(np.float64)
        self._centre = seen.mean(axis=0)
        spread = seen.std(axis=0)
        # A feature that hardly varies would be blown up to noise.
        self._spread = (spread + 0.01 * spread.mean() + 1e-12) * np.sqrt(seen.shape[1])
        scaled = (seen - self._centre) / self._spread
        self.mean: Matrix = targets.astype(np.float64).mean(axis=0)
        left, self._sizes, self._right = np.linalg.svd(scaled, full_matrices=False)
        self._shadow = left.T @ (targets - self.mean)

    def solve(self, strength: float, kept: float, kept_asking: float) -> Linear:
        """Return one regression.

        Args:
            strength: of the penalty, in mean squared lengths of the rows.
            kept: share of the targets' mean in the offset of rows that words are to find.
            kept_asking: its share in that of rows that are to find texts.
        """
        squares = self._sizes**2
        factor = self._sizes / (squares + strength * squares.mean())
        weights = (self._right.T * factor) @ self._shadow / self._spread[:, None]
        shift = self._centre @ weights
        offsets = [(share * self.mean - shift).astype(np.float32) for share in (kept, kept_asking)]
        return Linear(weights.astype(np.float32), *offsets)
