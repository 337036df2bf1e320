"""Protocols between the search and what it looks and listens with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..types import MediaEncoder, Modality, Vectors

Encoders = Mapping[Modality, MediaEncoder]
Scores = dict[str, float]


class Alignment(Protocol):
    """A map from the space of one modality into the space of texts."""

    name: str
    """Identity for the index manifest: changing it means other vectors."""

    def project(self, rows: Vectors) -> Vectors:
        """Return one unit row of the text space per row, for words to find; shape (n, dimension of texts)."""
        ...

    def ask(self, rows: Vectors) -> Vectors:
        """Return one unit row of the text space per row, to find texts with; of the same shape."""
        ...

    def save(self, folder: Path) -> None:
        """Write into the folder of a space what opening it needs, so that an index carries its own map."""
        ...


@runtime_checkable
class Classifier(Protocol):
    """An encoder whose rows tell how likely each of some named classes is."""

    name: str

    @property
    def class_names(self) -> Sequence[str]:
        """Return the names, in the order of the scores; none where it knows no classes."""
        ...

    def class_scores(self, rows: Vectors) -> Vectors:
        """Return the logits of the classes for unit rows of shape (n, dimension), shape (n, classes)."""
        ...


@dataclass(frozen=True)
class Linear:
    """A linear map: ``rows @ weights`` plus an offset, which differs by what is ranked.

    A common part of all mapped rows pulls words towards the rows that are little more than that, which is right where
    little is known of them; asked with such a row, it would pull every answer towards the same few texts.
    """

    weights: Vectors
    """Shape (dimension of rows, dimension of texts)."""
    offset: Vectors
    """Of rows that words are to find, shape (dimension of texts,)."""
    asking: Vectors
    """Of rows that are to find texts, of the same shape."""


OnMissing = Callable[[str, str], None]
"""Told (item id, reason) of each file that could not be encoded."""
