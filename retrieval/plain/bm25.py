"""BM25 (Robertson and Zaragoza 2009) over texts that fit in memory; scores every text, so nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Scores = NDArray[np.float32]

_WORD = re.compile(r"\w+")
_STOP_WORDS = """
a an and any are as at be but by can for from have i if in is it like m me my of on or some something that the this to
want was what with you your movie movies film films looking recommend good
"""
_STOP = frozenset(_STOP_WORDS.split())


class Bm25:
    """Score texts by BM25 (Robertson and Zaragoza 2009) with a sparse matrix."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        """Weigh every word of every text once."""
        self._columns: dict[str, int] = {}
        rows, columns = [], []
        for row, text in enumerate(texts):
            for word in words_of(text):
                rows.append(row)
                columns.append(self._columns.setdefault(word, len(self._columns)))
        shape = (len(texts), len(self._columns))
        counts = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
        counts.sum_duplicates()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        holders = np.bincount(counts.indices, minlength=shape[1])
        rarity = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
        row_of = np.repeat(np.arange(shape[0]), np.diff(counts.indptr))
        norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1.0))
        counts.data = (counts.data * (k1 + 1) / (counts.data + norm[row_of]) * rarity[counts.indices]).astype(
            np.float32
        )
        self._weights = counts.tocsc()

    def score(self, query: str) -> Scores:
        """Return one score per text."""
        columns = [self._columns[word] for word in set(words_of(query)) if word in self._columns]
        return np.asarray(self._weights[:, columns].sum(axis=1), dtype=np.float32).ravel()


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text that carry meaning."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]
