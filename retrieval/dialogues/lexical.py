"""Words that a dialogue shares with an item: surnames, halves of titles, series, what a plot is about.

BM25's saturation and length norm (Robertson et al. 1994) over the item's words, asked with the user's words by recency.
Exact facts are found elsewhere; this catches what was typed short, or in other words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .spelling import WORD
from .types import Floats

_SATURATION = 1.2
_LENGTH = 0.5
_COMMONEST = 0.1
"""Share of the items above which a word says nothing."""
_RECOMMENDER = 0.4
"""What a word of the recommender weighs against one of the user."""


@dataclass(frozen=True)
class Lexical:
    """Words of item texts as columns."""

    columns: Mapping[str, int]
    weights: sp.csr_matrix
    """BM25 weight of each word in each item, items x words."""

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Lexical:
        """Count the words of the items' texts, in the catalogue's order."""
        found = [WORD.findall(text) for text in texts]
        columns = {word: at for at, word in enumerate(dict.fromkeys(word for words in found for word in words))}
        rows = np.repeat(np.arange(len(found)), [len(words) for words in found])
        cols = np.array([columns[word] for words in found for word in words], dtype=np.int64)
        counts = sp.csr_matrix((np.ones(len(cols), np.float32), (rows, cols)), shape=(len(texts), max(1, len(columns))))
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * length / max(1.0, float(length.mean())))
        times = np.asarray((counts > 0).sum(axis=0)).ravel()
        rarity = np.where(
            times <= max(1.0, _COMMONEST * len(texts)), np.log(1 + len(texts) / np.maximum(times, 1)), 0.0
        )
        entries = counts.tocoo()
        data = entries.data * (_SATURATION + 1) / (entries.data + norm[entries.row]) * rarity[entries.col]
        weights = sp.csr_matrix((data.astype(np.float32), (entries.row, entries.col)), shape=counts.shape)
        weights.eliminate_zeros()
        return cls(columns, weights)

    def scores(self, words: Sequence[Mapping[str, float]], *, least: float = 0.0) -> Floats:
        """Return one score per moment and item, shape (moments, items).

        Args:
            words: of each moment with their weight by recency, those of the recommender marked.
            least: weight under which a word is left out; 1 keeps the last turn alone.
        """
        rows, cols, data = [], [], []
        for row, found in enumerate(words):
            for word, weight in found.items():
                col = self.columns.get(word.removeprefix("<"))
                if col is not None and weight >= least:
                    rows.append(row)
                    cols.append(col)
                    data.append(weight * (_RECOMMENDER if word.startswith("<") else 1.0))
        shape = (len(words), self.weights.shape[1])
        asked = sp.csr_matrix((np.array(data, dtype=np.float32), (rows, cols)), shape=shape)
        return np.asarray((asked @ self.weights.T).toarray(), dtype=np.float32)
