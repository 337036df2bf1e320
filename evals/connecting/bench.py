"""Measure the graph as a channel: films that a user liked later, given a few that they liked.

Nobody's own ratings are learnt from: popularity and item-kNN know the other users only, as with a visitor who names
some films. Settings are chosen on one half of the users and reported on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from retrieval.collaborative import Content, KnnConfig
from retrieval.graph import Graph, GraphConfig
from retrieval.types import Value

from ..provenance import commit, machine
from ..ranking.results import Figure
from ..ranking.user_board import UserBoard
from ..ranking.user_metrics import SHOWN, Judged, Numbers, first_places
from .asked import Asked, Scores, asked, graph_scores, halves, strangers
from .fuse import fuse

TOLD = (1, 3, 10)
SPREADS = (0.0, 0.5, 1.0)
WEIGHTS = (0.25, 0.5, 1.0, 2.0)
_WALKS = {
    "graph, random walk": GraphConfig(spread=1.0),
    "graph, random walk held back by degree": GraphConfig(spread=1.0, degree=0.5),
    "graph, personalised PageRank, 3 rounds": GraphConfig(rounds=3, spread=1.0),
}
"""Walks from papers, beside the one that was chosen."""
LIKE, GRAPH, KNN = "like", "graph", "item-kNN"
Rows = NDArray[np.int64]
Say = Callable[[str], None]


class GraphRow(Value):
    """One ranking of one setting."""

    told: int
    """Likes that each user told of."""
    name: str
    figures: dict[str, Figure]


class GraphGain(Value):
    """What the graph adds to a fused ranking, user by user."""

    told: int
    name: str
    figures: dict[str, Figure]
    chance: dict[str, float]
    """How likely so large a difference is by chance: paired randomisation of signs."""


class GraphReport(Value):
    """All rows with what it takes to repeat the run."""

    command: str
    seed: int
    machine: str
    commit: str
    items: int
    nodes: int
    edges: int
    users: dict[int, int] = Field(default_factory=dict)
    """Users reported on, by how many likes they told of."""
    spread: float
    """Chosen on the other half of the users, as are the weights."""
    weight: float
    """Of the graph beside likeness in meaning."""
    weight_beside_knn: float
    """Of the graph beside likeness in meaning and item-kNN; 0 where none of the weights won."""
    rows: tuple[GraphRow, ...]
    gains: tuple[GraphGain, ...]


class _Setting(NamedTuple):
    """All channels for one number of likes."""

    asked: Asked
    like: Scores
    popular: Scores
    nearest: Scores
    chosen: Rows
    reported: Rows


def measure_graph(
    board: UserBoard,
    graph: Graph,
    *,
    liked: float,
    command: str,
    seed: int = 42,
    told: Sequence[int] = TOLD,
    say: Say = lambda line: None,
) -> GraphReport:
    """Choose settings on half of the users and report on the other half.

    Args:
        board: the data, with text vectors of the items.
        graph: of the same items, in the same order.
        liked: least rating that counts as a like.
        command: to be noted.
        seed: of every draw.
        told: numbers of likes to give.
        say: told how it goes.
    """
    settings = {count: _setting(board, count, liked, seed) for count in told}
    bench = _Bench(graph, settings, seed, say)
    spread, weight, beside = bench.choose()
    rows: list[GraphRow] = []
    gains: list[GraphGain] = []
    for count in told:
        measured = bench.measured(count, spread, weight, beside)
        judged = bench.judged(count)
        rows += [GraphRow(told=count, name=name, figures=judged.figures(one)) for name, one in measured.items()]
        for name, other in (("fused: like", "fused: like, graph"), ("fused: like, kNN", "fused: like, kNN, graph")):
            if other in measured:
                difference = measured[other] - measured[name]
                chance = dict(zip(SHOWN, np.round(judged.chance(difference), 5).tolist(), strict=True))
                gains.append(GraphGain(told=count, name=other, figures=judged.figures(difference), chance=chance))
    return GraphReport(
        command=command,
        seed=seed,
        machine=machine(),
        commit=commit(),
        items=graph.items,
        nodes=int(graph.starts[-1]),
        edges=graph.edges,
        users={count: len(one.reported) for count, one in settings.items()},
        spread=spread,
        weight=weight,
        weight_beside_knn=beside,
        rows=tuple(rows),
        gains=tuple(gains),
    )


def _setting(board: UserBoard, told: int, liked: float, seed: int) -> _Setting:
    who = asked(board, told, liked)
    popular, nearest = strangers(board, who, liked, KnnConfig())
    chosen, reported = halves(who.users, seed)
    return _Setting(who, Content(board.texts).scores(who.given), popular, nearest, chosen, reported)


class _Bench:
    def __init__(self, graph: Graph, settings: Mapping[int, _Setting], seed: int, say: Say) -> None:
        self._graph = graph
        self._settings = settings
        self._seed = seed
        self._say = say

    def judged(self, told: int) -> Judged:
        one = self._settings[told]
        return Judged(one.asked.right[one.reported], self._seed)

    def choose(self) -> tuple[float, float, float]:
        """Return spread, weight beside likeness, and weight beside item-kNN too; 0 where leaving it out is as good."""
        self._say("Choosing settings on half of the users.")
        spreads = {spread: self._worth(spread, 1.0, knn=False) for spread in SPREADS}
        spread = max(spreads, key=lambda one: spreads[one])
        self._say(f"spread: {spreads}")
        chosen = []
        for knn in (False, True):
            weights = {weight: self._worth(spread, weight, knn=knn) for weight in (0.0, *WEIGHTS)}
            self._say(f"weight{' beside item-kNN' if knn else ''}: {weights}")
            chosen.append(max(weights, key=lambda one: weights[one]))
        return spread, chosen[0], chosen[1]

    def _worth(self, spread: float, weight: float, *, knn: bool) -> float:
        """Return the mean of recall@10 and recall@50 over the users to choose by and all numbers of likes."""
        found = []
        for one in self._settings.values():
            scores = self._fused(one, one.chosen, GraphConfig(spread=spread), weight, knn=knn)
            judged = Judged(one.asked.right[one.chosen], self._seed)
            measured = judged.measure(first_places(scores, one.asked.seen[one.chosen], self._seed))
            found.append(measured[:, [SHOWN.index("recall@10"), SHOWN.index("recall@50")]].mean())
        return round(float(np.mean(found)), 5)

    def measured(self, told: int, spread: float, weight: float, beside: float) -> dict[str, Numbers]:
        """Return the figures of every row, user by user."""
        self._say(f"Ranking for {told} likes.")
        one = self._settings[told]
        rows, given = one.reported, one.asked.given[one.reported]
        walk = GraphConfig(spread=spread)
        random = np.random.default_rng(self._seed).random(one.popular[rows].shape, dtype=np.float32)
        scored: dict[str, Scores] = {
            "random": random,
            "popularity": one.popular[rows],
            "dense neighbours": one.like[rows],
            "item-kNN": one.nearest[rows],
            "graph": graph_scores(self._graph, given, walk),
        }
        scored |= {name: graph_scores(self._graph, given, config) for name, config in _WALKS.items()}
        scored["fused: like"] = self._fused(one, rows, walk, 0.0, knn=False)
        scored["fused: like, graph"] = self._fused(one, rows, walk, weight or 1.0, knn=False)
        scored["fused: like, kNN"] = self._fused(one, rows, walk, 0.0, knn=True)
        scored["fused: like, kNN, graph"] = self._fused(one, rows, walk, beside or min(WEIGHTS), knn=True)
        judged, seen = self.judged(told), one.asked.seen[rows]
        return {name: judged.measure(first_places(scores, seen, self._seed)) for name, scores in scored.items()}

    def _fused(self, one: _Setting, rows: Rows, walk: GraphConfig, weight: float, *, knn: bool) -> Scores:
        channels = {LIKE: one.like[rows]}
        if weight:
            channels[GRAPH] = graph_scores(self._graph, one.asked.given[rows], walk)
        if knn:
            channels[KNN] = one.nearest[rows]
        weights = {LIKE: 1.0, KNN: 1.0, GRAPH: weight}
        return fuse(channels, one.popular[rows], one.asked.seen[rows], weights, self._seed)
