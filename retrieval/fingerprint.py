"""Tell whether an index fits the settings: the same catalogue, the same schema, the same encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .catalog import CatalogConfig
from .errors import IndexMismatchError
from .index import BUILD, Manifest
from .modalities import known
from .modalities.types import Encoders
from .settings import RetrievalSettings
from .types import CatalogSchema, TextEncoder

_SAID_ONLY: Mapping[str, Any] = {
    "languages": True,
    "verb_aliases": True,
    "naming": True,
    "attributes": {
        "__all__": {
            "written",
            "complete",
            "synonyms",
            "blends",
            "phrases",
            "absences",
            "comparatives",
            "aliases",
            "question",
            "askable",
            "description",
        }
    },
}
"""What a schema says about reading messages and writing values, of which nothing is indexed."""
_NOT_INDEXED: Mapping[str, Any] = {
    "path": True,
    "media_folder": True,
    **_SAID_ONLY,
}
"""Settings of a catalogue that change nothing about what is indexed."""


def catalog_hash(config: CatalogConfig) -> str | None:
    """Return a hash of the catalogue's files and mapping, or None where a file is missing.

    Where the file lies does not count: an index may be built on one machine and served on another.
    """
    digest = hashlib.sha256(config.model_dump_json(exclude=dict(_NOT_INDEXED)).encode())
    try:
        for path in _source_files(config):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except FileNotFoundError:
        return None
    return digest.hexdigest()[:32]


def schema_hash(schema: CatalogSchema) -> str:
    """Return a hash of what the schema says about the items and their text."""
    said = schema.model_dump_json(exclude=dict(_SAID_ONLY))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def differences(
    manifest: Manifest, settings: RetrievalSettings, encoder: TextEncoder, media: Encoders | None = None
) -> tuple[str, ...]:
    """Return how the index differs from what the settings ask for, each as a clause for people.

    Args:
        manifest: of the index.
        settings: what it should be.
        encoder: of texts, as the settings name it.
        media: encoders of pictures, sounds and films that stand in for those in the settings.
    """
    encoders = known.encoders_for(settings.catalog, settings.index, media)
    words = {
        "catalog_hash": "the catalogue or its mapping has changed",
        "schema_hash": "the schema of the catalogue has changed",
    }
    found = tuple(
        words.get(name, f"it was built with {name} {getattr(manifest, name)!r}, settings ask for {value!r}")
        for name, value in _expected(settings, encoder).items()
        if getattr(manifest, name) != value
    )
    return found + known.differences(manifest.modalities, settings.index, encoders, encoder)


def check_manifest(
    manifest: Manifest, settings: RetrievalSettings, encoder: TextEncoder, media: Encoders | None = None
) -> None:
    """Refuse an index that does not fit the settings.

    Raises:
        IndexMismatchError: the message says in what, the hint how to rebuild.
    """
    if found := differences(manifest, settings, encoder, media):
        raise IndexMismatchError(
            f"The index at {str(settings.index.path)!r} does not fit the settings: {'; '.join(found)}.",
            hint=f"Rebuild it: {BUILD}",
        )


def _expected(settings: RetrievalSettings, encoder: TextEncoder) -> dict[str, object]:
    """Return what a manifest must say to fit the settings; a catalogue file that is not here is not asked about."""
    wanted: dict[str, object] = {
        "schema_hash": schema_hash(settings.catalog.schema()),
        "encoder": encoder.name,
        "dimension": encoder.dimension,
    }
    fingerprint = catalog_hash(settings.catalog)
    return wanted if fingerprint is None else wanted | {"catalog_hash": fingerprint}


def _source_files(config: CatalogConfig) -> Sequence[Path]:
    if config.path is not None:
        return (config.path,)
    from . import demo

    return demo.source_files()
