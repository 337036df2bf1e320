"""Write the ids and all columns of a generation to a folder, and map them again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ..types import CatalogSchema, Item
from .columns import Column, ColumnBuilder, read_columns
from .ids import ItemIds

PLACES = "places"
"""Name of the folder beside the facts."""
_MARK = "places.json"


class PlacesWriter:
    """Write items in order of fame, batch by batch; facts wait on disk, so memory grows with ids and values alone."""

    def __init__(self, folder: Path, schema: CatalogSchema) -> None:
        """Take the folder of a generation."""
        self._folder = folder / PLACES
        self._folder.mkdir()
        self._ids: list[str] = []
        self._builders = [
            ColumnBuilder(spec, self._folder / f"{code}.pairs") for code, spec in enumerate(schema.attributes)
        ]

    def append(self, items: Iterable[Item]) -> None:
        """Add the next items."""
        for item in items:
            place = len(self._ids)
            self._ids.append(item.id)
            for builder in self._builders:
                builder.add(place, item)

    def finish(self, revision: int) -> ItemIds:
        """Write everything, and last of all which revision of the facts it shows; return the ids."""
        ids = ItemIds.of(self._ids)
        ids.write(self._folder)
        for code, builder in enumerate(self._builders):
            builder.finish().write(self._folder, str(code))
        (self._folder / _MARK).write_text(json.dumps({"revision": revision}), "utf-8")
        return ids


def read_places(folder: Path, revision: int, schema: CatalogSchema) -> tuple[ItemIds, dict[str, Column]] | None:
    """Map what ``PlacesWriter`` wrote, or return None where the folder shows no or another revision."""
    try:
        mark = json.loads((folder / _MARK).read_text("utf-8"))
        if mark["revision"] != revision:
            return None
        return ItemIds.read(folder), read_columns(folder, schema)
    except (OSError, ValueError, KeyError):
        return None
