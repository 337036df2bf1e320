"""Judge shown items against a hidden need: the only part of a simulated user that knows the target."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal

from retrieval.types import AttributeValue, Item

from .types import Need
from .wants import labels, match

_TIE = 0.05
"""Difference in likeness that people do not notice."""


class HiddenOracle:
    """Knows the targets and answers only yes or no, or which of two is nearer."""

    def __init__(self, need: Need, items: Mapping[str, Item], *, noise: float = 0.0, seed: str = "") -> None:
        """Take the need, the catalogue by id, and how often the wrong one of two is picked."""
        self._targets = frozenset(need.targets)
        self._facts = items[need.targets[0]].attributes
        self._items = items
        self._noise = noise
        self._seed = seed

    def accepts(self, item_id: str) -> bool:
        """Whether this very item is a target."""
        return item_id in self._targets

    def nearer(self, first: str, second: str) -> Literal["first", "second", "neither"]:
        """Which of two items shares more facts with the target; wrong at the set rate, the same when asked again."""
        if first not in self._items or second not in self._items:
            return "neither"
        gap = likeness(self._facts, self._items[first].attributes) - likeness(
            self._facts, self._items[second].attributes
        )
        if abs(gap) < _TIE:
            return "neither"
        wrong = random.Random(f"{self._seed}/{first}/{second}").random() < self._noise
        return "first" if (gap > 0) != wrong else "second"


def likeness(target: Mapping[str, AttributeValue], other: Mapping[str, AttributeValue]) -> float:
    """Return how much of the target's facts another item shares, 0 to 1; an unknown fact shares nothing."""
    shares = []
    for name, fact in target.items():
        have = other.get(name)
        if isinstance(fact, (int, float)):
            largest = max(abs(fact), abs(have), 1) if isinstance(have, (int, float)) else 1
            shares.append(1 - min(abs(fact - have) / largest, 1) if isinstance(have, (int, float)) else 0.0)
        elif values := set(labels(fact)):
            shares.append(len(values & set(labels(have))) / len(values))
    return sum(shares) / len(shares) if shares else 0.0


def acceptable(need: Need, item: Item) -> bool:
    """Return whether an item satisfies every want that the user has in mind."""
    return match(need.knowledge.wants, item.attributes) >= 1.0 - 1e-9
