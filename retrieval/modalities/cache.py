"""Remember the vector of every picture, sound and film by its content, so that nothing is decoded twice.

One SQLite file; each batch is one transaction, so a kill loses at most one batch. A file that could not be read is
remembered with its reason: it is looked at again only when its bytes or the encoder change.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..types import Vectors

_READ = 500


class MediaCache:
    """Vectors by encoder and content; one encoder at a time."""

    def __init__(self, path: Path, encoder: str) -> None:
        """Open or create the file for one encoder, by its name."""
        self._encoder = encoder
        self._connection = sqlite3.connect(path)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute(
            "create table if not exists media (key blob primary key, row blob, reason text) without rowid"
        )

    def key(self, path: Path) -> bytes:
        """Return the key of a file's content under this encoder.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        return hashlib.sha256(self._encoder.encode() + b"\0" + content).digest()[:16]

    def known(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Return key -> reason for what is remembered; an empty reason means that there is a vector."""
        found: dict[bytes, str] = {}
        for some, marks in _portions(keys):
            found.update(self._connection.execute(f"select key, reason from media where key in ({marks})", some))
        return found

    def rows(self, keys: Sequence[bytes]) -> Vectors:
        """Return one row per key, in order; each must be known with a vector."""
        found: dict[bytes, Vectors] = {}
        for some, marks in _portions(list(dict.fromkeys(keys))):
            rows = self._connection.execute(f"select key, row from media where key in ({marks})", some)
            found.update((key, np.frombuffer(row, dtype=np.float32)) for key, row in rows)
        return np.stack([found[key] for key in keys])

    def keep(self, rows: Mapping[bytes, Vectors], reasons: Mapping[bytes, str]) -> None:
        """Remember vectors, and why others have none."""
        kept = [(key, np.ascontiguousarray(row, dtype=np.float32).tobytes(), "") for key, row in rows.items()]
        kept += [(key, b"", reason) for key, reason in reasons.items()]
        with self._connection:
            self._connection.executemany("insert or replace into media values (?, ?, ?)", kept)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()


def prune(path: Path, used: Iterable[bytes]) -> None:
    """Forget everything that is not among the keys, of all encoders."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("create temp table wanted (key blob primary key) without rowid")
        connection.executemany("insert or ignore into wanted values (?)", ((key,) for key in used))
        with connection:
            connection.execute("delete from media where key not in (select key from wanted)")
    finally:
        connection.close()


def _portions(keys: Sequence[bytes]) -> Iterable[tuple[Sequence[bytes], str]]:
    for start in range(0, len(keys), _READ):
        some = keys[start : start + _READ]
        yield some, ",".join("?" * len(some))
