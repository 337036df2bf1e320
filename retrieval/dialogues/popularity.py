"""How often an item is named in dialogues: the strongest prior there is, and the base that all evidence is set against.

Counted from bags (the items of a dialogue) and from what recommenders named; rare items are smoothed with the
catalogue's own popularity and with optional interactions, since a thousand dialogues leave most items uncounted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .sides import ItemSides, counted
from .types import Floats, Lesson

_FLOOR = 0.1
"""Count of an item that nobody ever named."""
_PER_RATING = 0.02
"""What one interaction counts against one mention."""
_OPENING = 4
"""Turns that a dialogue's opening lasts."""


@dataclass(frozen=True)
class Popularity:
    """Smoothed shares, shape (items,) each."""

    named: Floats
    """Logarithm of the smoothed share of an item among all mentions."""
    targets: Floats
    """log(1 + times recommended)."""
    opening: Floats
    """log(1 + times recommended at the opening of a dialogue)."""
    outside: Floats
    """log(1 + interactions), or the catalogue's own popularity where there are none."""

    @classmethod
    def fit(
        cls, lessons: Sequence[Lesson], bags: Sequence[Sequence[int]], sides: ItemSides, outside: Floats
    ) -> Popularity:
        """Count lessons and bags; ``outside`` holds interactions per item, shape (items,)."""
        size = sides.size
        count = counted(bags, size) + _PER_RATING * outside + _FLOOR
        opening = [lesson.targets for lesson in lessons if len(lesson.moment.turns) <= _OPENING]
        return cls(
            np.log(count / count.sum()).astype(np.float32),
            np.log1p(counted([lesson.targets for lesson in lessons], size)),
            np.log1p(counted(opening, size)),
            np.where(outside.any(), np.log1p(outside), sides.prior).astype(np.float32),
        )

    def share(self) -> Floats:
        """Return the smoothed shares themselves; they sum to one."""
        return np.asarray(np.exp(self.named), dtype=np.float32)


def bags_of(lessons: Sequence[Lesson]) -> list[list[int]]:
    """Return the items of each dialogue, each once, in order of appearance."""
    bags: dict[str, dict[int, None]] = {}
    for lesson in lessons:
        bags.setdefault(lesson.moment.group, {}).update(dict.fromkeys((*lesson.moment.mentioned, *lesson.targets)))
    return [list(bag) for bag in bags.values()]
