"""The pairs that a map is learnt from: the text of an item and its picture, sound or film."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import IndexMismatchError, RetrievalError
from ..facts import Facts
from ..index import BUILD, IndexFolder
from ..modalities.maps import unit
from ..modalities.places import collection_of, folder_of
from ..modalities.space import Space
from ..settings import RetrievalSettings
from ..types import Item, Modality, TextEncoder, Vectors
from ..vectors import VectorTable

HELD_OUT = 5
"""One item in so many is held out."""
_FEWEST = 20
"""Pairs below which nothing can be learnt, nor measured."""
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Items with a text and a file, row by row."""

    ids: tuple[str, ...]
    rows: Vectors
    """Of the files, shape (n, dimension of the encoder)."""
    captions: Vectors
    """Of what people would ask with: descriptions, titles where there is none; shape (n, dimension of texts)."""
    passages: Vectors
    """Of the texts as they are indexed, of the same shape."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def targets(self) -> Vectors:
        """Where the rows should lead: between caption and passage."""
        return unit(self.captions + self.passages)

    def at(self, places: Places) -> Pairs:
        """Return some of the pairs."""
        ids = tuple(self.ids[place] for place in places)
        return Pairs(ids, self.rows[places], self.captions[places], self.passages[places])

    def split(self) -> tuple[Pairs, Pairs]:
        """Return the pairs to learn from, and the fixed fifth that is held out."""
        held = np.array([held_out(item_id) for item_id in self.ids], dtype=bool)
        return self.at(np.flatnonzero(~held)), self.at(np.flatnonzero(held))


def held_out(item_id: str) -> bool:
    """Return whether an item is of the fixed fifth that no map learns from; the same on every machine."""
    return int.from_bytes(hashlib.sha256(item_id.encode()).digest()[:8], "big") % HELD_OUT == 0


def caption_of(item: Item) -> str:
    """Return what people would call an item: its description, else its title."""
    return item.description or item.title


def indexed_pairs(
    settings: RetrievalSettings, modality: Modality, encoder: str, texts: TextEncoder, most: int = 20_000
) -> Pairs:
    """Return the pairs of an index; only captions are encoded, everything else is there.

    Args:
        settings: of the index.
        modality: which files.
        encoder: name of the encoder of the files that the settings ask for.
        texts: encoder of texts that the index was built with.
        most: how many pairs at most, the most popular items first.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: it was built with other encoders.
        RetrievalError: it has too few pairs.
    """
    generation = IndexFolder(settings.index).current()
    manifest = generation.read()
    record = manifest.modalities.get(modality)
    count = record.items if record is not None else 0
    if count < _FEWEST:
        raise RetrievalError(
            f"The index has {count} items with {modality}; a map needs at least {_FEWEST}.",
            hint="Name the column in [catalog.columns] and run: palate index build. "
            'Pictures are found by names of classes until then: alignment = "names".',
        )
    if record is None or (manifest.encoder, record.encoder) != (texts.name, encoder):
        raise IndexMismatchError(
            f"The index was built with encoders {manifest.encoder!r} and {record.encoder if record else None!r}; "
            f"settings ask for {texts.name!r} and {encoder!r}.",
            hint=f"Rebuild it: {BUILD}",
        )
    space = Space.open(
        folder_of(generation.folder, modality), generation.media_place, collection_of(generation.collection, modality)
    )
    facts = Facts.open(generation.facts)
    try:
        table = VectorTable.open(generation.folder)
        ids = list(space.ids)[:most]
        items = {item.id: item for item in facts.get(ids)}
        captions = texts.encode_items([caption_of(items[item_id]) for item_id in ids])
        return Pairs(tuple(ids), np.array(space.vectors(ids)), captions, np.array(table.vectors(ids)))
    finally:
        facts.close()
        space.close()


def folds(count: int, parts: int, seed: int) -> Sequence[tuple[Places, Places]]:
    """Return (to learn from, to look at) for each part of a random cut."""
    order = np.random.default_rng(seed).permutation(count)
    looks = [np.sort(order[part::parts]) for part in range(parts)]
    return [(np.setdiff1d(order, look), look) for look in looks]
