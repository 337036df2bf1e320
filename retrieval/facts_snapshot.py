"""Answers about one revision of the facts, kept in memory: which items satisfy what, and how values are spread.

A constraint becomes a mask over item numbers, read once through an SQL index; counts, intersections and facets are then
array operations. Masks are kept for the constraints used last; columns for the attributes asked about.
"""

from __future__ import annotations

import heapq
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, Table, select

from .facts_tables import each, items, numbers, table_of
from .filters import Key, checked_spec, constraint_keys, is_negative
from .types import AttributeSpec, CatalogSchema, Constraint

Mask = NDArray[np.bool_]

_MASKS = 256
"""Masks kept; each is one byte an item."""
_FEW = 300
"""With at most this many items, their values are read through the index and the whole column is not loaded."""


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


class Rows(Protocol):
    """Run a query and return its rows as tuples."""

    def __call__(self, query: Select[Any]) -> Sequence[Any]:
        """Return all rows."""
        ...


@dataclass(frozen=True)
class Spread:
    """Values of one attribute in order of their keys, with how many items have each; only values that some item has."""

    keys: tuple[Key, ...]
    values: tuple[Any, ...]
    counts: tuple[int, ...]

    def most_frequent(self, limit: int | None = None) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, ties in order of keys."""
        places = len(self.counts) if limit is None else limit
        ranked = heapq.nlargest(places, range(len(self.counts)), key=self.counts.__getitem__)
        return [(self.values[at], self.counts[at]) for at in ranked]

    def below(self, bound: Key, *, inclusive: bool) -> Any | None:
        """Return the greatest value below the bound."""
        at = (bisect_right if inclusive else bisect_left)(self.keys, bound)
        return self.values[at - 1] if at else None

    def above(self, bound: Key, *, inclusive: bool) -> Any | None:
        """Return the least value above the bound."""
        at = (bisect_left if inclusive else bisect_right)(self.keys, bound)
        return self.values[at] if at < len(self.values) else None


@dataclass(frozen=True)
class _Column:
    """All facts of one attribute: fact ``i`` says that item ``owners[i]`` has the value numbered ``codes[i]``."""

    owners: NDArray[np.int64]
    codes: NDArray[np.int64]
    keys: tuple[Key, ...]
    values: tuple[Any, ...]

    def spread(self, mask: Mask | None) -> Spread:
        codes = self.codes if mask is None else self.codes[mask[self.owners]]
        counts = np.bincount(codes, minlength=len(self.keys))
        present = np.flatnonzero(counts).tolist()
        return Spread(
            keys=tuple(self.keys[code] for code in present),
            values=tuple(self.values[code] for code in present),
            counts=tuple(counts[present].tolist()),
        )


class Snapshot:
    """Answer from one revision; the owner makes a new one when the revision changes. Safe to share between threads."""

    def __init__(self, revision: int, schema: CatalogSchema, rows: Rows, limits: Limits = NO_LIMITS) -> None:
        """Read the items' numbers and ids, most popular first; everything else is read when first asked for.

        Items outside the limits are in no answer.
        """
        self.revision = revision
        self._schema = schema
        self._rows = rows
        self._codes = {spec.name: code for code, spec in enumerate(schema.attributes)}
        placed = rows(select(items.c.number, items.c.id).order_by(items.c.popularity.desc(), items.c.id))
        self._order = np.fromiter((row[0] for row in placed), dtype=np.int64, count=len(placed))
        self._ids = np.array([row[1] for row in placed], dtype=object)
        self._present = np.zeros(int(self._order.max(initial=-1)) + 1, dtype=np.bool_)
        self._present[self._order] = True
        self._masks: OrderedDict[tuple[object, ...], Mask] = OrderedDict()
        self._columns: dict[str, _Column] = {}
        self._lock = threading.Lock()
        self._limited = bool(limits)
        if limits:
            blocked = np.isin(self._ids, np.array(sorted(limits.ids), dtype=object))
            self._present[self._order[blocked]] = False
            self._present = self._eligible(limits.constraints)

    def allowed(self) -> frozenset[str]:
        """Return the ids of all items within the limits."""
        return frozenset(self.ids((), None))

    def count(self, constraints: Sequence[Constraint]) -> int:
        """Return how many items satisfy all the constraints."""
        return int(np.count_nonzero(self._eligible(constraints)))

    def ids(self, constraints: Sequence[Constraint], limit: int | None) -> list[str]:
        """Return the ids of the items that satisfy all the constraints, most popular first."""
        found = self._ids[self._eligible(constraints)[self._order]]
        return list(found[:limit])

    def spread(self, spec: AttributeSpec, constraints: Sequence[Constraint] = ()) -> Spread:
        """Return the attribute's values among the items that satisfy all the constraints."""
        mask = self._eligible(constraints) if constraints or self._limited else None
        if mask is not None and spec.name not in self._columns and np.count_nonzero(mask) <= _FEW:
            return self._load(spec, np.flatnonzero(mask).tolist()).spread(None)
        return self._column(spec).spread(mask)

    def owners(self, spec: AttributeSpec) -> int:
        """Return how many items have the fact."""
        owners = np.unique(self._column(spec).owners)
        return int(np.count_nonzero(self._present[owners]))

    def _eligible(self, constraints: Sequence[Constraint]) -> Mask:
        eligible = self._present.copy()
        for constraint in constraints:
            eligible &= self._mask(constraint)
        return eligible

    def _mask(self, constraint: Constraint) -> Mask:
        spec = checked_spec(constraint, self._schema)
        keys = constraint_keys(constraint, spec)
        known = (spec.name, constraint.op, keys)
        with self._lock:
            if known in self._masks:
                self._masks.move_to_end(known)
                return self._masks[known]
        mask = self._read_mask(spec, constraint, keys)
        with self._lock:
            self._masks[known] = mask
            while len(self._masks) > _MASKS:
                self._masks.popitem(last=False)
        return mask

    def _read_mask(self, spec: AttributeSpec, constraint: Constraint, keys: tuple[Key, ...]) -> Mask:
        table = table_of(spec)
        column = table.c.key
        match constraint.op:
            case "lt":
                test = column < keys[0]
            case "le":
                test = column <= keys[0]
            case "gt":
                test = column > keys[0]
            case "ge":
                test = column >= keys[0]
            case "between" | "outside":
                test = column.between(keys[0], keys[1])
            case _:
                test = column == keys[0] if len(keys) == 1 else column.in_(each(keys))
        found = self._rows(select(table.c.item).where(table.c.attribute == self._codes[spec.name], test))
        negative = is_negative(constraint.op)
        mask = np.full(self._present.shape, negative, dtype=np.bool_)
        mask[np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))] = not negative
        return mask

    def _column(self, spec: AttributeSpec) -> _Column:
        with self._lock:
            known = self._columns.get(spec.name)
        if known is None:
            known = self._load(spec, None)
            with self._lock:
                self._columns[spec.name] = known
        return known

    def _load(self, spec: AttributeSpec, among: Sequence[int] | None) -> _Column:
        table = table_of(spec)
        query = _facts(table).where(table.c.attribute == self._codes[spec.name])
        if among is not None:
            query = query.where(table.c.item.in_(each(among)))
        facts = self._rows(query)
        spellings: dict[Key, Any] = {}
        for _, key, value in facts:
            spellings[key] = min(value, spellings.get(key, value))
        keys = sorted(spellings)
        code_of = {key: code for code, key in enumerate(keys)}
        return _Column(
            owners=np.fromiter((fact[0] for fact in facts), dtype=np.int64, count=len(facts)),
            codes=np.fromiter((code_of[fact[1]] for fact in facts), dtype=np.int64, count=len(facts)),
            keys=tuple(keys),
            values=tuple(spellings[key] for key in keys),
        )


def _facts(table: Table) -> Select[Any]:
    value = table.c.key if table is numbers else table.c.value
    return select(table.c.item, table.c.key, value)
