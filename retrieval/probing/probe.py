"""Measure parts of an index alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ..chroma import ChromaIndex
from ..chroma import preload as preload
from ..facts import Facts
from ..filters import satisfies_all
from ..index import IndexFolder
from ..settings import RetrievalSettings
from ..texts import item_text
from ..types import CatalogSchema, Constraint, Item, Query, Vectors
from ..vectors import VectorTable


def bare_store(place: Path | str, batches: Iterable[tuple[Sequence[str], Vectors]], count: int) -> float:
    """Return how many seconds the vector store alone takes for rows, until all of them are on disk."""
    index = ChromaIndex.create(place, "palate-bare", count)
    spent = 0.0
    try:
        for ids, rows in batches:
            started = time.perf_counter()
            index.upsert(ids, rows)
            spent += time.perf_counter() - started
        started = time.perf_counter()
        index.seal()
        return spent + time.perf_counter() - started
    finally:
        index.close()


def dense_recall(settings: RetrievalSettings, queries: Vectors, k: int) -> float:
    """Return the share of the true k nearest that the vector store finds, over queries of shape (n, dimension)."""
    generation = IndexFolder(settings.index).current()
    index = ChromaIndex.open(generation.vector_place, generation.collection)
    table = VectorTable.open(generation.folder)
    everything = np.ones(len(table), dtype=np.bool_)
    found = 0
    try:
        for query in queries:
            nearest = table.ids.at(table.nearest(query, everything, k)[0])
            found += len(set(nearest) & {item_id for item_id, _ in index.query(query, k)})
    finally:
        index.close()
    return found / (len(queries) * min(k, len(table)))


def text_of(item: Item, schema: CatalogSchema) -> str:
    """Return what is encoded of an item."""
    return item_text(item, schema)


def fact_counter(settings: RetrievalSettings) -> tuple[Callable[[Sequence[Constraint]], int], Callable[[], None]]:
    """Return a function that counts items of the index which serves, on facts of its own, and one that closes them."""
    facts = Facts.open(IndexFolder(settings.index).current().facts)
    return facts.count, facts.close


def satisfied(item: Item, query: Query, schema: CatalogSchema) -> bool:
    """Return whether an item satisfies every hard constraint of a query."""
    return satisfies_all(item, [one for one in query.constraints if one.hard], schema)


def served_items(settings: RetrievalSettings) -> list[Item]:
    """Return all items of the index which serves.

    Raises:
        IndexMissingError: there is no index.
    """
    facts = Facts.open(IndexFolder(settings.index).current().facts)
    try:
        return list(facts.ordered())
    finally:
        facts.close()
