"""A small classifier of messages: does this read like an attack rather than like talk? Knows nothing of rules.

Logistic regression over hashed pieces of words and pairs of words, in numpy; ``palate train guard`` makes the weights.
Pieces of words withstand misspelling; vectors of meaning were tried and lost (see docs/safety.md).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BUCKETS = 2**15
"""Pieces share this many weights; two that share one are a price worth a file of 64 kB."""
_LENGTHS = (2, 3, 4, 5)
_MOST_CHARS = 2_000
_TOKEN = re.compile(r"\w+|[^\w\s]")


class GuardWeights(NamedTuple):
    """A trained classifier."""

    weights: NDArray[np.float32]
    """Shape (BUCKETS,)."""
    bias: float
    likely: float
    """Score from which a message is taken for an attack."""
    doubtful: float
    """Score from which it is one point on the way there."""

    @staticmethod
    def size() -> int:
        """Return how many weights there are."""
        return BUCKETS

    def score(self, text: str) -> float:
        """Return the log-odds that a message is an attack."""
        places, value = buckets(text)
        return float(self.weights[places].sum() * value + self.bias) if len(places) else self.bias

    def save(self, path: Path) -> None:
        """Write the weights, in half precision."""
        numbers = np.array([self.bias, self.likely, self.doubtful], dtype=np.float64)
        np.savez_compressed(path, weights=self.weights.astype(np.float16), numbers=numbers)


def buckets(text: str) -> tuple[NDArray[np.int64], float]:
    """Return where a text's pieces lie, shape (n,), each piece once, and the value they all have: 1 / sqrt(n)."""
    places = [zlib.crc32(piece.encode()) % BUCKETS for piece in set(_pieces(text[:_MOST_CHARS].casefold()))]
    return np.array(places, dtype=np.int64), 1.0 / max(1, len(places)) ** 0.5


def read_weights(path: Path) -> GuardWeights:
    """Read what ``save`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        bias, likely, doubtful = (float(number) for number in stored["numbers"])
        return GuardWeights(stored["weights"].astype(np.float32), bias, likely, doubtful)


@cache
def shipped_weights() -> GuardWeights:
    """Return the weights that come with Palate, read once."""
    with as_file(files(__package__).joinpath("models/guard.npz")) as path:
        return read_weights(path)


def _pieces(text: str) -> Iterator[str]:
    """Yield pieces of words, words, neighbours, and pairs with one word between them."""
    tokens = _TOKEN.findall(text)
    for token in tokens:
        padded = f" {token} "
        for length in _LENGTHS:
            yield from (padded[at : at + length] for at in range(len(padded) - length + 1))
    words = [token for token in tokens if token[0].isalnum()]
    yield from (f"w:{word}" for word in words)
    yield from _pairs("b:", words, words[1:])
    yield from _pairs("s:", words, words[2:])


def _pairs(mark: str, first: Sequence[str], second: Sequence[str]) -> Iterator[str]:
    return (f"{mark}{one} {two}" for one, two in zip(first, second, strict=False))
