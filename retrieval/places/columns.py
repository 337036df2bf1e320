"""The facts of one attribute as an inverted index: for each value, the places of the items that have it.

Values are sorted, so every constraint is one or a few slices of the places, whatever its operator.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..filters import Key, is_numeric, item_keys
from ..types import AttributeSpec, CatalogSchema, Item, Op
from .ids import Mask
from .strings import Strings

_SPILL = 1 << 16
"""Facts of one attribute that are held before they go to disk."""


@dataclass(frozen=True)
class Spread:
    """Values of one attribute in order of their keys, with how many items have each; only values that some item has."""

    column: Column
    codes: NDArray[np.int64]
    """Which values of the column, rising."""
    counts: NDArray[np.int64]

    def most_frequent(self, limit: int | None = None) -> list[tuple[Any, int]]:
        """Return (value, count), most frequent first, ties in order of keys."""
        if limit is not None and limit < len(self.counts):
            counts = self.counts
            ranked = np.array(heapq.nsmallest(limit, range(len(counts)), key=(-counts).__getitem__), dtype=np.int64)
        else:
            ranked = np.argsort(-self.counts, kind="stable")
        return list(zip(self.column.shown(self.codes[ranked]), self.counts[ranked].tolist(), strict=True))

    def ends(self) -> tuple[Key, Key] | None:
        """Return the least and the greatest key, or None for no values."""
        return (self.column.key(self.codes[0]), self.column.key(self.codes[-1])) if len(self.codes) else None

    def below(self, bound: Key, *, inclusive: bool) -> Any | None:
        """Return the greatest value below the bound."""
        at = int(np.searchsorted(self.codes, self.column.code(bound, after=inclusive)))
        return self.column.shown(self.codes[at - 1 : at])[0] if at else None

    def above(self, bound: Key, *, inclusive: bool) -> Any | None:
        """Return the least value above the bound."""
        at = int(np.searchsorted(self.codes, self.column.code(bound, after=not inclusive)))
        return self.column.shown(self.codes[at : at + 1])[0] if at < len(self.codes) else None


@dataclass(frozen=True)
class Column:
    """All facts of one attribute; value ``c`` is had by the items at ``places[ends[c - 1]:ends[c]]``."""

    keys: NDArray[np.float64] | Strings
    """What is compared, rising."""
    values: Strings | None
    """How each value is written; None for numbers, which are their keys."""
    ends: NDArray[np.int64]
    places: NDArray[np.int32]

    def key(self, code: Any) -> Key:
        """Return a value's key."""
        found = self.keys[int(code)]
        return found if isinstance(found, str) else float(found)

    def code(self, key: Key, *, after: bool) -> int:
        """Return how many keys are less than this one; those equal to it too with ``after``."""
        if isinstance(self.keys, Strings):
            return (bisect_right if after else bisect_left)(self.keys, str(key))
        return int(np.searchsorted(self.keys, float(key), side="right" if after else "left"))

    def shown(self, codes: NDArray[np.int64]) -> list[Any]:
        """Return values as they are written."""
        if self.values is not None:
            return self.values.many(codes)
        numbers: list[Any] = np.asarray(self.keys)[codes].tolist()
        return numbers

    def mark(self, mask: Mask, op: Op, keys: Sequence[Key]) -> None:
        """Set the mask for the items with a value that is within what the operator and its keys name."""
        for first, last in self._ranges(op, keys):
            start = int(self.ends[first - 1]) if first else 0
            end = int(self.ends[last - 1]) if last else 0
            mask[self.places[start:end]] = True

    def spread(self, mask: Mask | None) -> Spread:
        """Return the values among the items of the mask, or among all."""
        if mask is None:
            counts = np.diff(self.ends, prepend=0)
        else:
            marked = np.concatenate([[0], np.cumsum(mask[self.places], dtype=np.int64)])
            counts = np.diff(marked[self.ends], prepend=0)
        codes = np.flatnonzero(counts)
        return Spread(self, codes, counts[codes])

    def owners(self, mask: Mask) -> int:
        """Return how many items of the mask have the fact."""
        having = np.zeros(len(mask), dtype=np.bool_)
        having[self.places] = True
        return int(np.count_nonzero(having & mask))

    def write(self, folder: Path, name: str) -> None:
        """Write the column to files of a folder."""
        if isinstance(self.keys, Strings):
            self.keys.write(folder, f"{name}.keys")
        else:
            np.save(folder / f"{name}.keys.npy", self.keys)
        if self.values is not None:
            self.values.write(folder, f"{name}.values")
        np.save(folder / f"{name}.ends.npy", self.ends)
        np.save(folder / f"{name}.places.npy", self.places)

    @classmethod
    def read(cls, folder: Path, name: str, *, numeric: bool) -> Column:
        """Map what ``write`` wrote.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        return cls(
            keys=np.load(folder / f"{name}.keys.npy") if numeric else Strings.read(folder, f"{name}.keys"),
            values=None if numeric else Strings.read(folder, f"{name}.values"),
            ends=np.load(folder / f"{name}.ends.npy"),
            places=np.load(folder / f"{name}.places.npy", mmap_mode="r"),
        )

    def _ranges(self, op: Op, keys: Sequence[Key]) -> list[tuple[int, int]]:
        match op:
            case "lt" | "le":
                return [(0, self.code(keys[0], after=op == "le"))]
            case "gt" | "ge":
                return [(self.code(keys[0], after=op == "gt"), len(self.ends))]
            case "between" | "outside":
                return [(self.code(keys[0], after=False), self.code(keys[1], after=True))]
            case _:
                return [(self.code(key, after=False), self.code(key, after=True)) for key in keys]


class ColumnBuilder:
    """Gather the facts of one attribute in order of places; with a folder, they wait on disk."""

    def __init__(self, spec: AttributeSpec, spill: Path | None = None) -> None:
        """Take the attribute, and a file for what does not fit in memory."""
        self._spec = spec
        self._numeric = is_numeric(spec.kind)
        self._codes: dict[Key, int] = {}
        self._spellings: list[str] = []
        self._pairs = array("i")
        self._spill = spill

    def add(self, place: int, item: Item) -> None:
        """Add an item's facts."""
        value = item.attributes.get(self._spec.name)
        if value is None:
            return
        keys = item_keys(value, self._spec.kind)
        if self._numeric:
            self._pair(place, self._code(keys[0], ""))
            return
        spellings = [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        for key, spelling in dict(zip(keys, spellings, strict=True)).items():
            self._pair(place, self._code(key, spelling))

    def finish(self) -> Column:
        """Return the column of all that was added."""
        pairs = np.array(self._pairs, dtype=np.int32)
        if self._spill is not None and self._spill.exists():
            pairs = np.concatenate([np.fromfile(self._spill, dtype=np.int32), pairs])
            self._spill.unlink()
        places, codes = pairs[0::2], pairs[1::2]
        keys = list(self._codes)
        ranked = sorted(range(len(keys)), key=keys.__getitem__)
        rank = np.empty(len(keys), dtype=np.int32)
        rank[ranked] = np.arange(len(keys), dtype=np.int32)
        codes = rank[codes]
        return Column(
            keys=np.array([keys[at] for at in ranked], dtype=np.float64)
            if self._numeric
            else Strings.of(str(keys[at]) for at in ranked),
            values=None if self._numeric else Strings.of(self._spellings[at] for at in ranked),
            ends=np.cumsum(np.bincount(codes, minlength=len(keys)), dtype=np.int64),
            places=places[np.argsort(codes, kind="stable")],
        )

    def _code(self, key: Key, spelling: str) -> int:
        code = self._codes.setdefault(key, len(self._codes))
        if not self._numeric:
            if code == len(self._spellings):
                self._spellings.append(spelling)
            elif spelling < self._spellings[code]:
                self._spellings[code] = spelling
        return code

    def _pair(self, place: int, code: int) -> None:
        self._pairs.append(place)
        self._pairs.append(code)
        if self._spill is not None and len(self._pairs) >= 2 * _SPILL:
            with self._spill.open("ab") as file:
                self._pairs.tofile(file)
            del self._pairs[:]


def read_columns(folder: Path, schema: CatalogSchema) -> dict[str, Column]:
    """Map the columns of all attributes.

    Raises:
        OSError: a file is missing.
        ValueError: a file is damaged.
    """
    return {
        spec.name: Column.read(folder, str(code), numeric=is_numeric(spec.kind))
        for code, spec in enumerate(schema.attributes)
    }
