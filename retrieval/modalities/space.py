"""The vectors of one modality in one space: a collection in the vector store, and a matrix to score exactly.

Only items that have the modality are in it. An item is never here twice: rows go by item id.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..chroma import ChromaIndex
from ..errors import IndexMissingError
from ..places import ItemIds
from ..places.ids import Mask
from ..types import Vectors
from .types import Scores

_MATRIX = "vectors.npy"
_FEW = 20_000
"""Up to this many rows are always scored one by one, which is exact; of more, the store is asked."""


class Space:
    """Unit rows of items in one space, read-only; safe to share between threads."""

    def __init__(
        self, ids: ItemIds, matrix: Vectors, store: ChromaIndex | None = None, index: ItemIds | None = None
    ) -> None:
        """Take ids and their rows, in the same order, the collection that holds the same, and all ids of the index."""
        self.ids = ids
        self._matrix = matrix
        self._store = store
        self._places = (index or ids).places(ids)

    @classmethod
    def open(cls, folder: Path, place: Path | str, collection: str, index: ItemIds | None = None) -> Space:
        """Map the matrix that ``SpaceWriter`` finished, and open its collection.

        Args:
            folder: of the space.
            place: folder or address of the vector store.
            collection: its name there.
            index: ids of all items; needed to search under conditions.

        Raises:
            IndexMissingError: a part is absent or damaged.
        """
        try:
            ids = ItemIds.read(folder)
            matrix = np.load(folder / _MATRIX, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise IndexMissingError(
                f"The vectors in {str(folder)!r} cannot be read: {error}", hint="Rebuild: palate index build --fresh"
            ) from error
        return cls(ids, matrix, ChromaIndex.open(place, collection), index)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self.ids

    def mask(self, open_places: Mask) -> Mask:
        """Return which rows are of open items.

        Args:
            open_places: which items may be shown, by their place in the index.
        """
        allowed: Mask = open_places[self._places] & (self._places >= 0)
        return allowed

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the rows of the ids that are present, in order, shape (n, dimension)."""
        rows = self.ids.places(ids)
        taken: Vectors = self._matrix[rows[rows >= 0]]
        return taken

    def score(self, vector: Vectors, ids: Sequence[str]) -> Scores:
        """Return the cosine of a unit vector with each of the ids that are present."""
        rows = self.ids.places(ids)
        present = [item_id for item_id, row in zip(ids, rows, strict=True) if row >= 0]
        return dict(zip(present, (self._matrix[rows[rows >= 0]] @ vector).tolist(), strict=True))

    @property
    def large(self) -> bool:
        """Whether scoring all rows takes longer than asking the vector store."""
        return self._store is not None and len(self.ids) > _FEW

    def approximate(self, vector: Vectors, size: int) -> Scores:
        """Return the items that the vector store finds nearest, best first; quick, and may miss a few."""
        return dict(self._store.query(vector, size)) if self._store is not None else {}

    def nearest(self, vector: Vectors, allowed: Mask, size: int) -> Scores:
        """Return the allowed items nearest to a unit vector with their cosines, best first; exact.

        Args:
            vector: shape (dimension,).
            allowed: by row.
            size: how many, at most.
        """
        rows = np.flatnonzero(allowed)
        if len(rows) == 0:
            return {}
        # Scattered reads cost several times what one pass over the matrix does.
        everything = len(rows) * 4 > len(self.ids)
        scores = (self._matrix[: len(self.ids)] @ vector)[rows] if everything else self._matrix[rows] @ vector
        places = np.argpartition(-scores, size)[:size] if len(rows) > size else np.arange(len(rows))
        ordered = places[np.argsort(-scores[places], kind="stable")]
        return dict(zip(self.ids.at(rows[ordered]), scores[ordered].tolist(), strict=True))

    def background(self, vector: Vectors, count: int = 256) -> NDArray[np.float32]:
        """Return cosines with rows spread evenly over the space: what any item scores, whoever asks."""
        step = max(1, len(self.ids) // count)
        scores: NDArray[np.float32] = self._matrix[: len(self.ids) : step] @ vector
        return scores

    def stored(self) -> set[str]:
        """Return the ids that the collection holds."""
        return self._store.ids() if self._store is not None else set(self.ids)

    def close(self) -> None:
        """Release the collection."""
        if self._store is not None:
            self._store.close()


class SpaceWriter:
    """Write a space of a known size batch by batch."""

    def __init__(self, folder: Path, place: Path | str, collection: str, count: int, dimension: int) -> None:
        """Reserve the file and make the collection; nothing can open it as a space before ``finish``."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ids: list[str] = []
        self._store = ChromaIndex.create(place, collection, count)
        # An empty file cannot be mapped, so a catalogue without a good file reserves one row and shows none.
        self._matrix = np.lib.format.open_memmap(
            folder / _MATRIX, mode="w+", dtype=np.float32, shape=(max(count, 1), dimension)
        )

    def append(self, ids: Sequence[str], rows: Vectors) -> None:
        """Add the next rows."""
        start = len(self._ids)
        self._matrix[start : start + len(ids)] = rows
        self._ids.extend(ids)
        self._store.upsert(ids, rows)

    def finish(self) -> None:
        """Write the ids, which makes the space readable."""
        self._store.seal()
        self._matrix.flush()
        ItemIds.of(self._ids).write(self._folder)

    def close(self) -> None:
        """Release the collection, finished or not."""
        self._store.close()
