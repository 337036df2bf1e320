"""The catalogue as matrices: facts by value, years, words of titles. Built once; holds no dialogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ..types import Item
from .lexical import Lexical
from .spelling import WORD, fold
from .types import Floats

_MOST_COMMON = 20
_COVERED = 0.4
"""An attribute whose 20 most common values cover this share of the items is one of labels (genres); another is one of
names (people)."""
_EMPTY_WORDS = frozenset("a an and the of in on at to for with my me i part vol ii iii iv movie film".split())


class ItemSides:
    """A catalogue's facts, ready to be multiplied with what a dialogue holds."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Take the items in the catalogue's order."""
        self.ids = [item.id for item in items]
        self.titles = [item.title for item in items]
        self.size = len(items)
        self.years = np.array([_year(item) for item in items], dtype=np.float32)
        """Year of each item, 0 where unknown, shape (items,)."""
        self.prior = np.log1p(np.array([max(item.popularity, 0.0) for item in items], dtype=np.float32))
        """log(1 + the catalogue's own popularity), shape (items,)."""
        self.passages = [(_names(item), fold(item.description)) for item in items]
        """Title and facts of each item as one text, and its description, both folded."""
        self.values, self.matrices = _facts(items)
        """By attribute: its values in order, and a matrix items x values of ones."""
        self.labels = [name for name, matrix in self.matrices.items() if _is_of_labels(matrix)]
        self.names = [name for name in self.matrices if name not in self.labels]

    @cached_property
    def label_matrix(self) -> sp.csr_matrix:
        """Labels of all attributes, rows of unit length weighted by rarity, shape (items, labels)."""
        return unit_rows(weighted([self.matrices[name] for name in self.labels], self.size))

    @cached_property
    def name_matrix(self) -> sp.csr_matrix:
        """Names of all attributes, the same person in two roles one column, shape (items, names)."""
        columns: dict[str, int] = {}
        rows, cols = [], []
        for name in self.names:
            matrix = self.matrices[name].tocoo()
            for row, col in zip(matrix.row, matrix.col, strict=True):
                rows.append(row)
                cols.append(columns.setdefault(self.values[name][col], len(columns)))
        found = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)), shape=(self.size, max(1, len(columns))))
        found.data[:] = 1.0
        return found

    @cached_property
    def title_matrix(self) -> sp.csr_matrix:
        """Words of titles, rows of unit length weighted by rarity, shape (items, words)."""
        words = [[w for w in WORD.findall(title.casefold()) if w not in _EMPTY_WORDS] for title in self.titles]
        columns = {word: at for at, word in enumerate(dict.fromkeys(w for row in words for w in row))}
        pairs = {(row, columns[word]) for row, found in enumerate(words) for word in found}
        return unit_rows(weighted([_ones(pairs, self.size, max(1, len(columns)))], self.size))

    @cached_property
    def lexical(self) -> tuple[Lexical, Lexical]:
        """Words of titles and facts, and words of descriptions."""
        return Lexical.fit([names for names, _ in self.passages]), Lexical.fit([text for _, text in self.passages])

    @cached_property
    def kinds(self) -> sp.csr_matrix:
        """Which attributes an item has at all, rows of unit length: what tells a book from a film of one catalogue."""
        has = [sp.csr_matrix(matrix.sum(axis=1) > 0, dtype=np.float32) for matrix in self.matrices.values()]
        return unit_rows(weighted(has, self.size) + 0.1 * sp.hstack(has, format="csr")) if has else self.label_matrix

    @cached_property
    def known(self) -> Floats:
        """log(1 + facts known of an item), shape (items,): well-known items are described at length."""
        counts = [np.asarray(matrix.sum(axis=1)).ravel() for matrix in self.matrices.values()]
        return np.log1p(np.sum(counts, axis=0, dtype=np.float32) if counts else np.zeros(self.size, np.float32))


def _facts(items: Sequence[Item]) -> tuple[dict[str, list[str]], dict[str, sp.csr_matrix]]:
    columns: dict[str, dict[str, int]] = {}
    pairs: dict[str, set[tuple[int, int]]] = {}
    for row, item in enumerate(items):
        for name, value in _worded(item):
            known = columns.setdefault(name, {})
            pairs.setdefault(name, set()).add((row, known.setdefault(fold(value), len(known))))
    matrices = {name: _ones(found, len(items), len(columns[name])) for name, found in pairs.items()}
    return {name: list(known) for name, known in columns.items()}, matrices


def _names(item: Item) -> str:
    return fold(" . ".join([item.title, *(value for _, value in _worded(item))]))


def _worded(item: Item) -> Iterator[tuple[str, str]]:
    for name, value in item.attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str) and one:
                yield name, one


def _is_of_labels(matrix: sp.csr_matrix) -> bool:
    times = np.asarray(matrix.sum(axis=0)).ravel()
    common = np.argsort(-times, kind="stable")[:_MOST_COMMON]
    covered = np.asarray(matrix[:, common].sum(axis=1)).ravel() > 0
    return bool(covered.mean() >= _COVERED)


def _year(item: Item) -> float:
    value = item.attributes.get("year")
    return float(value) if isinstance(value, (int, float)) else 0.0


def _ones(pairs: set[tuple[int, int]], rows: int, cols: int) -> sp.csr_matrix:
    ordered = sorted(pairs)
    at = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return sp.csr_matrix((np.ones(len(ordered), dtype=np.float32), (at[:, 0], at[:, 1])), shape=(rows, cols))


def weighted(matrices: Sequence[sp.csr_matrix], rows: int) -> sp.csr_matrix:
    """Return the columns side by side, each times log(rows / how many rows have it)."""
    if not matrices:
        return sp.csr_matrix((rows, 1), dtype=np.float32)
    joined = sp.hstack(matrices, format="csr")
    rarity = np.log(max(rows, 1) / np.maximum(np.asarray((joined != 0).sum(axis=0)).ravel(), 1.0))
    return sp.csr_matrix(joined @ sp.diags(rarity.astype(np.float32)))


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Return the matrix with rows of length one; empty rows stay empty."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags((1.0 / np.maximum(length, 1e-9)).astype(np.float32)) @ matrix)


def counted(lists: Sequence[Sequence[int]], size: int) -> Floats:
    """Return how often each position stands in the lists, shape (size,)."""
    counts = Counter(at for row in lists for at in row)
    found = np.zeros(size, dtype=np.float32)
    for at, times in counts.items():
        found[at] = times
    return found
