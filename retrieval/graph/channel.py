"""The channel of a search that says what is joined to the liked items, and to the names that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ..filters import constraint_keys
from ..places import Column, ItemIds
from ..types import CatalogSchema, Query
from .arrays import Graph
from .config import GraphConfig

_TRIFLE = 1e-12
_SORTED = 1_000
"""Items that are put in order at a time, and those as near as the last of them."""


class Connections:
    """What the graph says for one query; empty where it names nothing to start from."""

    def __init__(
        self,
        graph: Graph,
        ids: ItemIds,
        columns: Mapping[str, Column],
        schema: CatalogSchema,
        query: Query,
        config: GraphConfig,
    ) -> None:
        """Walk once from all that the query likes."""
        self._ids = ids
        places = ids.places(list(query.like_ids)) if query.like_ids else np.zeros(0, dtype=np.int64)
        starts = {int(place): 1.0 for place in places if place >= 0}
        named = named_nodes(graph, columns, schema, query) if config.names else []
        self._mass = graph.walk(starts, {node: config.names for node in named}, config)
        self._some = bool(self._mass.any())

    def __bool__(self) -> bool:
        return self._some

    def best(self) -> Iterable[str]:
        """Yield the ids that the walk comes to, best first."""
        reached = np.flatnonzero(self._mass)
        while len(reached):
            # A walk comes to far more items than anybody looks at, so they are sorted a part at a time.
            masses = self._mass[reached]
            least = np.partition(masses, -_SORTED)[-_SORTED] if len(reached) > _SORTED else masses.min()
            head = reached[masses >= least]
            yield from self._ids.at(head[np.argsort(-self._mass[head], kind="stable")])
            reached = reached[masses < least]

    def of(self, ids: Iterable[str]) -> dict[str, float]:
        """Return the mass of those of the ids that the walk comes to; of equals the better known has a trifle more."""
        listed = list(ids)
        places = self._ids.places(listed)
        return {
            item_id: float(self._mass[place]) - _TRIFLE * int(place)
            for item_id, place in zip(listed, places, strict=True)
            if place >= 0 and self._mass[place] > 0
        }


def named_nodes(graph: Graph, columns: Mapping[str, Column], schema: CatalogSchema, query: Query) -> list[int]:
    """Return the nodes of proper names that the query wishes for."""
    found: list[int] = []
    for constraint in query.constraints:
        spec = schema.get(constraint.attribute)
        if spec is None or not spec.names or constraint.op not in ("eq", "in") or spec.name not in graph.attributes:
            continue
        start = int(graph.starts[graph.attributes.index(spec.name)])
        for key in constraint_keys(constraint, spec):
            column = columns[spec.name]
            code = column.code(key, after=False)
            if code < column.code(key, after=True):
                found.append(start + code)
    return list(dict.fromkeys(found))
