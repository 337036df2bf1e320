"""The catalogue as a collaborative model sees it: ids and text vectors of the index that serves."""

from __future__ import annotations

from ..index import IndexConfig, IndexFolder
from ..types import Vectors
from ..vectors import VectorTable


def indexed_items(config: IndexConfig) -> tuple[str, tuple[str, ...], Vectors]:
    """Return the catalogue's name, its ids and their text vectors, shape (items, dimension).

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: its manifest cannot be read.
    """
    generation = IndexFolder(config).current()
    manifest = generation.read()
    table = VectorTable.open(generation.folder)
    return manifest.catalog, tuple(table.ids), table.matrix[: len(table)]
