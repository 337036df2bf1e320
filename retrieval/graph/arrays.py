"""The graph as two sparse matrices, and walks over it.

Items and values of their facts are the nodes; an item is joined to each of its values. A step from an item goes to
a value by how rare it is, ``log(items / items that have it)``; a step from a value goes to any item that has it. Walks
that begin anew now and then give personalised PageRank (Haveliwala, WWW 2002), here summed over a fixed number of
rounds. Steps raised to a power are after P3alpha (Cooper et al., WWW 2014), held back by degree after RP3beta (Paudel
et al., TiiS 2016). A walk of one round with ``spread`` 0 sums how rare the shared facts are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import GraphConfig

Sparse = Any
"""A ``scipy.sparse.csr_array`` of float32."""
Mass = NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """Items by place, and the values of their facts by node."""

    attributes: tuple[str, ...]
    """Attributes whose values are nodes."""
    starts: NDArray[np.int64]
    """First node of each attribute, and at the end how many nodes there are, shape (attributes + 1,)."""
    forward: Sparse
    """Chance of each step from an item to a value, shape (items, nodes); values that no other
    item has, or very many, are left out."""
    backward: Sparse
    """1 where an item has a value, shape (nodes, items)."""
    owners: NDArray[np.int64]
    """Items that have each value, shape (nodes,)."""

    @property
    def items(self) -> int:
        """How many items there are."""
        return int(self.forward.shape[0])

    @property
    def edges(self) -> int:
        """How many steps from items to values there are."""
        return int(self.forward.nnz)

    def values_of(self, place: int) -> NDArray[np.int64]:
        """Return the nodes of the values that an item shares with any other, rising."""
        return np.sort(self.forward.indices[self.forward.indptr[place] : self.forward.indptr[place + 1]]).astype(
            np.int64
        )

    def attribute_of(self, node: int) -> tuple[str, int]:
        """Return the attribute of a node and its value's code there."""
        at = int(np.searchsorted(self.starts, node, side="right")) - 1
        return self.attributes[at], int(node - self.starts[at])

    def walk(
        self, items: Mapping[int, float], nodes: Mapping[int, float] | None = None, config: GraphConfig | None = None
    ) -> Mass:
        """Return how much of a walk comes to each item, shape (items,); all 0 where it can go nowhere.

        Args:
            items: weight by place of the items it starts from.
            nodes: weight of values that it starts from.
            config: settings.
        """
        config = config or GraphConfig()
        places = np.fromiter(items, dtype=np.int64, count=len(items))
        weights = np.fromiter(items.values(), dtype=np.float32, count=len(items))
        named = nodes or {}
        total = float(weights.sum()) + sum(named.values())
        if total <= 0:
            return np.zeros(self.items, dtype=np.float32)
        reached = self._first(places, weights / np.float32(total), named, total, config)
        begun, gone, going = reached, reached, np.float32(1.0)
        for _ in range(config.rounds - 1):
            going *= np.float32(1.0 - config.restart)
            gone = self._items(self.forward.T @ gone, config)
            begun = begun + going * gone
        return begun / self._degrees(config) if config.degree else begun

    def _first(
        self, places: NDArray[np.int64], weights: Mass, named: Mapping[int, float], total: float, config: GraphConfig
    ) -> Mass:
        """Take the first round, which touches few values: their items are gathered, not the whole matrices."""
        steps = [slice(*self.forward.indptr[place : place + 2]) for place in places]
        nodes = np.concatenate([*(self.forward.indices[one] for one in steps), np.array(list(named), dtype=np.int32)])
        chances = [self.forward.data[one] * weight for one, weight in zip(steps, weights, strict=True)]
        named_mass = np.array(list(named.values()), dtype=np.float32) / np.float32(total)
        held, at = np.unique(nodes, return_inverse=True)
        mass = np.bincount(at, weights=np.concatenate([*chances, named_mass]), minlength=len(held))
        mass = mass.astype(np.float64) / self.owners[held].astype(np.float64) ** config.spread
        reached = np.zeros(self.items, dtype=np.float32)
        for node, amount in zip(held.tolist(), mass.tolist(), strict=True):
            # An item has a value once, so no place stands twice in one slice.
            reached[self.backward.indices[self.backward.indptr[node] : self.backward.indptr[node + 1]]] += amount
        return reached

    def _items(self, mass: Mass, config: GraphConfig) -> Mass:
        """Step from values to items."""
        spread = mass / np.maximum(self.owners, 1).astype(np.float32) ** np.float32(config.spread)
        stepped: Mass = np.asarray(self.backward.T @ spread, dtype=np.float32)
        return stepped

    def _degrees(self, config: GraphConfig) -> Mass:
        degrees: Mass = np.maximum(np.diff(self.forward.indptr), 1).astype(np.float32)
        return degrees ** np.float32(config.degree)
