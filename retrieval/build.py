"""Build the index of a catalogue: stream it into facts, vectors and words, then publish all of it at once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

import numpy as np

from .building import Changes, Stores
from .catalog import RowProblem, read_catalog
from .encoders import load_encoder
from .encodings import Encodings, KnownRows, key_rows
from .engines import Engine, engine
from .errors import IndexMismatchError, IndexMissingError
from .facts import Facts
from .fingerprint import catalog_hash, differences, schema_hash
from .graph import write_graph
from .index import Generation, IndexFolder, Manifest
from .modalities.building import build_spaces
from .modalities.config import ModalityRecord
from .modalities.known import encoders_for
from .modalities.types import Encoders
from .places.files import PlacesWriter
from .settings import RetrievalSettings
from .texts import item_text
from .timing import Stopwatch
from .types import Item, Modality, TextEncoder
from .vectors import VectorTable, VectorTableWriter

Progress = Callable[[int, int, float], None]
"""Called with items done, items in all, and items a second."""
_TOLD = 1000
"""Items read between two reports."""


def build_index(
    settings: RetrievalSettings,
    *,
    on_progress: Progress | None = None,
    on_read: Callable[[int], None] | None = None,
    on_problem: Callable[[RowProblem], None] | None = None,
    encoder: TextEncoder | None = None,
    media: Encoders | None = None,
    fresh: bool = False,
) -> Manifest:
    """Bring the index up to date with the catalogue and the settings; the previous index serves until the end.

    Texts that were encoded before, in an earlier build or in one that was killed, are not encoded again. Where few
    items have changed, the stores are copied and only those items touched. An index that is up to date already is left
    alone. Items that left the catalogue leave the index.

    Args:
        settings: what to build, and where.
        on_progress: told after each batch.
        on_read: told how many items of the catalogue have been read; that comes first.
        on_problem: told each row of the catalogue that is left out, or of which a picture, sound or film is.
        encoder: stands in for the one in the settings.
        media: encoders of pictures, sounds and films that stand in for those in the settings.
        fresh: forget all that was encoded and build anew.

    Raises:
        CatalogError: the catalogue cannot be read.
        EncoderError: the encoder cannot be loaded.
        RetrievalError: another process is building this index.
    """
    folder = IndexFolder(settings.index)
    # Workers make their own encoder from the settings; one that stands in for it goes to them as it is.
    make = partial(load_encoder, settings.index.encoder) if encoder is None else partial(_itself, encoder)
    encoder = encoder or load_encoder(settings.index.encoder)
    media = encoders_for(settings.catalog, settings.index, media)
    if not fresh and (manifest := _up_to_date(folder, settings, encoder, media)) is not None:
        return manifest
    with folder.building() as generation:
        if fresh:
            folder.forget_encodings()
            folder.media.unlink(missing_ok=True)
        base = None if fresh else folder.base(encoder.name, encoder.dimension)
        with engine(settings.index.engine, encoder, make) as encodes:
            build = _Build(settings, folder, generation, encodes, media, base)
            manifest = build.run(on_read, on_progress, on_problem)
        folder.publish(generation, manifest)
    return manifest


class _Build:
    """One run: facts first, so that the total is known, then vectors and words in batches, most popular first."""

    def __init__(
        self,
        settings: RetrievalSettings,
        folder: IndexFolder,
        generation: Generation,
        encoder: Engine,
        media: Encoders,
        base: Generation | None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._generation = generation
        self._encoder = encoder
        self._media = media
        self._base = base
        self._schema = settings.catalog.schema()
        self._problems = self._unusable = 0

    def run(
        self,
        on_read: Callable[[int], None] | None,
        on_progress: Progress | None,
        on_problem: Callable[[RowProblem], None] | None,
    ) -> Manifest:
        # The hash is taken first: a catalogue that changes while it is read must look changed afterwards.
        fingerprint = catalog_hash(self._settings.catalog) or ""
        clock = Stopwatch()
        facts = Facts.create(self._generation.facts, self._schema)
        try:
            with clock("read"):
                items = facts.upsert(_told(self._read(on_problem), on_read))
            with clock("index"):
                self._index(facts, items, on_progress, clock)
            with clock("media"):
                spaces = self._spaces(facts, on_progress, on_problem)
        finally:
            facts.close()
        return Manifest(
            generation=self._generation.name,
            catalog=self._schema.name,
            catalog_hash=fingerprint,
            schema_hash=schema_hash(self._schema),
            encoder=self._encoder.name,
            dimension=self._encoder.dimension,
            items=items,
            problems=self._problems,
            media_problems=self._unusable + sum(record.problems for record in spaces.values()),
            modalities=spaces,
            built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            seconds={stage: round(spent / 1000, 3) for stage, spent in clock.milliseconds().items()},
        )

    def _read(self, on_problem: Callable[[RowProblem], None] | None) -> Iterator[Item]:
        def count(problem: RowProblem) -> None:
            if problem.kept:
                self._unusable += 1
            else:
                self._problems += 1
            if on_problem is not None:
                on_problem(problem)

        return read_catalog(self._settings.catalog, on_problem=count)

    def _spaces(
        self, facts: Facts, on_progress: Progress | None, on_problem: Callable[[RowProblem], None] | None
    ) -> dict[Modality, ModalityRecord]:
        generation = self._generation
        return build_spaces(
            self._settings.index,
            self._media,
            self._encoder,
            facts,
            generation.folder,
            generation.media_place,
            generation.collection,
            self._folder.media,
            on_progress,
            on_problem,
        )

    def _index(self, facts: Facts, total: int, on_progress: Progress | None, clock: Stopwatch) -> None:
        encodings = Encodings(self._folder.encodings, self._encoder, _known(self._base))
        places = PlacesWriter(self._generation.folder, self._schema)
        table = VectorTableWriter(self._generation.folder, total, self._encoder.dimension)
        keys = np.zeros((total, 2), dtype=np.uint64)
        started = time.monotonic()
        items = facts.ordered()
        done = 0
        try:
            changes = Changes.since(self._base, facts, total)
            with Stores.open(self._generation, changes, self._schema, clock) as stores:
                while batch := list(islice(items, self._settings.index.batch_size * self._encoder.ahead)):
                    texts = [item_text(item, self._schema) for item in batch]
                    with clock("encode"):
                        text_keys, rows = encodings.keyed(texts)
                    keys[done : done + len(batch)] = key_rows(text_keys)
                    stores.put(batch, rows)
                    table.append(rows)
                    places.append(batch)
                    done += len(batch)
                    if on_progress is not None:
                        on_progress(done, total, done / max(time.monotonic() - started, 1e-9))
            table.finish()
            np.save(self._generation.text_keys, keys)
            places.finish(facts.revision())
            write_graph(self._generation.folder, facts.columns()[1], self._schema, total)
        finally:
            encodings.close()


def _known(base: Generation | None) -> KnownRows | None:
    return None if base is None else KnownRows(np.load(base.text_keys), VectorTable.open(base.folder).matrix)


def _itself(encoder: TextEncoder) -> TextEncoder:
    return encoder


def _told(items: Iterator[Item], on_read: Callable[[int], None] | None) -> Iterator[Item]:
    for count, item in enumerate(items, start=1):
        yield item
        if on_read is not None and count % _TOLD == 0:
            on_read(count)


def _up_to_date(
    folder: IndexFolder, settings: RetrievalSettings, encoder: TextEncoder, media: Encoders
) -> Manifest | None:
    try:
        manifest = folder.current().read()
    except (IndexMissingError, IndexMismatchError):
        return None
    return manifest if differences(manifest, settings, encoder, media) == () else None
