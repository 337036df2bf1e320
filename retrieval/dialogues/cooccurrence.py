"""Items that are named in the same dialogues, as evidence for each other.

Two readings of the same counts: the mean conditional share (a mixture: one mention explains the answer), and the sum of
log ratios against popularity (naive Bayes: all mentions explain it together). Both shrink rare pairs to popularity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .types import Floats

_SHRINK_MIXTURE = 20.0
_SHRINK_RATIO = 30.0
"""Pseudo-counts of popularity; more for the ratios, where a single pair would otherwise shout."""


@dataclass(frozen=True)
class Cooccurrence:
    """Counts of pairs, as the two matrices that a mention matrix is multiplied with."""

    conditional: sp.csr_matrix
    """P(item | mention) without its smoothing, items x items."""
    ratios: sp.csr_matrix
    """log(P(item | mention) / P(item)) up to a constant of the mention, items x items."""
    smoothing: Floats
    """Share of popularity in P(item | mention), by mention."""

    @classmethod
    def fit(cls, sets: sp.csr_matrix, share: Floats) -> Cooccurrence:
        """Count pairs in ``sets`` (sets x items, ones); ``share`` is the popularity that they shrink to."""
        pairs = sp.csr_matrix(sets.T @ sets)
        times = pairs.diagonal()
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        return cls._of(pairs, times, share)

    @classmethod
    def of_pairs(cls, asked: sp.csr_matrix, answered: sp.csr_matrix, share: Floats) -> Cooccurrence:
        """Count what answers (moments x items) followed what was asked (moments x items), in that direction."""
        pairs = sp.csr_matrix(asked.T @ answered)
        return cls._of(pairs, np.asarray(asked.sum(axis=0)).ravel(), share)

    @classmethod
    def _of(cls, pairs: sp.csr_matrix, times: Floats, share: Floats) -> Cooccurrence:
        rows = sp.diags((1.0 / (times + _SHRINK_MIXTURE)).astype(np.float32))
        entries = pairs.tocoo()
        # (C + k p) / (k p): what depends on the mention alone moves no item past another, and is left out.
        ratios = np.log1p(entries.data / (_SHRINK_RATIO * share[entries.col]))
        return cls(
            sp.csr_matrix(rows @ pairs, dtype=np.float32),
            sp.csr_matrix((ratios.astype(np.float32), (entries.row, entries.col)), shape=pairs.shape),
            (_SHRINK_MIXTURE / (times + _SHRINK_MIXTURE)).astype(np.float32),
        )

    def mixture(self, mentions: sp.csr_matrix, share: Floats) -> Floats:
        """Return log of the mean conditional share per moment and item, shape (moments, items)."""
        weight = np.maximum(np.asarray(mentions.sum(axis=1)).ravel(), 1e-6)[:, None]
        found = (mentions @ self.conditional).toarray()
        prior = np.where(weight > 1e-6, (mentions @ self.smoothing)[:, None] / weight, 1.0)
        return np.asarray(np.log(found / weight + prior * share + 1e-9), dtype=np.float32)

    def ratio(self, mentions: sp.csr_matrix) -> Floats:
        """Return the sum of log ratios per moment and item, shape (moments, items); zero without mentions."""
        return np.asarray((mentions @ self.ratios).toarray(), dtype=np.float32)


def sets_of(bags: Sequence[Sequence[int]], size: int) -> sp.csr_matrix:
    """Return bags of positions as a matrix of ones, bags x items."""
    ends = np.cumsum([0, *map(len, bags)])
    cols = np.array([at for bag in bags for at in bag], dtype=np.int64)
    return sp.csr_matrix((np.ones(len(cols), dtype=np.float32), cols, ends), shape=(len(bags), size))
