"""Open what the settings name: encoders by modality, their alignment with texts, and the spaces of an index."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..encoders import MediaConfig, load_media_encoder
from ..places import ItemIds
from ..types import MediaEncoder, Modality, TextEncoder, Vectors
from .config import ModalityConfig, ModalityRecord
from .mapping import map_between
from .maps import read_map
from .places import collection_of, folder_of
from .space import Space
from .types import Alignment, Encoders


@dataclass(frozen=True)
class Sense:
    """What one modality of an index is searched with."""

    modality: Modality
    encoder: MediaEncoder
    alignment: Alignment | None
    own: Space
    """Rows as the encoder gave them."""
    aligned: Space | None
    """The same in the space of texts."""

    def of_words(self, text: str, vector: Vectors) -> tuple[Space, Vectors] | None:
        """Return the space in which words can find this modality and what to look for there, or None.

        Args:
            text: what is asked for.
            vector: the same, encoded as a text; shape (dimension of texts,).
        """
        side = self.encoder.text_side
        if side is not None:
            return self.own, side.encode_query([text])[0]
        return (self.aligned, vector) if self.aligned is not None else None

    def as_text(self, row: Vectors) -> Vectors | None:
        """Return a row of this modality in the space of texts, or None where nothing maps it there."""
        if self.alignment is None:
            return None
        asking: Vectors = self.alignment.ask(row[None])[0]
        return asking


class SameSpace:
    """The alignment of an encoder whose space is that of the texts."""

    def __init__(self, encoder: str) -> None:
        """Take the name of the one encoder."""
        self.name = f"same:{encoder}"

    def project(self, rows: Vectors) -> Vectors:
        """Return the rows."""
        return rows

    def ask(self, rows: Vectors) -> Vectors:
        """Return the rows."""
        return rows

    def save(self, folder: Path) -> None:
        """Write nothing: there is nothing to know."""


def open_encoders(configs: Mapping[Modality, ModalityConfig], among: tuple[Modality, ...]) -> Encoders:
    """Return the encoders of some modalities; weights are read on first use.

    Raises:
        EncoderError: there is no such encoder.
    """
    names = {one: config.model for one, config in configs.items() if config.model}
    config = MediaConfig.model_validate(names)
    return {one: load_media_encoder(one, config) for one in among}


def open_alignment(config: ModalityConfig, encoder: MediaEncoder, texts: TextEncoder) -> Alignment | None:
    """Return the map of an encoder's space into that of the texts, or None where there is none.

    Raises:
        EncoderError: the folder in the settings holds no alignment of this encoder to these texts.
    """
    if encoder.text_side is not None:
        return SameSpace(encoder.name) if encoder.text_side.name == texts.name else None
    return map_between(config.alignment, encoder, texts)


def open_senses(
    records: Mapping[Modality, ModalityRecord],
    encoders: Encoders,
    texts: TextEncoder,
    generation: Path,
    place: Path | str,
    collection: str,
    index: ItemIds,
    resources: ExitStack,
) -> dict[Modality, Sense]:
    """Open the spaces of an index that hold anything; ``resources`` closes them.

    Raises:
        IndexMissingError: a space is absent or damaged.
        EncoderError: an alignment cannot be read.
    """
    senses: dict[Modality, Sense] = {}
    for modality, record in records.items():
        if record.items == 0 or modality not in encoders:
            continue
        encoder = encoders[modality]
        alignment = _kept(generation, modality, encoder, texts) if record.alignment is not None else None
        spaces = [
            Space.open(
                folder_of(generation, modality, aligned=aligned),
                place,
                collection_of(collection, modality, aligned=aligned),
                index,
            )
            for aligned in ((False, True) if record.alignment is not None else (False,))
        ]
        for space in spaces:
            resources.callback(space.close)
        aligned = spaces[1] if len(spaces) > 1 else None
        senses[modality] = Sense(modality, encoder, alignment, spaces[0], aligned)
    return senses


def _kept(generation: Path, modality: Modality, encoder: MediaEncoder, texts: TextEncoder) -> Alignment:
    """Return the map that the index carries."""
    if encoder.text_side is not None:
        return SameSpace(encoder.name)
    return read_map(folder_of(generation, modality, aligned=True), encoder, texts.name)
