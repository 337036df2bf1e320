"""Check that the parts of an index agree with each other and with the settings."""

from __future__ import annotations

import random

import numpy as np

from .chroma import ChromaIndex
from .encoders import load_encoder
from .errors import RetrievalError
from .facts import Facts
from .fingerprint import differences
from .index import Generation, IndexFolder, Manifest
from .lexical import TantivyIndex
from .modalities.checking import check_spaces
from .modalities.types import Encoders
from .settings import RetrievalSettings
from .types import TextEncoder, Value
from .vectors import VectorTable

_SAMPLE = 200
"""Vectors compared between the store and the matrix."""
_TOLERANCE = 1e-3


class Verification(Value):
    """What was found; an index is sound when there are no problems."""

    manifest: Manifest
    counts: dict[str, int]
    """Items by part: facts, vectors, matrix and words."""
    problems: tuple[str, ...] = ()


def verify_index(
    settings: RetrievalSettings, *, encoder: TextEncoder | None = None, media: Encoders | None = None
) -> Verification:
    """Compare counts, ids and a sample of vectors across the parts of the index that serves.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: the manifest cannot be read.
    """
    generation = IndexFolder(settings.index).current()
    manifest = generation.read()
    stale = differences(manifest, settings, encoder or load_encoder(settings.index.encoder), media)
    try:
        counts, torn = _compare(generation, manifest)
    except RetrievalError as error:
        counts, torn = {}, [str(error)]
    return Verification(manifest=manifest, counts=counts, problems=(*stale, *torn))


def _compare(generation: Generation, manifest: Manifest) -> tuple[dict[str, int], list[str]]:
    facts = Facts.open(generation.facts)
    vectors = ChromaIndex.open(generation.vector_place, generation.collection)
    try:
        table = VectorTable.open(generation.folder)
        ids = set(facts.ids())
        counts = {
            "facts": len(ids),
            "vectors": vectors.count(),
            "matrix": len(table),
            "words": TantivyIndex.open(generation.lexical).count(),
        }
        problems = [
            f"{name} holds {count:,} items, the manifest says {manifest.items:,}"
            for name, count in counts.items()
            if count != manifest.items
        ]
        if vectors.ids() != ids or set(table.ids) != ids:
            problems.append("facts, vectors and matrix do not hold the same ids")
        for name, (count, torn) in check_spaces(
            manifest.modalities, generation.folder, generation.media_place, generation.collection, ids
        ).items():
            counts[name] = count
            problems += torn
        return counts, [*problems, *_vector_problems(vectors, table)]
    finally:
        vectors.close()
        facts.close()


def _vector_problems(vectors: ChromaIndex, table: VectorTable) -> list[str]:
    sample = random.Random(0).sample(table.ids, min(_SAMPLE, len(table)))
    stored = vectors.get(sample)
    differing = [
        item_id
        for item_id in sample
        if item_id in stored and not np.allclose(stored[item_id], table.vectors([item_id])[0], atol=_TOLERANCE)
    ]
    return [f"{len(differing)} of {len(sample)} vectors differ between store and matrix"] if differing else []
