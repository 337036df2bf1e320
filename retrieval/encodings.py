"""Remember the vector of every text encoded, so that a build resumes and an update encodes only what is new."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from .encoders import EncoderConfig, load_encoder
from .types import TextEncoder, Vectors

_READ = 500
_AT_ONCE = 512
"""Texts encoded before they are stored; a kill loses at most these."""


class Encodings:
    """Vectors by encoder and text in one SQLite file; every call is one transaction, so a kill loses only the last."""

    def __init__(self, path: Path, encoder: TextEncoder) -> None:
        """Open or create the file."""
        self._encoder = encoder
        self._connection = sqlite3.connect(path)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute(
            "create table if not exists vectors (key blob primary key, row blob not null) without rowid"
        )
        self._connection.execute("create temp table used (key blob primary key) without rowid")
        self.encoded = 0
        """Texts that had to be encoded since this was opened."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text, encoding those not seen before."""
        keys = [self._key(text) for text in texts]
        self._connection.executemany("insert or ignore into used values (?)", ((key,) for key in keys))
        known = self._read(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            rows = np.ascontiguousarray(self._encoder.encode_items(list(new.values())), dtype=np.float32)
            known.update(zip(new, rows, strict=True))
            self._write(new, rows)
        if not keys:
            return np.empty((0, self._encoder.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def prune(self) -> None:
        """Forget every text that was not asked for since this was opened, of all encoders."""
        with self._connection:
            self._connection.execute("delete from vectors where key not in (select key from used)")

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._encoder.name}\0{text}".encode()).digest()[:16]

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
