"""Rows that need the text encoder: nearest in meaning, and everything fused without a reranker."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.plain import reciprocal_ranks
from retrieval.types import TextEncoder, Vectors

from ...errors import CannotScoreError
from ..types import Board, Row, Sample, Scores
from .plain import ItemKnn, Popularity, Words
from .texts import said, short_passage
from .tuning import choose, tuning_samples

_TURNS = (3, 1, 8)
_WORDS = 100
"""Words of a dialogue that are encoded; the model reads about 256 tokens of it at most, and time grows with them."""


class Encoded:
    """Vectors of texts, kept on disk between runs.

    A single text is always worked out anew, so that what is timed one turn at a time is never a look-up.
    """

    def __init__(self, encoder: TextEncoder, folder: Path | None, *, alike: bool = False) -> None:
        """Take what makes the vectors and where they are kept.

        Args:
            encoder: Makes the vectors.
            folder: Keeps them; None keeps nothing.
            alike: Whether the encoder reads queries as it reads items; many at once then go the quicker way of items.
        """
        self._encoder = encoder
        self._folder = folder
        self._alike = alike

    def items(self, texts: Sequence[str]) -> Vectors:
        """Return a unit row a text, shape (n, dimension)."""
        path = self._path("items", texts)
        if path is not None and path.is_file():
            return np.asarray(np.load(path), dtype=np.float32)
        return self._keep(path, self._encoder.encode_items(texts))

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Return a unit row a text, shape (n, dimension)."""
        path = self._path("queries", texts) if len(texts) > 1 else None
        if path is not None and path.is_file():
            return np.asarray(np.load(path), dtype=np.float32)
        encode = self._encoder.encode_items if self._alike and len(texts) > 1 else self._encoder.encode_query
        return self._keep(path, encode(texts))

    def _path(self, kind: str, texts: Sequence[str]) -> Path | None:
        if self._folder is None:
            return None
        digest = hashlib.sha256("\x00".join((self._encoder.name, kind, *texts)).encode()).hexdigest()[:24]
        return self._folder / f"{digest}.npy"

    def _keep(self, path: Path | None, rows: Vectors) -> Vectors:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, rows)
        return rows


class Dense:
    """Cosine between the end of a dialogue and the items' texts."""

    name = "dense"

    def __init__(self, encoded: Encoded) -> None:
        """Take what makes the vectors."""
        self._encoded = encoded

    def fit(self, board: Board) -> None:
        """Encode the items, and choose how much of a dialogue to ask with."""
        self._items = self._encoded.items([short_passage(item) for item in board.items])
        self._turns = choose(_TURNS, board, self._score)

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the cosines."""
        return self._score(self._turns, samples)

    def _score(self, turns: int, samples: Sequence[Sample]) -> Scores:
        asked = self._encoded.queries([said(sample, turns, _WORDS) or "hello" for sample in samples])
        return np.asarray(asked @ self._items.T, dtype=np.float32)


class NoRerank:
    """Words, meaning, co-mention and popularity fused by reciprocal rank with equal weights.

    Which of the four are fused is chosen on the tuning part: one poor channel would make a straw man of the rest.
    """

    name = "no-rerank"

    def __init__(self, encoded: Encoded, seed: int) -> None:
        """Take what makes the vectors, and the seed of ties."""
        self._encoded = encoded
        self._seed = seed

    def fit(self, board: Board) -> None:
        """Fit every channel that the board has data for, and choose among them."""
        channels = plain_channels(self._encoded, board)
        asked = [sample.hidden() for sample in tuning_samples(board)]
        ranks = [self._ranks(channel, asked) for channel in channels] if asked else []

        def fused(chosen: Sequence[int], _: Sequence[Sample]) -> Scores:
            return np.asarray(np.sum([ranks[at] for at in chosen], axis=0), dtype=np.float32)

        numbers = range(len(channels))
        subsets = [one for size in range(len(channels), 0, -1) for one in itertools.combinations(numbers, size)]
        self._used = [channels[at] for at in choose(subsets, board, fused)]

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the sum of reciprocal ranks."""
        return np.asarray(np.sum([self._ranks(channel, samples) for channel in self._used], axis=0), dtype=np.float32)

    def _ranks(self, channel: Row, samples: Sequence[Sample]) -> Scores:
        rng = np.random.default_rng(self._seed)
        return np.stack([reciprocal_ranks(row, rng) for row in channel.score(samples)])


def plain_channels(encoded: Encoded, board: Board) -> list[Row]:
    """Return words, meaning, co-mention and popularity, fitted, but for those that the board lacks the data for."""
    fitted: list[Row] = []
    for channel in (Words(), Dense(encoded), ItemKnn(), Popularity()):
        try:
            channel.fit(board)
        except CannotScoreError:
            continue
        fitted.append(channel)
    return fitted
