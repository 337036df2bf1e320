"""The graph of one index, opened when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..facts import Facts
from ..places import Column, ItemIds
from ..types import Query
from .arrays import Graph
from .channel import Connections
from .config import GraphConfig
from .files import open_graph
from .paths import SharedFact, shared_facts


@dataclass(frozen=True)
class _Opened:
    graph: Graph
    ids: ItemIds
    columns: Mapping[str, Column]


class GraphSource:
    """Answers from the graph; safe to share between threads."""

    def __init__(self, facts: Facts, folder: Path, config: GraphConfig) -> None:
        """Take the facts, and the folder of the generation; opens nothing yet."""
        self._facts = facts
        self._folder = folder
        self.config = config
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def connections(self, query: Query) -> Connections | None:
        """Return what walks from what the query likes come to; None where that is nothing, or it is off."""
        if self.config.weight == 0.0:
            return None
        opened = self._open()
        found = Connections(opened.graph, opened.ids, opened.columns, self._facts.schema, query, self.config)
        return found or None

    def shared(self, item_ids: Sequence[str], liked_ids: Sequence[str]) -> dict[str, tuple[SharedFact, ...]]:
        """Return what each item shares with liked ones, rarest first; unknown ids share nothing."""
        if not item_ids or not liked_ids:
            return {}
        opened = self._open()
        liked = dict(zip(liked_ids, opened.ids.places(list(liked_ids)).tolist(), strict=True))
        liked = {item_id: place for item_id, place in liked.items() if place >= 0}
        places = opened.ids.places(list(item_ids)).tolist()
        return {
            item_id: shared_facts(opened.graph, opened.columns, place, liked)
            for item_id, place in zip(item_ids, places, strict=True)
            if place >= 0
        }

    def _open(self) -> _Opened:
        with self._lock:
            if self._opened is None:
                ids, columns = self._facts.columns()
                graph = open_graph(self._folder, columns, self._facts.schema, len(ids))
                self._opened = _Opened(graph, ids, columns)
            return self._opened
