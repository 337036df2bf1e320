"""Fill the spaces of a generation: encode every picture, sound and film that the catalogue has, each content once.

A file that cannot be read is reported and costs its item nothing but that modality. Memory holds the ids and keys of
what was encoded, and one batch of what is being encoded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..catalog_types import RowProblem
from ..errors import MediaError
from ..facts import Facts
from ..index import IndexConfig
from ..types import Item, MediaEncoder, Modality, TextEncoder
from .cache import MediaCache, prune
from .config import ModalityRecord
from .opening import open_alignment
from .places import collection_of, folder_of
from .space import SpaceWriter
from .types import Alignment, Encoders, OnMissing

_BATCH = 256
"""Items read from the facts, and rows written, at a time."""
_AT_ONCE = 32
"""Files decoded before they are encoded together and remembered; a kill loses at most these."""
_READERS = 2
_WEB = ("http://", "https://")

Progress = Callable[[int, int, float], None]


def build_spaces(
    config: IndexConfig,
    encoders: Encoders,
    texts: TextEncoder,
    facts: Facts,
    folder: Path,
    place: Path | str,
    collection: str,
    cache: Path,
    on_progress: Progress | None = None,
    on_problem: Callable[[RowProblem], None] | None = None,
) -> dict[Modality, ModalityRecord]:
    """Fill every space of a generation, and return what each holds.

    Args:
        config: where alignments lie.
        encoders: by modality; a modality without one gets no space.
        texts: encoder of the texts, into whose space alignments map.
        facts: the items.
        folder: of the generation.
        place: folder or address of the vector store.
        collection: name of the generation's collection of texts.
        cache: file that remembers what was encoded.
        on_progress: told after each batch.
        on_problem: told each file that could not be used; the item is in the index all the same.

    Raises:
        EncoderError: an encoder or an alignment cannot be loaded.
    """

    def told(item_id: str, reason: str) -> None:
        if on_problem is not None:
            on_problem(RowProblem(line=0, item_id=item_id, reason=reason, code="media", kept=True))

    builder = SpaceBuilder(folder, place, collection, cache, on_progress)
    records: dict[Modality, ModalityRecord] = {}
    for modality, encoder in encoders.items():
        lesson = Lesson(modality, encoder, open_alignment(config.modalities[modality], encoder, texts))
        records[modality] = builder.fill(lesson, facts, told)
    builder.prune()
    return records


@dataclass(frozen=True)
class Lesson:
    """What fills one space."""

    modality: Modality
    encoder: MediaEncoder
    alignment: Alignment | None


@dataclass
class _Found:
    """What became of the files of one modality so far."""

    ids: list[str] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    problems: int = 0
    remote: int = 0


class SpaceBuilder:
    """Fills the spaces of one generation."""

    def __init__(
        self, folder: Path, place: Path | str, collection: str, cache: Path, on_progress: Progress | None = None
    ) -> None:
        """Say where the generation and its collections lie, and where encodings are remembered."""
        self._folder = folder
        self._place = place
        self._collection = collection
        self._cache = cache
        self._used: list[bytes] = []
        self._on_progress = on_progress

    def fill(self, plan: Lesson, facts: Facts, on_missing: OnMissing) -> ModalityRecord:
        """Encode one modality of all items, most popular first, and write its space, mapped to texts as well."""
        cache = MediaCache(self._cache, plan.encoder.name)
        try:
            found = _Found()
            items, total, done, started = facts.ordered(), facts.count(), 0, time.monotonic()
            while batch := list(islice(items, _BATCH)):
                self._encode(batch, plan, cache, found, on_missing)
                done += len(batch)
                if self._on_progress is not None:
                    self._on_progress(done, max(done, total), done / max(time.monotonic() - started, 1e-9))
            self._write(plan, cache, found)
        finally:
            cache.close()
        self._used += found.keys
        return ModalityRecord(
            encoder=plan.encoder.name,
            dimension=plan.encoder.dimension,
            alignment=plan.alignment.name if plan.alignment is not None else None,
            items=len(found.ids),
            problems=found.problems,
            remote=found.remote,
        )

    def prune(self) -> None:
        """Forget encodings that no space of this generation holds, once all are filled."""
        if self._cache.exists():
            prune(self._cache, self._used)

    def _encode(
        self, batch: Sequence[Item], plan: Lesson, cache: MediaCache, found: _Found, on_missing: OnMissing
    ) -> None:
        keyed: dict[str, bytes] = {}
        paths: dict[bytes, Path] = {}
        for item in batch:
            named = getattr(item, plan.modality)
            if named is None:
                continue
            if named.casefold().startswith(_WEB):
                found.remote += 1
                continue
            try:
                key = cache.key(Path(named))
            except OSError as error:
                found.problems += 1
                on_missing(item.id, f"The {plan.modality} {named!r} cannot be read: {error.strerror or error}.")
                continue
            keyed[item.id] = key
            paths[key] = Path(named)
        known = cache.known(list(paths))
        known.update(self._encode_new({k: path for k, path in paths.items() if k not in known}, plan, cache))
        for item_id, key in keyed.items():
            if known[key]:
                found.problems += 1
                self._used.append(key)
                on_missing(item_id, f"{str(paths[key])!r}: {known[key]}")
            else:
                found.ids.append(item_id)
                found.keys.append(key)

    def _encode_new(self, paths: dict[bytes, Path], plan: Lesson, cache: MediaCache) -> dict[bytes, str]:
        reasons: dict[bytes, str] = {}
        with ThreadPoolExecutor(_READERS) as readers:
            for some in _portions(list(paths), _AT_ONCE):
                read = dict(zip(some, readers.map(lambda key: _decoded(plan.encoder, paths[key]), some), strict=True))
                bad = {key: one for key, one in read.items() if isinstance(one, str)}
                good = {key: one for key, one in read.items() if key not in bad}
                rows = plan.encoder.encode(list(good.values())) if good else ()
                cache.keep(dict(zip(good, rows, strict=True)), bad)
                reasons |= bad | dict.fromkeys(good, "")
        return reasons

    def _write(self, plan: Lesson, cache: MediaCache, found: _Found) -> None:
        spaces: list[tuple[SpaceWriter, Alignment | None]] = [
            (self._writer(plan.modality, len(found.ids), plan.encoder.dimension, aligned=False), None)
        ]
        if plan.alignment is not None and found.ids:
            width = plan.alignment.project(cache.rows(found.keys[:1])).shape[1]
            spaces.append((self._writer(plan.modality, len(found.ids), width, aligned=True), plan.alignment))
        try:
            for start in range(0, len(found.ids), _BATCH):
                rows = cache.rows(found.keys[start : start + _BATCH])
                for writer, alignment in spaces:
                    mapped = rows if alignment is None else alignment.project(rows)
                    writer.append(found.ids[start : start + _BATCH], mapped)
            for writer, alignment in spaces:
                if alignment is not None:
                    alignment.save(folder_of(self._folder, plan.modality, aligned=True))
                writer.finish()
        finally:
            for writer, _ in spaces:
                writer.close()

    def _writer(self, modality: Modality, count: int, dimension: int, *, aligned: bool) -> SpaceWriter:
        folder = folder_of(self._folder, modality, aligned=aligned)
        name = collection_of(self._collection, modality, aligned=aligned)
        return SpaceWriter(folder, self._place, name, count, dimension)


def _decoded(encoder: MediaEncoder, path: Path) -> Any:
    """Return what the encoder takes, or the reason why there is none."""
    try:
        return encoder.decode(path)
    except MediaError as error:
        # Without the path: the same bytes may lie under several.
        return f"{error.what} {error.hint}".strip()


def _portions(keys: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
