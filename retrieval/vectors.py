"""Keep item vectors in one memory-mapped matrix, so that thousands can be scored exactly in milliseconds.

The vector store answers "what is near this"; it is slow at "how near are these": reading 17,472 vectors of 384 numbers
back from Chroma took 720 ms, gathering and scoring them here 10 ms. Exact plans, likes and diversity need the second
question. The price is the vectors' size once more on disk (27 MB for the demo); processes share it in the page cache.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import IndexMissingError
from .types import Vectors

Rows = NDArray[np.int64]
"""Row numbers of items in the matrix, shape (n,)."""

_MATRIX = "vectors.npy"
_IDS = "vectors.ids.json"


class VectorTable:
    """Unit vectors by item id, read-only; safe to share between threads and processes."""

    def __init__(self, ids: Sequence[str], matrix: Vectors) -> None:
        """Take ids and their rows, in the same order."""
        self.ids = tuple(ids)
        self.matrix = matrix
        self._row_of = {item_id: row for row, item_id in enumerate(self.ids)}

    @classmethod
    def open(cls, folder: Path) -> VectorTable:
        """Map the matrix in a folder that ``VectorTableWriter`` finished.

        Raises:
            IndexMissingError: the files are absent or damaged.
        """
        try:
            ids = json.loads((folder / _IDS).read_text("utf-8"))
            matrix = np.load(folder / _MATRIX, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise IndexMissingError(
                f"The vectors in {str(folder)!r} cannot be read: {error}", hint="Rebuild: palate index build --fresh"
            ) from error
        return cls(ids, matrix)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._row_of

    def located(self, ids: Sequence[str]) -> tuple[Sequence[str], Rows]:
        """Return the ids that are present, in order, and their row numbers."""
        rows = np.fromiter((self._row_of.get(item_id, -1) for item_id in ids), dtype=np.int64, count=len(ids))
        if (rows >= 0).all():
            return ids, rows
        return [item_id for item_id, row in zip(ids, rows, strict=True) if row >= 0], rows[rows >= 0]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of the ids that are present, in order, shape (n, dimension)."""
        taken: Vectors = self.matrix[self.located(ids)[1]]
        return taken

    def scores(self, rows: Rows, vector: Vectors) -> NDArray[np.float32]:
        """Return the cosine of each row with a unit vector of shape (dimension,)."""
        if len(rows) * 4 > len(self.ids):
            # Scattered reads cost several times what one pass over the matrix does.
            scored: NDArray[np.float32] = (self.matrix @ vector)[rows]
            return scored
        gathered: NDArray[np.float32] = self.matrix[rows] @ vector
        return gathered


class VectorTableWriter:
    """Write a table of a known size batch by batch."""

    def __init__(self, folder: Path, count: int, dimension: int) -> None:
        """Reserve the file; nothing can open it as a table before ``finish``."""
        self._folder = folder
        self._ids: list[str] = []
        # An empty file cannot be mapped, so an empty catalogue reserves one row and shows none.
        self._matrix = np.lib.format.open_memmap(
            folder / _MATRIX, mode="w+", dtype=np.float32, shape=(max(count, 1), dimension)
        )

    def append(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add the next rows."""
        start = len(self._ids)
        self._matrix[start : start + len(ids)] = vectors
        self._ids.extend(ids)

    def finish(self) -> None:
        """Write the ids, which makes the table readable."""
        self._matrix.flush()
        (self._folder / _IDS).write_text(json.dumps(self._ids, ensure_ascii=False), "utf-8")
