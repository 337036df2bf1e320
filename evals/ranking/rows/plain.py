"""Rows that need no model: chance, repeating, popularity, words, and what goes together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.plain import Bm25, CoMentions

from ...errors import CannotScoreError
from ..types import Board, Sample, Scores, members_of
from .texts import passage, said
from .tuning import choose

_WORDS = ((0.75, None), (0.75, 1), (0.75, 3), (0.3, None), (0.3, 1), (0.3, 3))
"""How strongly a long text is held against an item (BM25's b, 0 to 1), and how many of the last turns are searched
with, None being all. The first is the textbook's, used where there is nothing to tune on."""
_DAMPINGS = (0.3, 0.0, 0.15, 0.5)


class Random:
    """Every order is as good as any other."""

    name = "random"

    def fit(self, board: Board) -> None:
        """Take the size of the catalogue."""
        self._items = len(board.items)

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return nothing but ties, which the harness breaks at random."""
        return np.zeros((len(samples), self._items), dtype=np.float32)


class CopyLast:
    """Repeats what was named before, the latest first: what a parrot is worth."""

    name = "copy-last"

    def fit(self, board: Board) -> None:
        """Take the size of the catalogue."""
        self._items = len(board.items)

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return 1 for the first item mentioned, 2 for the next, and so on, and 0 for the rest."""
        scores = np.zeros((len(samples), self._items), dtype=np.float32)
        for row, sample in enumerate(samples):
            scores[row, list(sample.mentioned)] = np.arange(1, len(sample.mentioned) + 1)
        return scores


class Popularity:
    """The same list for everybody: what training recommends most, else what the catalogue says is best known."""

    name = "popularity"

    def fit(self, board: Board) -> None:
        """Count the training dialogues that recommend each item."""
        counts = np.zeros(len(board.items), dtype=np.float32)
        self._own: dict[str, list[int]] = {}
        if board.joint:
            counts += np.array([item.popularity for item in board.items], dtype=np.float32)
        else:
            for sample in [*board.train, *board.tune]:
                counts[sample.target] += 1.0
                self._own.setdefault(sample.group, []).append(sample.target)
        if not counts.any():
            raise CannotScoreError("Neither training dialogues nor the catalogue say what is popular.")
        self._counts = counts

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the counts; what was counted in a sample's own dialogue does not count for it."""
        scores = np.tile(self._counts, (len(samples), 1))
        for row, sample in zip(scores, samples, strict=True):
            np.subtract.at(row, self._own.get(sample.group, []), 1.0)
        return scores


class Words:
    """BM25 over title, labels, names and the whole description."""

    name = "bm25"

    def fit(self, board: Board) -> None:
        """Index the items, and choose how much of a dialogue to search with."""
        passages = [passage(item) for item in board.items]
        indexes = {b: Bm25(passages, b=b) for b in dict.fromkeys(b for b, _ in _WORDS)}

        def search(setting: tuple[float, int | None], samples: Sequence[Sample]) -> Scores:
            return np.stack([indexes[setting[0]].score(said(sample, setting[1])) for sample in samples])

        b, self._turns = choose(_WORDS, board, search)
        self._index = indexes[b]

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return BM25 of the end of each dialogue."""
        return np.stack([self._index.score(said(sample, self._turns)) for sample in samples])


class ItemKnn:
    """Items that stood in the same training dialogues as those mentioned; popularity where none were."""

    name = "item-knn"

    def fit(self, board: Board) -> None:
        """Count pairs, and choose how far an item's own popularity is divided out."""
        if not any(sample.mentioned for sample in [*board.train, *board.tune]):
            raise CannotScoreError("No training dialogue mentions items, so nothing says what goes together.")
        items = len(board.items)
        together = {power: CoMentions(members_of(board.train), items, power) for power in _DAMPINGS}
        popularity = Popularity()
        popularity.fit(board)
        self._popularity = popularity
        power = choose(
            _DAMPINGS, board, lambda power, samples: np.stack([together[power].score(one.mentioned) for one in samples])
        )
        self._together = CoMentions(members_of([*board.train, *board.tune]), items, power)

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return co-mention, a sample's own dialogue left out, with popularity to order what it ties."""
        found = np.stack([self._together.score(sample.mentioned, sample.group) for sample in samples])
        return np.asarray(found + np.float32(1e-6) * self._popularity.score(samples), dtype=np.float32)
