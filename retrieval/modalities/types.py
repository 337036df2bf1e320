"""Protocols between the search and what it looks and listens with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ..types import MediaEncoder, Modality, Vectors

Encoders = Mapping[Modality, MediaEncoder]
Scores = dict[str, float]


class Alignment(Protocol):
    """A map from the space of one modality into the space of texts."""

    name: str
    """Identity for the index manifest: changing it means other vectors."""

    def project(self, rows: Vectors) -> Vectors:
        """Return one unit row of the text space per row, shape (n, dimension of texts)."""
        ...


OnMissing = Callable[[str, str], None]
"""Told (item id, reason) of each file that could not be encoded."""
