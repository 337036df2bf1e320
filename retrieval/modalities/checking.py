"""Check that the spaces of an index agree with its manifest, its facts and their own collections."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from ..types import Modality
from .config import NOUNS, ModalityRecord
from .places import collection_of, folder_of
from .space import Space


def check_spaces(
    records: Mapping[Modality, ModalityRecord],
    generation: Path,
    place: Path | str,
    collection: str,
    ids: Collection[str],
) -> dict[str, tuple[int, list[str]]]:
    """Return what each modality holds, and what is wrong with it in words, by the plural that people call it.

    Raises:
        IndexMissingError: a space cannot be opened.
    """
    found: dict[str, tuple[int, list[str]]] = {}
    for modality, record in records.items():
        name, problems = NOUNS[modality], []
        sides = (False, True) if record.alignment is not None and record.items else (False,)
        for aligned in sides:
            space = Space.open(
                folder_of(generation, modality, aligned=aligned),
                place,
                collection_of(collection, modality, aligned=aligned),
            )
            try:
                if len(space) != record.items:
                    problems.append(f"{name} holds {len(space):,} items, the manifest says {record.items:,}")
                if not set(space.ids) <= set(ids):
                    problems.append(f"{name} holds items that the facts do not")
                if space.stored() != set(space.ids):
                    problems.append(f"{name}: matrix and collection do not hold the same ids")
            finally:
                space.close()
        found[name] = (record.items, problems)
    return found
