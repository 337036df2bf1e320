"""EASE: the linear item-to-item model in closed form (Steck, WWW 2019).

With weights X of shape (users, items), P = (X'X + lambda I)^-1 and B = I - P / diag(P), whose diagonal is zero. Where
there are fewer users than items, P follows from a matrix of the size of the users instead (Woodbury):
P = (I - X'(XX' + lambda I)^-1 X) / lambda. The smaller of the two is inverted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..errors import InteractionsError
from ..types import Value
from .history import Matrix
from .models import ItemScores

Dense = NDArray[np.float32]

_MOST_CELLS = 1_600_000_000
"""Cells of the largest matrix that is held: 6.4 GB of float32."""


class EaseConfig(Value):
    """Settings of EASE."""

    regularisation: float = Field(300.0, gt=0.0)
    """The lambda of the paper: more trusts popular pairs more."""


class Ease:
    """Item-to-item weights, some of them negative."""

    name = "EASE"

    def __init__(self, matrix: Matrix, config: EaseConfig | None = None) -> None:
        """Solve for the weights.

        Args:
            matrix: weights, shape (users, items).
            config: settings.

        Raises:
            InteractionsError: neither users nor items are few enough.
        """
        config = config or EaseConfig()
        users, items = matrix.shape
        if not fits(users, items):
            raise InteractionsError(
                f"EASE cannot hold {users:,} users by {items:,} items in memory.", hint="Train iALS instead."
            )
        self._factor = _by_users(matrix, config) if users < items else _by_items(matrix, config)

    def scores(self, histories: Matrix) -> ItemScores:
        """Return histories times B."""
        return np.asarray(self._factor.times(histories), dtype=np.float32)

    def rows(self, items: NDArray[np.int32]) -> Dense:
        """Return the rows of B of these items, shape (n, items): what having one says of every other."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(items), dtype=np.float32)
        shape = (len(items), self._factor.diagonal.shape[0])
        return self.scores(csr_matrix((ones, (np.arange(len(items)), items)), shape=shape))


def fits(users: int, items: int) -> bool:
    """Return whether the matrices that EASE needs can be held."""
    smaller = min(users, items)
    return smaller * items <= _MOST_CELLS and smaller * smaller <= _MOST_CELLS


class _ByUsers:
    """P through the users' side: diag(P) and two factors."""

    def __init__(self, matrix: Matrix, solved: Dense, regularisation: float) -> None:
        self._columns = matrix.T.tocsc()
        self._solved = solved
        self._regularisation = regularisation
        own = np.asarray(matrix.multiply(solved).sum(axis=0)).ravel()
        self.diagonal = (1.0 - own) / regularisation

    def times(self, histories: Matrix) -> Dense:
        plain = histories.toarray()
        inverse = (plain - (histories @ self._columns).toarray() @ self._solved) / self._regularisation
        scored: Dense = plain - inverse / self.diagonal
        return scored


class _ByItems:
    """P itself."""

    def __init__(self, inverse: Dense) -> None:
        self.diagonal = np.diag(inverse).copy()
        self._weights = -inverse / self.diagonal
        np.fill_diagonal(self._weights, 0.0)

    def times(self, histories: Matrix) -> Dense:
        scored: Dense = histories @ self._weights
        return scored


def _by_users(matrix: Matrix, config: EaseConfig) -> _ByUsers:
    from scipy.linalg import cho_factor, cho_solve

    gram = (matrix @ matrix.T).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += config.regularisation
    solved = cho_solve(cho_factor(gram, lower=True), matrix.toarray().astype(np.float64))
    return _ByUsers(matrix, solved.astype(np.float32), config.regularisation)


def _by_items(matrix: Matrix, config: EaseConfig) -> _ByItems:
    from scipy.linalg import cho_factor, cho_solve

    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += config.regularisation
    inverse = cho_solve(cho_factor(gram, lower=True, overwrite_a=True), np.eye(len(gram)))
    return _ByItems(inverse.astype(np.float32))
