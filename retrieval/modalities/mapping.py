"""Open the map that the settings name, or make the one that needs no pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..types import MediaEncoder, TextEncoder, Vectors
from .maps import MapRecord, SpaceMap, read_map
from .types import Classifier

BY_NAMES = "names"
OFF = "off"


class NamesMap:
    """The map by names of classes, made when it is first used: opening an index must not encode a thousand names."""

    def __init__(self, encoder: MediaEncoder, texts: TextEncoder) -> None:
        """Take the encoder, which must know classes, and the encoder of texts."""
        self._encoder, self._texts = encoder, texts
        self._made: SpaceMap | None = None
        self.name = f"{BY_NAMES}:{encoder.name}:{texts.name}"

    def project(self, rows: Vectors) -> Vectors:
        """Return one unit row of the space of texts per row, for words to find."""
        return self._map().project(rows)

    def ask(self, rows: Vectors) -> Vectors:
        """Return one unit row of the space of texts per row, to find texts with."""
        return self._map().ask(rows)

    def save(self, folder: Path) -> None:
        """Write the map with the vectors of the names, so that nobody has to encode them again."""
        self._map().save(folder)

    def _map(self) -> SpaceMap:
        if self._made is None:
            record = MapRecord(
                modality=self._encoder.modality,
                encoder=self._encoder.name,
                texts=self._texts.name,
                dimension=self._texts.dimension,
                kind=BY_NAMES,
            )
            self._made = SpaceMap(record, self._encoder, names=name_vectors(self._encoder, self._texts))
        return self._made


def map_between(chosen: str, encoder: MediaEncoder, texts: TextEncoder) -> NamesMap | SpaceMap | None:
    """Return the map from an encoder's space into that of texts, or None where there is none.

    Args:
        chosen: ``names``, ``off``, or the folder that `palate train alignment` wrote.
        encoder: whose rows are to be mapped.
        texts: into whose space.

    Raises:
        EncoderError: the folder holds no map between these two.
    """
    if chosen == OFF:
        return None
    if chosen == BY_NAMES:
        return NamesMap(encoder, texts) if knows_names(encoder) else None
    return read_map(Path(chosen).expanduser(), encoder, texts.name)


def knows_names(encoder: MediaEncoder) -> bool:
    """Return whether an encoder knows classes by name."""
    return isinstance(encoder, Classifier) and bool(encoder.class_names)


def name_vectors(encoder: MediaEncoder, texts: TextEncoder) -> Vectors | None:
    """Return the unit vectors of the names of an encoder's classes, shape (classes, dimension of texts), or None."""
    if not isinstance(encoder, Classifier) or not encoder.class_names:
        return None
    return np.asarray(texts.encode_items(list(encoder.class_names)), dtype=np.float32)
