"""Keep bounds on exposure while a list is chosen, place by place. Pure; never shortens a list.

A maximum rules out candidates whose group is full, as long as others are left. A minimum reserves places: once no more
places are left than are owed, candidates that groups are owed come first. What could not be kept is told.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import ConstraintError
from ..filters import matcher, validate
from ..types import CatalogSchema, Item
from .config import Bound

_SLACK = 1e-9


@dataclass
class _Quota:
    """One bound over the candidates of one list."""

    bound: Bound
    groups: list[tuple[str, ...]]
    """For each candidate, the groups of this bound that it belongs to."""
    most: int
    least: int
    taken: Counter[str] = field(default_factory=Counter)

    def over(self, place: int) -> int:
        """By how many items the candidate would take its groups above the maximum."""
        return sum(max(0, self.taken[group] + 1 - self.most) for group in self.groups[place])

    def owed(self) -> int:
        return max(0, self.least - self.taken.total())

    def kept(self) -> bool:
        return self.taken.total() >= self.least and all(count <= self.most for count in self.taken.values())


class Quotas:
    """All bounds over one list of a given length."""

    def __init__(self, bounds: Sequence[Bound], items: Sequence[Item], schema: CatalogSchema, k: int) -> None:
        """Take the bounds, the candidates, which are known by their places, and the list's length."""
        self._left = min(k, len(items))
        self._quotas = [_quota(bound, items, schema, self._left) for bound in bounds]

    def allowed(self, places: Sequence[int]) -> list[int]:
        """Return which of the open candidates may come next; all that break the least where none breaks nothing."""
        over = {place: sum(quota.over(place) for quota in self._quotas) for place in places}
        fewest = min(over.values(), default=0)
        free = [place for place in places if over[place] == fewest]
        owing = [(quota, sum(bool(quota.groups[place]) for place in free)) for quota in self._quotas if quota.owed()]
        if sum(min(quota.owed(), supply) for quota, supply in owing) < self._left:
            return free
        serves = {place: sum(bool(quota.groups[place]) for quota, _ in owing) for place in free}
        best = max(serves.values(), default=0)
        return [place for place in free if serves[place] == best]

    def add(self, place: int) -> None:
        """Count the list's next item."""
        self._left -= 1
        for quota in self._quotas:
            quota.taken.update(quota.groups[place])

    def missed(self) -> tuple[str, ...]:
        """Return the bounds that the list does not keep, in words."""
        return tuple(quota.bound.words for quota in self._quotas if not quota.kept())


def check_bounds(bounds: Sequence[Bound], schema: CatalogSchema) -> None:
    """Check that the bounds fit the catalogue.

    Raises:
        ConstraintError: one names an unknown attribute, or a value that does not fit it.
    """
    for bound in bounds:
        if bound.group is not None:
            validate(bound.group, schema)
        elif schema.get(bound.attribute) is None:
            names = ", ".join(spec.name for spec in schema.attributes)
            raise ConstraintError(
                f"variety.bounds names the attribute {bound.attribute!r}, which the catalogue does not have.",
                hint=f"Known attributes: {names}.",
            )


def _quota(bound: Bound, items: Sequence[Item], schema: CatalogSchema, k: int) -> _Quota:
    most = k if bound.most is None else max(1, math.floor(bound.most * k + _SLACK))
    least = 0 if bound.least is None else math.ceil(bound.least * k - _SLACK)
    if bound.group is None:
        groups = [_values(item, bound.attribute) for item in items]
    else:
        test = matcher(bound.group, schema)
        groups = [("in",) if test(item) else () for item in items]
    return _Quota(bound, groups, most, least)


def _values(item: Item, attribute: str) -> tuple[str, ...]:
    value = item.attributes.get(attribute)
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
