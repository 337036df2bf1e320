"""Let remembered tastes move the order a little, within what was asked for. Pure.

A leaning is a weak prior. It decides between items that the query ranks about alike, and three rules keep it weak: it
shifts a score by at most a set share of the scores' spread; where anything was asked for, only the first few times k
items may move up; and an order that would grant fewer of the query's own wishes than before is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .filters import matcher
from .fusion import best_first
from .types import CatalogSchema, Item, Leaning
from .vectors import VectorTable

REACH = 3
"""Where something was asked for, items beyond the first ``REACH * k`` are not lifted by leanings."""
UNASKED = 4.0
"""Where nothing was asked for, leanings weigh this many times as much: there is no wish that they could go against."""
_CLIP = 2.0
"""Standard scores are cut here, so that one item that is like nothing else does not take the whole shift."""


class Leanings:
    """Score items by leanings, and tell which of them a change of order is owed to."""

    def __init__(self, leanings: Sequence[Leaning], schema: CatalogSchema, table: VectorTable) -> None:
        """Prepare the tests of items; leanings that name unknown items say nothing."""
        self._table = table
        self._tests: list[tuple[Leaning, Callable[[Item], bool]]] = [
            (leaning, matcher(leaning.constraint, schema)) for leaning in leanings if leaning.constraint is not None
        ]
        self._items = [leaning for leaning in leanings if leaning.item_id and leaning.item_id in table]
        self._known = frozenset(leaning.item_id for leaning in leanings if leaning.item_id)
        self._strength = max((abs(leaning.weight) for leaning in leanings), default=0.0)

    def shifts(self, items: Mapping[str, Item], spread: float, weight: float) -> dict[str, float]:
        """Return what to add to each item's score.

        Args:
            items: the candidates by id.
            spread: standard deviation of their scores.
            weight: share of that spread that one standard score of leaning is worth.
        """
        ids = list(items)
        raw = np.array([self._fit(item) for item in items.values()]) + self._likeness(ids)
        deviation = float(raw.std()) if len(ids) else 0.0
        if deviation == 0.0:
            return dict.fromkeys(ids, 0.0)
        standard = np.clip((raw - raw.mean()) / deviation, -_CLIP, _CLIP)
        # What somebody has met already is no news, whether they liked it or not.
        standard = np.where([item_id in self._known for item_id in ids], -_CLIP, standard)
        return dict(zip(ids, (weight * self._strength * spread * standard).tolist(), strict=True))

    def owed(self, before: Sequence[Item], after: Sequence[Item]) -> tuple[str, ...]:
        """Return the ids of the leanings that a change of order is owed to, strongest first; none without a change."""
        places = {item.id: place for place, item in enumerate(before)}
        risen = [item for place, item in enumerate(after) if places.get(item.id, len(before)) > place]
        kept = {item.id for item in after}
        fallen = [item for item in before if item.id not in kept]
        found = [
            leaning
            for leaning, test in self._tests
            if any(map(test, risen if leaning.weight > 0 else fallen))
            and not all(map(test, before if leaning.weight > 0 else after))
        ]
        found += [leaning for leaning in self._items if leaning.weight > 0 and self._nearest(leaning, risen)]
        return tuple(leaning.id for leaning in sorted(found, key=lambda leaning: -abs(leaning.weight)))

    def _fit(self, item: Item) -> float:
        return sum(leaning.weight for leaning, test in self._tests if test(item))

    def _likeness(self, ids: Sequence[str]) -> np.ndarray:
        """Return the mean likeness to the items leaned to, less that to those leaned away from, over the candidates."""
        total = np.zeros(len(ids))
        placed = [place for place, item_id in enumerate(ids) if item_id in self._table]
        if not self._items or not placed:
            return total
        near = self._table.vectors([ids[place] for place in placed]) @ self._leaned().T
        deviations = near.std(axis=0)
        standard = np.where(deviations > 0, (near - near.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0), 0.0)
        weights = np.array([leaning.weight for leaning in self._items])
        total[placed] = standard @ weights / len(weights)
        return total

    def _nearest(self, leaning: Leaning, risen: Sequence[Item]) -> bool:
        """Whether an item that rose is nearer to this leaning's item than to those of the others."""
        ids = [item.id for item in risen if item.id in self._table]
        if not ids:
            return False
        near = self._table.vectors(ids) @ self._leaned().T
        return bool(np.any(np.argmax(near, axis=1) == self._items.index(leaning)))

    def _leaned(self) -> np.ndarray:
        return self._table.vectors([leaning.item_id for leaning in self._items])


def even_steps(scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores in the same order, one step apart."""
    return {item_id: -float(place) for place, item_id in enumerate(best_first(scores))}


def within_reach(scores: Mapping[str, float], shifts: Mapping[str, float], k: int, *, asked: bool) -> dict[str, float]:
    """Return the shifted scores; where something was asked for, what lies beyond reach of k is not lifted."""
    near = frozenset(best_first(scores)[: REACH * k]) if asked else frozenset(scores)
    return {
        item_id: score + (shifts.get(item_id, 0.0) if item_id in near else min(0.0, shifts.get(item_id, 0.0)))
        for item_id, score in scores.items()
    }
