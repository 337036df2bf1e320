"""Read films' facts as a graph: genres, people and keywords, nothing that users rated or tagged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from retrieval.graph import Graph, graph_of
from retrieval.types import AttributeSpec, CatalogSchema, Item

_FACTS = ("genres", "director", "cast", "keywords")
_NAMES = ("director", "cast")


def film_graph(path: Path, attributes: Sequence[str] = _FACTS) -> Graph:
    """Return the graph of a file of films, with items in the file's order."""
    schema = CatalogSchema(
        name="films",
        attributes=tuple(AttributeSpec(name=name, kind="categories", names=name in _NAMES) for name in attributes),
    )
    return graph_of(list(_films(path, attributes)), schema)


def _films(path: Path, attributes: Sequence[str]) -> Iterator[Item]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            film = json.loads(line)
            facts = {name: tuple(film[name]) for name in attributes if film.get(name)}
            yield Item(id=str(film["id"]), title=str(film["title"]), attributes=facts)
