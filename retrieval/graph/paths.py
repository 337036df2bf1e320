"""The shortest paths between an item and ones that are liked: a fact that both have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..places import Column
from ..types import Value
from .arrays import Graph


class SharedFact(Value):
    """A fact that an item shares with a liked one."""

    liked_id: str
    attribute: str
    value: str
    """As the catalogue writes it."""
    owners: int
    """Items of the catalogue that have it, at least 2."""


def shared_facts(
    graph: Graph, columns: Mapping[str, Column], place: int, liked: Mapping[str, int]
) -> tuple[SharedFact, ...]:
    """Return what an item shares with liked ones, that which the fewest items have first.

    Args:
        graph: the graph.
        columns: facts by attribute, which spell the values.
        place: of the item.
        liked: place by id; the item itself is skipped.
    """
    own = graph.values_of(place)
    found = []
    for liked_id, other in liked.items():
        if other == place:
            continue
        for node in np.intersect1d(own, graph.values_of(other)).tolist():
            attribute, code = graph.attribute_of(node)
            spelled = columns[attribute].shown(np.array([code]))[0]
            found.append(
                SharedFact(liked_id=liked_id, attribute=attribute, value=str(spelled), owners=int(graph.owners[node]))
            )
    order = {name: at for at, name in enumerate(graph.attributes)}
    # Of equally rare ones the catalogue's order of attributes decides.
    return tuple(sorted(found, key=lambda one: (one.owners, order[one.attribute], one.value, one.liked_id)))
