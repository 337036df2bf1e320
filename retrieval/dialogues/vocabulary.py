"""Words of dialogues as columns, weighted by rarity; learnt from the training moments alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .sides import unit_rows
from .types import Floats

_FEWEST = 4
"""Moments that a word must stand in to be learnt."""
_COMMONEST = 0.6


@dataclass(frozen=True)
class Vocabulary:
    """Words in order, with their weights."""

    columns: Mapping[str, int]
    rarity: Floats

    @classmethod
    def fit(cls, words: Sequence[Mapping[str, float]]) -> Vocabulary:
        """Learn words and pairs of words that are neither rare nor everywhere."""
        counts = Counter(word for row in words for word in row)
        most = max(_FEWEST, _COMMONEST * len(words))
        kept = sorted(word for word, times in counts.items() if _FEWEST <= times <= most)
        rarity = [np.log(len(words) / counts[word]) for word in kept]
        return cls({word: at for at, word in enumerate(kept)}, np.array(rarity, dtype=np.float32))

    def matrix(self, words: Sequence[Mapping[str, float]]) -> sp.csr_matrix:
        """Return moments x words, rows of unit length."""
        rows, cols, data = [], [], []
        for row, found in enumerate(words):
            for word, weight in found.items():
                col = self.columns.get(word)
                if col is not None:
                    rows.append(row)
                    cols.append(col)
                    data.append(weight * self.rarity[col])
        shape = (len(words), max(1, len(self.columns)))
        return unit_rows(sp.csr_matrix((np.array(data, dtype=np.float32), (rows, cols)), shape=shape))
