"""Draw unit vectors that lie like real ones, from the text alone: mixtures of real texts' vectors, and noise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.types import Vectors

_LEAST_SHARE, _SHARES = 0.2, 0.6
"""Weight of a mixture's second text: the least, and how far it reaches above that."""
_NOISE = 0.3
"""Length of the noise beside a mixture's first text of length 1."""
_NOISES = 4096
"""Different noises; with two of 2,048 texts and 65,536 weights no two of millions of texts share a vector."""


class SyntheticEncoder:
    """Encode a text by chance instead of by meaning, but always alike; thousands of times as fast as a network."""

    def __init__(self, anchors: Vectors, seed: int) -> None:
        """Take unit rows of real texts, shape (n, dimension)."""
        self._anchors = anchors
        self.dimension = int(anchors.shape[1])
        self.name = f"scaling:{seed}"
        noise = np.random.default_rng(seed).standard_normal((_NOISES, self.dimension), dtype=np.float32)
        self._noise = noise * np.float32(_NOISE / self.dimension**0.5)

    @classmethod
    def read(cls, folder: Path, seed: int) -> SyntheticEncoder:
        """Take the anchors from a folder."""
        return cls(np.load(folder / "anchors.npy"), seed)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query."""
        return self.encode_items(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
        drawn = np.frombuffer(digests, dtype=np.uint16).reshape(-1, 4).astype(np.int64)
        share = (_LEAST_SHARE + _SHARES * drawn[:, 2:3] / 65_536).astype(np.float32)
        rows = self._anchors[drawn[:, 0] % len(self._anchors)] + share * self._anchors[drawn[:, 1] % len(self._anchors)]
        rows = rows + self._noise[drawn[:, 3] % _NOISES]
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit
