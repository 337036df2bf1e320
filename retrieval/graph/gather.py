"""Make the graph from the columns of the facts, one attribute at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..facts_snapshot import gathered
from ..places import Column
from ..types import AttributeSpec, CatalogSchema, Item
from .arrays import Graph

Reserve = Callable[[str, int, type], NDArray[Any]]
"""Gives an array of a name, a length and a type to write to."""


def node_attributes(schema: CatalogSchema) -> tuple[AttributeSpec, ...]:
    """Return the attributes whose values are nodes: labels and names, which items can have in common."""
    return tuple(spec for spec in schema.attributes if spec.kind in ("category", "categories"))


@dataclass(frozen=True)
class Parts:
    """What the graph is made of; ``assemble`` makes it."""

    attributes: tuple[str, ...]
    starts: NDArray[np.int64]
    item_ends: NDArray[np.int64]
    """Of each item's steps, shape (items + 1,)."""
    nodes: NDArray[np.int32]
    chances: NDArray[np.float32]
    node_ends: NDArray[np.int64]
    """Of each value's items, shape (nodes + 1,)."""
    places: NDArray[np.int32]

    def assemble(self) -> Graph:
        """Return the graph over these arrays, which may lie on disk."""
        from scipy.sparse import csr_array

        items, nodes = len(self.item_ends) - 1, len(self.node_ends) - 1
        ones = np.ones(len(self.places), dtype=np.float32)
        return Graph(
            self.attributes,
            self.starts,
            csr_array((self.chances, self.nodes, self.item_ends), shape=(items, nodes)),
            csr_array((ones, self.places, self.node_ends), shape=(nodes, items)),
            np.diff(self.node_ends),
        )


def gather_graph(columns: Mapping[str, Column], schema: CatalogSchema, items: int) -> Graph:
    """Make the graph in memory.

    Args:
        columns: facts by attribute.
        schema: the catalogue.
        items: how many there are.
    """
    return gather(columns, schema, items, lambda _, length, kind: np.zeros(length, dtype=kind)).assemble()


def gather(columns: Mapping[str, Column], schema: CatalogSchema, items: int, reserve: Reserve) -> Parts:
    """Fill the arrays of the graph; beside them only one attribute's facts are held at a time."""
    specs = node_attributes(schema)
    held = [columns[spec.name] for spec in specs]
    starts = np.concatenate([[0], np.cumsum([len(one.ends) for one in held], dtype=np.int64)]).astype(np.int64)
    degrees = np.zeros(items, dtype=np.int64)
    for one in held:
        degrees += np.bincount(_shared(one, items)[0], minlength=items)
    item_ends = np.concatenate([[0], np.cumsum(degrees)])
    nodes, chances = reserve("nodes", int(item_ends[-1]), np.int32), reserve("chances", int(item_ends[-1]), np.float32)
    places = reserve("places", sum(len(one.places) for one in held), np.int32)
    node_ends = np.zeros(int(starts[-1]) + 1, dtype=np.int64)
    filled, told = item_ends[:-1].copy(), 0
    sums = np.zeros(items, dtype=np.float64)
    for start, one in zip(starts, held, strict=False):
        places[told : told + len(one.places)] = one.places
        node_ends[start + 1 : start + 1 + len(one.ends)] = told + one.ends
        told += len(one.places)
        owner, code, weight = _shared(one, items)
        order = np.argsort(owner, kind="stable")
        owner, code, weight = owner[order], code[order], weight[order]
        counts = np.bincount(owner, minlength=items)
        at = filled[owner] + np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
        nodes[at], chances[at] = start + code, weight
        filled += counts
        sums += np.bincount(owner, weights=weight, minlength=items)
    for first in range(0, items, _BLOCK):
        last = min(items, first + _BLOCK)
        low, high = int(item_ends[first]), int(item_ends[last])
        chances[low:high] /= np.repeat(np.maximum(sums[first:last], 1e-12), degrees[first:last]).astype(np.float32)
    return Parts(tuple(spec.name for spec in specs), starts, item_ends, nodes, chances, node_ends, places)


_BLOCK = 100_000
"""Items whose chances are brought to a sum of 1 at a time."""


_COMMON = 0.1
_FEW_ITEMS = 3
"""Values that more than a tenth of the items have are left out, except in tiny catalogues: they say next to nothing
and would cost most of a walk's time. The figures are in docs/graph.md."""


def _shared(column: Column, items: int) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]:
    """Return place, code and rarity of each fact that some items have, more than one and not too many."""
    counts = np.diff(column.ends, prepend=0)
    kept = np.repeat((counts > 1) & (counts <= max(_COMMON * items, _FEW_ITEMS)), counts)
    codes = np.repeat(np.arange(len(counts)), counts)[kept]
    rarity = np.log(np.maximum(items, 1) / np.maximum(counts, 1)).astype(np.float32)
    return np.asarray(column.places)[kept], codes, rarity[codes]


def graph_of(items: Sequence[Item], schema: CatalogSchema) -> Graph:
    """Make the graph of items at hand, whose places are their order."""
    _, columns = gathered(items, schema)
    return gather_graph(columns, schema, len(items))
