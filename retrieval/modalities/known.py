"""Which modalities an index should have by its settings, and whether it has them. Reads no index and no model."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalog import CatalogConfig
from ..index import IndexConfig
from ..types import Modality, TextEncoder
from .config import MODALITIES, ModalityRecord
from .opening import open_alignment, open_encoders
from .types import Encoders


def wanted(catalog: CatalogConfig, index: IndexConfig) -> tuple[Modality, ...]:
    """Return what to look at and listen to: what is switched on and a column of the catalogue names.

    The demo's covers are drawn from facts that are searched anyway, so they are never looked at.
    """
    if catalog.path is None:
        return ()
    return tuple(one for one in MODALITIES if index.modalities[one].enabled and getattr(catalog.columns, one))


def encoders_for(catalog: CatalogConfig, index: IndexConfig, given: Encoders | None = None) -> Encoders:
    """Return the encoders that the settings ask for; weights are read on first use.

    Args:
        catalog: what columns there are.
        index: which encoders.
        given: encoders to use instead, by modality.

    Raises:
        EncoderError: there is no such encoder.
    """
    among = wanted(catalog, index)
    ours = {one: encoder for one, encoder in (given or {}).items() if one in among}
    return {**ours, **open_encoders(index.modalities, tuple(one for one in among if one not in ours))}


def differences(
    records: Mapping[Modality, ModalityRecord], index: IndexConfig, encoders: Encoders, texts: TextEncoder
) -> tuple[str, ...]:
    """Return how an index differs from what it should look at and listen to, each as a clause for people."""
    found: list[str] = []
    for modality in MODALITIES:
        record, encoder = records.get(modality), encoders.get(modality)
        if encoder is None:
            if record is not None:
                found.append(f"it was built with {modality} encoder {record.encoder!r}, settings ask for none")
            continue
        if record is None:
            found.append(f"it was built without {modality} vectors, settings ask for encoder {encoder.name!r}")
            continue
        if record.encoder != encoder.name:
            found.append(f"it was built with {modality} encoder {record.encoder!r}, settings ask for {encoder.name!r}")
            continue
        alignment = open_alignment(index.modalities[modality], encoder, texts)
        name = alignment.name if alignment is not None else None
        if record.alignment != name:
            found.append(f"it was built with {modality} alignment {record.alignment!r}, settings ask for {name!r}")
    return tuple(found)
