"""Remember the vector of every text encoded, so that a build resumes and an update encodes only what is new."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .encoders import EncoderConfig, load_encoder
from .types import TextEncoder, Vectors

_READ = 500
_AT_ONCE = 512
"""Texts encoded before they are stored; a kill loses at most these."""


class Known(Protocol):
    """Vectors of an earlier time, by key."""

    def find(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        """Return the rows of those keys that are known."""
        ...


class Encodings:
    """Vectors by encoder and text in one SQLite file; every call is one transaction, so a kill loses only the last."""

    def __init__(self, path: Path, encoder: TextEncoder, known: Known | None = None) -> None:
        """Open or create the file.

        Args:
            path: the file.
            encoder: what encodes the texts that are nowhere yet.
            known: looked into first.
        """
        self._encoder = encoder
        self._known = known
        self._connection = sqlite3.connect(path)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.execute("create table if not exists vectors (key blob primary key, row blob not null)")
        self.encoded = 0
        """Texts that had to be encoded since this was opened."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text, encoding those not seen before."""
        return self.keyed(texts)[1]

    def keyed(self, texts: Sequence[str]) -> tuple[list[bytes], Vectors]:
        """Return the key and one unit row of each text, encoding those not seen before."""
        keys = [text_key(self._encoder, text) for text in texts]
        known = dict(self._known.find(keys)) if self._known is not None else {}
        known.update(self._read([key for key in keys if key not in known]))
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            rows = np.ascontiguousarray(self._encoder.encode_items(list(new.values())), dtype=np.float32)
            known.update(zip(new, rows, strict=True))
            self._write(new, rows)
        if not keys:
            return keys, np.empty((0, self._encoder.dimension), dtype=np.float32)
        return keys, np.stack([known[key] for key in keys])

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), _READ):
            some = keys[start : start + _READ]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(f"select key, row from vectors where key in ({marks})", some)
            found.update((key, np.frombuffer(row, dtype=np.float32)) for key, row in rows)
        return found

    def _write(self, keys: Iterable[bytes], rows: Vectors) -> None:
        with self._connection:
            self._connection.executemany(
                "insert or replace into vectors values (?, ?)",
                ((key, row.tobytes()) for key, row in zip(keys, rows, strict=True)),
            )
        self.encoded += len(rows)


class KnownRows:
    """The vectors of a finished generation by the texts that they were encoded from."""

    def __init__(self, keys: NDArray[np.uint64], matrix: Vectors) -> None:
        """Take the key of each row as two numbers, shape (n, 2), and the rows."""
        self._order = np.argsort(keys[:, 0], kind="stable")
        self._keys = keys[self._order]
        self._matrix = matrix

    def find(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        """Return the rows of those keys that are known."""
        if len(self._keys) == 0 or not keys:
            return {}
        asked = key_rows(keys)
        at = np.minimum(np.searchsorted(self._keys[:, 0], asked[:, 0]), len(self._keys) - 1)
        places = np.flatnonzero((self._keys[at] == asked).all(axis=1))
        rows = self._matrix[self._order[at[places]]]
        return {keys[place]: row for place, row in zip(places.tolist(), rows, strict=True)}


def text_key(encoder: TextEncoder, text: str) -> bytes:
    """Return what a text's vector is remembered by, 16 bytes."""
    return hashlib.sha256(f"{encoder.name}\0{text}".encode()).digest()[:16]


def key_rows(keys: Sequence[bytes]) -> NDArray[np.uint64]:
    """Return keys as two numbers each, shape (n, 2)."""
    return np.frombuffer(b"".join(keys), dtype="<u8").reshape(-1, 2).astype(np.uint64)


def item_vectors(
    path: Path,
    texts: Sequence[str],
    on_text: Callable[[int, int], None] | None = None,
    config: EncoderConfig | None = None,
) -> Vectors:
    """Return a unit row per text, shape (texts, dimension), encoding only what the file does not hold.

    Args:
        path: SQLite file that keeps what is encoded, made when missing.
        texts: to be encoded.
        on_text: told how many are done, of how many.
        config: the encoder.

    Raises:
        EncoderError: the encoder cannot be loaded.
    """
    encoder = load_encoder(config or EncoderConfig())
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Encodings(path, encoder)
    rows = []
    try:
        for start in range(0, len(texts), _AT_ONCE):
            rows.append(kept.vectors(texts[start : start + _AT_ONCE]))
            if on_text is not None:
                on_text(min(start + _AT_ONCE, len(texts)), len(texts))
    finally:
        kept.close()
    return np.concatenate(rows) if rows else np.empty((0, encoder.dimension), dtype=np.float32)
