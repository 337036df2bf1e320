"""Answers about one revision of the facts, as arrays: which items satisfy what, and how values are spread.

A constraint becomes a mask over places (``places/``); counts, intersections and facets are array operations.
Masks are kept for the constraints used last.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .filters import checked_spec, constraint_keys, is_negative
from .places import Column, ColumnBuilder, ItemIds
from .places.columns import Spread
from .places.ids import Mask
from .types import AttributeSpec, CatalogSchema, Constraint, Item

_MASKS = 64
"""Masks kept; each is one byte an item."""


class Limits(NamedTuple):
    """What is left out of every answer."""

    constraints: tuple[Constraint, ...] = ()
    """Conditions that every item must satisfy."""
    ids: frozenset[str] = frozenset()
    """Items that are left out whatever they satisfy."""

    def __bool__(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.constraints or self.ids)


NO_LIMITS = Limits()


class Snapshot:
    """Answer from one revision; the owner makes a new one when the revision changes. Safe to share between threads."""

    def __init__(
        self,
        revision: int,
        schema: CatalogSchema,
        order: ItemIds,
        columns: Mapping[str, Column],
        limits: Limits = NO_LIMITS,
    ) -> None:
        """Take all items in order of fame and the columns of their facts; items outside the limits are in no answer."""
        self.revision = revision
        self.order = order
        self._schema = schema
        self._columns = columns
        self._masks: OrderedDict[tuple[object, ...], Mask] = OrderedDict()
        self._lock = threading.Lock()
        self._limited = bool(limits)
        self._present = np.ones(len(order), dtype=np.bool_)
        if limits:
            blocked = order.places(sorted(limits.ids))
            self._present[blocked[blocked >= 0]] = False
            self._present = self.mask(limits.constraints)

    def mask(self, constraints: Sequence[Constraint]) -> Mask:
        """Return which items satisfy all the constraints, by place; the caller may change it."""
        eligible = self._present.copy()
        for constraint in constraints:
            eligible &= self._one(constraint)
        return eligible

    @property
    def columns(self) -> Mapping[str, Column]:
        """The facts by attribute, also of items outside the limits."""
        return self._columns

    def allows(self, ids: Sequence[str]) -> Mask:
        """Return which of the ids are within the limits."""
        places = self.order.places(ids)
        return (places >= 0) & self._present[places] if len(self.order) else places >= 0

    def count(self, constraints: Sequence[Constraint]) -> int:
        """Return how many items satisfy all the constraints."""
        return int(np.count_nonzero(self.mask(constraints)))

    def ids(self, constraints: Sequence[Constraint], limit: int | None) -> list[str]:
        """Return the ids of the items that satisfy all the constraints, most popular first."""
        return self.order.at(np.flatnonzero(self.mask(constraints))[:limit])

    def spread(self, spec: AttributeSpec, constraints: Sequence[Constraint] = ()) -> Spread:
        """Return the attribute's values among the items that satisfy all the constraints."""
        mask = self.mask(constraints) if constraints or self._limited else None
        return self._columns[spec.name].spread(mask)

    def owners(self, spec: AttributeSpec) -> int:
        """Return how many items have the fact."""
        return self._columns[spec.name].owners(self._present)

    def _one(self, constraint: Constraint) -> Mask:
        spec = checked_spec(constraint, self._schema)
        keys = constraint_keys(constraint, spec)
        known = (spec.name, constraint.op, keys)
        with self._lock:
            if known in self._masks:
                self._masks.move_to_end(known)
                return self._masks[known]
        mask = np.zeros(len(self.order), dtype=np.bool_)
        self._columns[spec.name].mark(mask, constraint.op, keys)
        if is_negative(constraint.op):
            np.logical_not(mask, out=mask)
        with self._lock:
            self._masks[known] = mask
            while len(self._masks) > _MASKS:
                self._masks.popitem(last=False)
        return mask


def gathered(items: Iterable[Item], schema: CatalogSchema) -> tuple[ItemIds, dict[str, Column]]:
    """Return the ids and the columns of items in order of fame, in memory."""
    builders = {spec.name: ColumnBuilder(spec) for spec in schema.attributes}
    ids = []
    for place, item in enumerate(items):
        ids.append(item.id)
        for builder in builders.values():
            builder.add(place, item)
    return ItemIds.of(ids), {name: builder.finish() for name, builder in builders.items()}
