"""Encode one query with the bundled MiniLM in plain numpy; items are encoded with torch, in batches.

A query of a dozen words is a few million multiplications, yet through torch it cost five seconds of imports, 450 MB of
memory, and under load a second of waiting for torch's threads. The arithmetic here is BERT's (Devlin et al. 2019) as
sentence-transformers configures it: mean over tokens, unit length. The contract tests hold both to the same vectors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..types import Vectors
from .adapter import Adapter

Array = NDArray[np.float32]

_HEADS = 12
_LAYERS = 6
_EPSILON = 1e-12
_MAX_TOKENS = 256


class MiniLmQueries:
    """Encodes queries one at a time; holds only read-only weights, so threads may share it."""

    def __init__(self, folder: Path, adapter: Adapter | None = None) -> None:
        """Read the weights and the tokenizer, and add the adapter; takes about a tenth of a second."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights: dict[str, Array] = load_file(folder / "model.safetensors")
        self._weights = weights if adapter is None else adapter.merged(weights)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS if adapter is None else adapter.lengths.query_length)
        self._tokenizer.no_padding()

    def encode(self, text: str) -> Vectors:
        """Return the unit vector of one text, shape (384,)."""
        tokens = self._tokenizer.encode(text).ids
        hidden = self._embedded(tokens)
        for layer in range(_LAYERS):
            prefix = f"encoder.layer.{layer}."
            hidden = self._normed(hidden + self._attended(hidden, prefix), prefix + "attention.output.LayerNorm")
            inner = _gelu(self._dense(hidden, prefix + "intermediate.dense"))
            hidden = self._normed(hidden + self._dense(inner, prefix + "output.dense"), prefix + "output.LayerNorm")
        mean = hidden.mean(axis=0)
        unit: Vectors = mean / np.linalg.norm(mean)
        return unit

    def _embedded(self, tokens: list[int]) -> Array:
        summed = self._weights["embeddings.word_embeddings.weight"][tokens]
        summed = summed + self._weights["embeddings.position_embeddings.weight"][: len(tokens)]
        summed = summed + self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._normed(summed, "embeddings.LayerNorm")

    def _attended(self, hidden: Array, prefix: str) -> Array:
        names = (f"{prefix}attention.self.{part}" for part in ("query", "key", "value"))
        query, key, value = (self._split(self._dense(hidden, name)) for name in names)
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        joined = (weights @ value).transpose(1, 0, 2).reshape(hidden.shape)
        return self._dense(joined, prefix + "attention.output.dense")

    def _split(self, rows: Array) -> Array:
        """Turn (tokens, width) into (heads, tokens, width / heads)."""
        return rows.reshape(len(rows), _HEADS, -1).transpose(1, 0, 2)

    def _dense(self, rows: Array, name: str) -> Array:
        product: Array = rows @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]
        return product

    def _normed(self, rows: Array, name: str) -> Array:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        normed: Array = centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return normed


def _gelu(rows: Array) -> Array:
    """Return the exact GELU; numpy has no error function, so it is Abramowitz and Stegun's 7.1.26, to 1.5e-7."""
    size = np.abs(rows) * np.float32(1 / np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    series: Any = np.float32(1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(coefficient)
    error = np.copysign(1 - series * t * np.exp(-np.square(size)), rows)
    gelu: Array = 0.5 * rows * (1 + error)
    return gelu
