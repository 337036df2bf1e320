"""Find candidates: what satisfies every hard constraint and is near in meaning, words or taste. Does not order them.

Each channel gives its own ranking; ``ranking.py`` fuses them.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .coarse import Rows
from .errors import IndexFailedError
from .facts import Facts
from .filters import matcher
from .places import Among
from .places.ids import Mask
from .planner import Plan, SearchConfig, plan_search, pool_size
from .types import Item, LexicalIndex, Query, VectorIndex, Vectors
from .variety.config import Bound
from .vectors import VectorTable

log = logging.getLogger(__name__)

_LEANINGS = 8
"""Leanings that may bring candidates of their own where nothing was asked for."""

Scores = dict[str, float]

_MOST_AVOIDED = 2_000
"""Items that one unwanted word leaves out at most; a word that stands in more says little of any of them."""


@dataclass
class Pool:
    """Candidates of one search: every item here satisfies every hard constraint and is not excluded."""

    items: dict[str, Item] = field(default_factory=dict)
    channels: dict[str, Scores] = field(default_factory=dict)
    """Score by channel and id; a channel scores only what it can speak about."""
    background: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Mean and spread of what any item scores, by channel that compares vectors; known where pictures, sounds or films
    are searched."""
    trust: dict[str, float] = field(default_factory=dict)
    """How far a channel is to be trusted in this search, 0 to 1; one that is not named counts in full."""


@dataclass(frozen=True)
class Taste:
    """Liked and disliked items as directions."""

    liked: Vectors
    """Shape (n, dimension); n may be 0."""
    disliked: Vectors
    dislike_share: float

    def __bool__(self) -> bool:
        return bool(len(self.liked) or len(self.disliked))

    @property
    def directions(self) -> Vectors:
        """The mean of the liked items, then each disliked one."""
        mean = self.liked.mean(axis=0, keepdims=True) if len(self.liked) else self.disliked[:1] * 0
        return np.concatenate([mean, self.disliked]).astype(np.float32)

    @property
    def reach(self) -> float:
        """How far a score moves at most when every cosine moves by 1."""
        return 1.0 + self.dislike_share

    def of_cosines(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return mean likeness to the liked items less a share of the greatest likeness to a disliked one.

        Args:
            cosines: with the directions, shape (directions, n).
        """
        scored: NDArray[np.float32] = cosines[0]
        if len(cosines) > 1:
            scored = scored - np.float32(self.dislike_share) * np.max(cosines[1:], axis=0)
        return scored

    def scores(self, vectors: Vectors) -> NDArray[np.float32]:
        """Return the scores of unit rows of shape (n, dimension)."""
        return self.of_cosines((vectors @ self.directions.T).T)


@dataclass(frozen=True)
class Finder:
    """Finds candidates in one index; holds no state of its own, so threads may share it."""

    facts: Facts
    table: VectorTable
    vectors: VectorIndex
    lexical: LexicalIndex
    config: SearchConfig

    def taste(self, query: Query) -> Taste:
        """Return what the query's likes and dislikes say; ids that are not in the index say nothing."""
        return Taste(
            self.table.vectors(query.like_ids), self.table.vectors(query.dislike_ids), self.config.dislike_share
        )


class Search:
    """One search under way: its constraints, its plan, and the eligible items once someone needs them all."""

    def __init__(self, finder: Finder, query: Query) -> None:
        """Split the constraints and find what unwanted words leave out; reads nothing else yet."""
        self._finder = finder
        self._query = query
        self.size = self._size = pool_size(query.k, finder.config)
        self.problems: list[str] = []
        """Parts that failed, and why, as ``part: reason``; the search goes on without them."""
        avoided = [item_id for word in query.avoid for item_id in self._with_word(word)]
        self._excluded = frozenset((*query.exclude_ids, *query.like_ids, *query.dislike_ids, *avoided))
        self._plan = Plan(kind="exact")
        self._eligible: Mask | None = None
        self._open: Mask | None = None
        self.hard = tuple(constraint for constraint in query.constraints if constraint.hard)
        self.soft = tuple(constraint for constraint in query.constraints if not constraint.hard)

    def plan(self, total: int, eligible: int) -> Plan:
        """Settle how the constraints are honoured; until then everything is scored exactly."""
        self._plan = plan_search(total, eligible, self._size + len(self._excluded), self._finder.config)
        return self._plan

    @property
    def unconditional(self) -> bool:
        """Whether nothing but the excluded items is held back."""
        return self._plan.kind == "unfiltered"

    @property
    def excluded(self) -> frozenset[str]:
        """Ids that may not be found."""
        return self._excluded

    def near(self, vector: Vectors) -> Scores:
        """Return the pool's worth of items nearest to a unit vector, with their cosines."""
        if self._plan.kind == "exact":
            return self._near_exactly(vector)
        try:
            found = self._finder.vectors.query(vector, self._plan.fetch)
        except IndexFailedError as error:
            # The matrix holds the same vectors: slower, and the same answer.
            self._failed("vectors", error)
            return self._near_exactly(vector)
        if self._plan.kind == "overfetch":
            shown = self._holds([item_id for item_id, _ in found])
            kept = {item_id: score for (item_id, score), fits in zip(found, shown, strict=True) if fits}
            if len(kept) < self._size:
                return self._near_exactly(vector)
        else:
            kept = {item_id: score for item_id, score in found if item_id not in self._excluded}
        return dict(list(kept.items())[: self._size])

    def worded(self, text: str) -> Scores:
        """Return the pool's worth of items that best match the words, with their BM25 scores."""
        among = None if self._plan.kind == "unfiltered" else Among(self._finder.table.ids, self.eligible())
        try:
            found = self._finder.lexical.query(text, self._size + len(self._excluded), among)
        except IndexFailedError as error:
            self._failed("lexical", error)
            return {}
        return dict([hit for hit in found if hit[0] not in self._excluded][: self._size])

    def tasteful(self, taste: Taste) -> Scores:
        """Return the pool's worth of items that fit the liked and disliked ones best."""
        if len(taste.liked) == 0:
            return {}
        table = self._finder.table
        if self._plan.kind == "exact":
            return self._named(*table.best(taste.directions, taste.of_cosines, taste.reach, self.open(), self._size))
        mean = taste.liked.mean(axis=0)
        ids = list(self.near((mean / np.linalg.norm(mean)).astype(np.float32)))
        return dict(zip(ids, taste.scores(table.vectors(ids)).tolist(), strict=True))

    def allowed(self, ids: Iterable[str]) -> list[str]:
        """Return the pool's worth of these ids, in their order, that are eligible and not excluded."""
        found: list[str] = []
        rest = iter(ids)
        while len(found) < self._size and (some := list(islice(rest, 4 * self._size))):
            found += [item_id for item_id, fits in zip(some, self._holds(some), strict=True) if fits]
        return found[: self._size]

    def known(self) -> list[str]:
        """Return the pool's worth of eligible items by fame: the best known, or further down as novelty asks."""
        places = np.flatnonzero(self.open())
        # Fame falls steeply along its order, so the first turns of the dial go down it slowly.
        start = round(max(0.0, self._query.novelty) ** 2 * max(0, len(places) - self._size))
        return self._finder.table.ids.at(places[start : start + self._size])

    def bounded(self, bounds: Sequence[Bound]) -> list[str]:
        """Return eligible items of groups that a list must show: the nearest to the query's likes, or best known."""
        found: list[str] = []
        for bound in bounds:
            if bound.least and bound.group is not None:
                among = (*self.hard, bound.group)
                found += self._finder.facts.ids(among, self._query.k + len(self._excluded))
        return [item_id for item_id in dict.fromkeys(found) if item_id not in self._excluded]

    def wished(self) -> list[str]:
        """Return well-known eligible items that satisfy the soft constraints: all of them, else each."""
        found = self._finder.facts.ids((*self.hard, *self.soft), self._size + len(self._excluded))
        if len(found) < self._size and len(self.soft) > 1:
            for wish in self.soft:
                found += self._finder.facts.ids((*self.hard, wish), self._size // len(self.soft) + len(self._excluded))
        return [item_id for item_id in dict.fromkeys(found) if item_id not in self._excluded][: self._size]

    def leaned(self) -> list[str]:
        """Return eligible items that leanings speak for: a share of the pool for each of the strongest."""
        found: list[str] = []
        spoken = sorted((one for one in self._query.leanings if one.weight > 0), key=lambda one: -one.weight)
        share = max(1, self._size // _LEANINGS)
        for leaning in spoken[:_LEANINGS]:
            if leaning.constraint is not None:
                among = (*self.hard, leaning.constraint.model_copy(update={"hard": True}))
                found += self._finder.facts.ids(among, share)
            elif leaning.item_id in self._finder.table:
                near = self._near_exactly(self._finder.table.vectors([leaning.item_id])[0])
                found += list(near)[:share]
        return [item_id for item_id in dict.fromkeys(found) if item_id not in self._excluded]

    def eligible(self) -> Mask:
        """Return which items satisfy every hard constraint, by place."""
        if self._eligible is None:
            self._eligible = self._finder.facts.mask(self.hard)
        return self._eligible

    def open(self) -> Mask:
        """Return which items satisfy every hard constraint and are not excluded, by place."""
        if self._open is None:
            self._open = self.eligible().copy()
            places = self._finder.table.ids.places(list(self._excluded))
            self._open[places[places >= 0]] = False
        return self._open

    def items(self, ids: Collection[str]) -> dict[str, Item]:
        """Return the items, each checked once more against every hard constraint."""
        tests = [matcher(constraint, self._finder.facts.schema) for constraint in self.hard]
        found = self._finder.facts.get(list(ids))
        return {item.id: item for item in found if all(test(item) for test in tests)}

    def _holds(self, ids: Sequence[str]) -> Mask:
        """Return which of the ids are eligible and not excluded."""
        places = self._finder.table.ids.places(ids)
        holds: Mask = (places >= 0) & self.open()[places]
        return holds

    def _with_word(self, word: str) -> list[str]:
        try:
            return [item_id for item_id, _ in self._finder.lexical.query(word, _MOST_AVOIDED)]
        except IndexFailedError as error:
            self._failed("lexical", error)
            return []

    def _failed(self, part: str, error: IndexFailedError) -> None:
        problem = f"{part}: {error}"
        if problem not in self.problems:
            self.problems.append(problem)
            log.warning("searching without a part: %s", problem)

    def _near_exactly(self, vector: Vectors) -> Scores:
        return self._named(*self._finder.table.nearest(vector, self.open(), self._size))

    def _named(self, rows: Rows, scores: NDArray[np.float32]) -> Scores:
        return dict(zip(self._finder.table.ids.at(rows), scores.tolist(), strict=True))
