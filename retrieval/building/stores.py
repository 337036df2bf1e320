"""Write vectors to Chroma and words to Tantivy side by side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from ..chroma import ChromaIndex
from ..index import Generation
from ..lexical import LexicalWriter, TantivyIndex
from ..texts import search_fields
from ..timing import Stopwatch
from ..types import CatalogSchema, Item, Vectors
from .changes import Changes


class Stores:
    """The vector and word stores of a generation that is being built.

    Vectors are stored by a thread of their own while the next batch is encoded: Chroma works outside Python's lock. At
    most one batch waits.
    """

    def __init__(
        self,
        vectors: ChromaIndex,
        words: LexicalWriter,
        changes: Changes,
        schema: CatalogSchema,
        pool: ThreadPoolExecutor,
        clock: Stopwatch,
    ) -> None:
        """Take opened stores; use ``open`` instead."""
        self._vectors = vectors
        self._words = words
        self._changes = changes
        self._schema = schema
        self._pool = pool
        self._clock = clock
        self._pending: Future[None] | None = None

    @classmethod
    @contextmanager
    def open(
        cls, generation: Generation, changes: Changes, schema: CatalogSchema, clock: Stopwatch
    ) -> Iterator[Stores]:
        """Make the stores; all that was put is in them when the block is left.

        Args:
            generation: where.
            changes: what need not be put.
            schema: how items are written.
            clock: told under ``store`` how long storing vectors takes.
        """
        vectors = _vectors(generation, changes)
        try:
            with ThreadPoolExecutor(1) as pool, _words(generation, changes).writing() as words:
                stores = cls(vectors, words, changes, schema, pool, clock)
                if changes.base is not None:
                    words.delete(changes.gone)
                    vectors.delete(changes.gone)
                yield stores
                stores._wait()
            with clock("store"):
                vectors.seal()
        finally:
            vectors.close()

    def put(self, items: Sequence[Item], rows: Vectors) -> None:
        """Store those of the items that the stores do not hold already.

        Args:
            items: a batch.
            rows: their vectors, shape (items, dimension).
        """
        new = self._changes.new([item.id for item in items])
        if len(new) == 0:
            return
        self._wait()
        self._pending = self._pool.submit(self._store, [items[place].id for place in new], rows[new])
        self._words.add({items[place].id: search_fields(items[place], self._schema) for place in new})

    def _store(self, ids: Sequence[str], rows: Vectors) -> None:
        with self._clock("store"):
            self._vectors.upsert(ids, rows)

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None


def _vectors(generation: Generation, changes: Changes) -> ChromaIndex:
    place, base = generation.vector_place, changes.base
    if base is None or isinstance(place, str) or isinstance(base.vector_place, str):
        return ChromaIndex.create(place, generation.collection, changes.total)
    return ChromaIndex.copy(base.vector_place, base.collection, place, generation.collection)


def _words(generation: Generation, changes: Changes) -> TantivyIndex:
    if changes.base is None:
        return TantivyIndex.create(generation.lexical)
    shutil.copytree(changes.base.lexical, generation.lexical, ignore=shutil.ignore_patterns("*.lock"))
    return TantivyIndex.open(generation.lexical)
