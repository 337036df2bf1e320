"""Where the spaces of an index lie. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..types import Modality
from .config import MODALITIES

ALIGNED = "words"
"""What a space is called whose rows were mapped into the space of texts."""


def folder_of(generation: Path, modality: Modality, *, aligned: bool = False) -> Path:
    """Return the folder of a space inside its generation."""
    return generation / "modalities" / _name(modality, aligned=aligned)


def collection_of(base: str, modality: Modality, *, aligned: bool = False) -> str:
    """Return the name of a space's collection, beside the one of the texts."""
    return f"{base}-{_name(modality, aligned=aligned)}"


def all_collections(base: str) -> Iterable[str]:
    """Return every collection that a generation may have beside the one of the texts."""
    return [collection_of(base, modality, aligned=aligned) for modality in MODALITIES for aligned in (False, True)]


def _name(modality: Modality, *, aligned: bool) -> str:
    return f"{modality}-{ALIGNED}" if aligned else modality
