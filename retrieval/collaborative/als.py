"""iALS: users and items as short vectors, fitted to all pairs (Hu, Koren and Volinsky, ICDM 2008).

The ``implicit`` library fits them, which only training needs. A user's vector is solved anew from the history, so that
the model serves people it has never seen; that needs numpy alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from threadpoolctl import threadpool_limits

from ..errors import MissingExtraError
from ..types import Value
from .history import Matrix
from .models import ItemScores

Factors = NDArray[np.float32]
"""Shape (n, factors)."""


class AlsConfig(Value):
    """Settings of iALS."""

    factors: int = Field(64, ge=1)
    """Length of the vectors."""
    regularisation: float = Field(10.0, gt=0.0)
    """Weight of the vectors' lengths against the fit."""
    confidence: float = Field(5.0, gt=0.0)
    """What a weight of 1 adds to the confidence of 1 that every pair has; the alpha of the paper."""
    rounds: int = Field(15, ge=1)
    """Alternations between users and items."""
    seed: int = 42
    threads: int = Field(1, ge=1)
    """Threads of the library's own; linear algebra is held to one, or the two would fight for the cores."""


class Als:
    """Item vectors, and user vectors solved from histories."""

    name = "iALS"

    def __init__(self, vectors: Factors, config: AlsConfig, gram_of: NDArray[np.bool_] | None = None) -> None:
        """Take item vectors and the settings that they were fitted with.

        Args:
            vectors: shape (items, factors).
            config: settings.
            gram_of: items that the vectors were fitted to, where others were added later; shape (items,).
        """
        self.vectors = vectors
        self._config = config
        fitted = vectors if gram_of is None else vectors[gram_of]
        self._gram = (fitted.T @ fitted).astype(np.float64)

    @classmethod
    def fit(cls, matrix: Matrix, config: AlsConfig | None = None) -> Als:
        """Fit item vectors to weights of shape (users, items).

        Raises:
            MissingExtraError: the ``implicit`` library is not installed.
        """
        config = config or AlsConfig()
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError:
            raise MissingExtraError("train") from None
        confidence = matrix.astype(np.float32, copy=True)
        confidence.data = 1.0 + config.confidence * confidence.data
        with threadpool_limits(limits=1, user_api="blas"):
            fitted = AlternatingLeastSquares(
                factors=config.factors,
                regularization=config.regularisation,
                alpha=1.0,
                iterations=config.rounds,
                num_threads=config.threads,
                random_state=config.seed,
            )
            fitted.fit(confidence, show_progress=False)
        return cls(np.asarray(fitted.item_factors, dtype=np.float32), config)

    def users(self, histories: Matrix) -> Factors:
        """Return the vector of each history, shape (histories, factors); zeros where it is empty."""
        solved = np.zeros((histories.shape[0], self.vectors.shape[1]), dtype=np.float32)
        for row in range(histories.shape[0]):
            part = slice(histories.indptr[row], histories.indptr[row + 1])
            if part.start < part.stop:
                solved[row] = self.user(histories.indices[part], histories.data[part])
        return solved

    def user(self, items: NDArray[np.int32], weights: NDArray[np.float32]) -> Factors:
        """Return the vector of one history, shape (factors,)."""
        held = self.vectors[items].astype(np.float64)
        extra = self._config.confidence * np.asarray(weights, dtype=np.float64)
        left = self._gram + (held.T * extra) @ held
        left[np.diag_indices_from(left)] += self._config.regularisation
        return np.linalg.solve(left, held.T @ (1.0 + extra)).astype(np.float32)

    def scores(self, histories: Matrix) -> ItemScores:
        """Return user vectors times item vectors."""
        scored: ItemScores = self.users(histories) @ self.vectors.T
        return scored
