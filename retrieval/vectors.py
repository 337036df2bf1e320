"""Keep item vectors in one memory-mapped matrix, so that any of them can be scored exactly in milliseconds.

The vector store answers "what is near this"; it is slow at "how near are these": reading 17,472 vectors of 384 numbers
back from Chroma took 720 ms, gathering and scoring them here 10 ms. Exact plans, likes and diversity need the second
question. Many rows are scored roughly first (``coarse.py``), which leaves few to score exactly and changes no answer.
The price is the vectors' size once more on disk and a quarter of it; processes share both in the page cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .coarse import Coarse, CoarseWriter, Rows
from .errors import IndexMissingError
from .places import ItemIds
from .places.ids import Mask
from .types import Vectors

Score = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Turns cosines with several directions, shape (directions, n), into one score each, shape (n,)."""

_MATRIX = "vectors.npy"
_FEW = 4_000
"""Up to this many rows are scored exactly at once."""


class VectorTable:
    """Unit vectors by item id, read-only; safe to share between threads and processes."""

    def __init__(self, ids: Sequence[str], matrix: Vectors, coarse: Coarse | None = None) -> None:
        """Take ids and their rows, in the same order, and a rough copy of the rows where there is one."""
        self.ids = ids if isinstance(ids, ItemIds) else ItemIds.of(ids)
        self.matrix = matrix
        self._coarse = coarse

    @classmethod
    def open(cls, folder: Path) -> VectorTable:
        """Map the matrix in a folder that ``VectorTableWriter`` finished.

        Raises:
            IndexMissingError: the files are absent or damaged.
        """
        try:
            ids = ItemIds.read(folder / "places")
            matrix = np.load(folder / _MATRIX, mmap_mode="r")
            coarse = Coarse.read(folder)
        except (OSError, ValueError) as error:
            raise IndexMissingError(
                f"The vectors in {str(folder)!r} cannot be read: {error}", hint="Rebuild: palate index build --fresh"
            ) from error
        return cls(ids, matrix, coarse)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self.ids

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of the ids that are present, in order, shape (n, dimension)."""
        rows = self.ids.places(ids)
        taken: Vectors = self.matrix[rows[rows >= 0]]
        return taken

    def cohort(self, count: int = 256) -> Vectors:
        """Return about ``count`` rows spread evenly over the table, which stand for any item."""
        step = max(1, len(self.ids) // count)
        rows: Vectors = self.matrix[: len(self.ids) : step]
        return rows

    def nearest(self, vector: Vectors, allowed: Mask, size: int) -> tuple[Rows, NDArray[np.float32]]:
        """Return the allowed rows with the greatest cosines with a unit vector, best first, and those cosines.

        Args:
            vector: shape (dimension,).
            allowed: by row.
            size: how many, at most.
        """
        return self.best(vector[None], _only, 1.0, allowed, size)

    def best(
        self, directions: Vectors, score: Score, reach: float, allowed: Mask, size: int
    ) -> tuple[Rows, NDArray[np.float32]]:
        """Return the allowed rows with the greatest scores, best first, and those scores; exact.

        Args:
            directions: what rows are compared with, shape (m, dimension).
            score: makes one score of the cosines with all directions.
            reach: how far a score moves at most when every cosine moves by 1.
            allowed: by row.
            size: how many, at most.
        """
        rows = np.flatnonzero(allowed)
        if self._coarse is not None and len(rows) > max(_FEW, 4 * size):
            rough = score(self._coarse.cosines(directions, rows))
            rows = rows[rough >= _floor(rough, size) - 2 * reach * self._coarse.error(directions)]
        scores = score((self.matrix[rows] @ directions.T).T)
        places = np.argpartition(-scores, size)[:size] if len(rows) > size else np.arange(len(rows))
        ordered = places[np.lexsort((places, -scores[places]))]
        return rows[ordered], scores[ordered]


class VectorTableWriter:
    """Write a table of a known size batch by batch."""

    def __init__(self, folder: Path, count: int, dimension: int) -> None:
        """Reserve the files."""
        # An empty file cannot be mapped, so an empty catalogue reserves one row and shows none.
        self._matrix = np.lib.format.open_memmap(
            folder / _MATRIX, mode="w+", dtype=np.float32, shape=(max(count, 1), dimension)
        )
        self._coarse = CoarseWriter(folder, count, dimension)
        self._done = 0

    def append(self, vectors: Vectors) -> None:
        """Add the next rows."""
        self._matrix[self._done : self._done + len(vectors)] = vectors
        self._coarse.put(self._done, vectors)
        self._done += len(vectors)

    def finish(self) -> None:
        """Bring everything to disk."""
        self._matrix.flush()
        self._coarse.finish()


def _only(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    first: NDArray[np.float32] = cosines[0]
    return first


def _floor(scores: NDArray[np.float32], size: int) -> float:
    """Return a number that at least ``size`` of the scores reach, and few more."""
    # The size-th greatest of the greatest of each chunk: a hundredth of the work of finding the size-th of all.
    width = max(1, len(scores) // (16 * size))
    peaks = np.maximum.reduceat(scores, np.arange(0, len(scores), width))
    return float(np.partition(peaks, len(peaks) - size)[len(peaks) - size])
