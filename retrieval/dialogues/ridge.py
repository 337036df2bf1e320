"""Regress what was recommended on the words, mentions and facts of the moment: ridge regression in closed form.

Solved in the dual (as many unknowns as lessons), then cut to low rank so that the model stays small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .types import Floats, Lesson


@dataclass(frozen=True)
class Ridge:
    """A linear map from features of a moment to items, through a few hundred dimensions."""

    inner: Floats
    """Features x rank."""
    outer: Floats
    """Rank x answered items."""
    answered: np.ndarray[tuple[int], np.dtype[np.int64]]
    """Positions of the items that were ever recommended."""
    size: int

    @classmethod
    def fit(cls, features: sp.csr_matrix, lessons: Sequence[Lesson], size: int, strength: float, rank: int) -> Ridge:
        """Solve for the targets of the lessons, one row of ``features`` each."""
        answered = np.array(sorted({at for lesson in lessons for at in lesson.targets}), dtype=np.int64)
        column = {at: col for col, at in enumerate(answered.tolist())}
        wanted = np.zeros((len(lessons), len(answered)), dtype=np.float32)
        for row, lesson in enumerate(lessons):
            wanted[row, [column[at] for at in lesson.targets]] = 1.0
        kernel = (features @ features.T).toarray().astype(np.float32)
        kernel[np.diag_indices(len(lessons))] += strength
        solved = np.asarray(np.linalg.solve(kernel, wanted), dtype=np.float32)
        inner, outer = _low_rank(solved, min(rank, *solved.shape))
        return cls(np.asarray(features.T @ inner, dtype=np.float32), outer, answered, size)

    def scores(self, features: sp.csr_matrix) -> Floats:
        """Return one score per moment and item, shape (moments, items); 0 where nothing was learnt."""
        found = np.zeros((features.shape[0], self.size), dtype=np.float32)
        found[:, self.answered] = (features @ self.inner) @ self.outer
        return found


def _low_rank(matrix: Floats, rank: int) -> tuple[Floats, Floats]:
    """Return two factors of the best approximation, by a randomised range finder (Halko et al. 2011)."""
    draw = np.random.default_rng(0).standard_normal((matrix.shape[1], rank)).astype(np.float32)
    basis = matrix @ draw
    for _ in range(2):
        basis = matrix @ (matrix.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    return basis, np.asarray(basis.T @ matrix, dtype=np.float32)
