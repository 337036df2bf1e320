"""Item ids by place, and places by id, without a Python string for each item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ..errors import RetrievalError
from .strings import Strings

Keys = NDArray[np.uint64]
"""Ids as numbers, shape (n,)."""
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
"""Which items, by place."""


def item_key(item_id: str) -> int:
    """Return a number of 64 bits that stands for an id; two ids of one index never share it (``ItemIds.of``)."""
    return int.from_bytes(hashlib.blake2b(item_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def item_keys(ids: Iterable[str]) -> Keys:
    """Return the keys of ids, in their order."""
    return np.fromiter((item_key(item_id) for item_id in ids), dtype=np.uint64)


class ItemIds(Sequence[str]):
    """The ids of all items, in order of fame."""

    def __init__(self, texts: Strings, keys: Keys, places: NDArray[np.int32]) -> None:
        """Take ids by place, and their keys in rising order with the place of each."""
        self._texts = texts
        self._keys = keys
        self._places = places
        # Keys are spread evenly, so their first bits say nearly where one stands: a quarter of a search by halves.
        self._shift = np.uint64(64 - max(1, len(keys).bit_length()))
        heads = np.arange((1 << (64 - int(self._shift))) + 1, dtype=np.uint64)
        self._starts = np.searchsorted(keys >> self._shift, heads).astype(np.int32)
        self._longest = int(np.diff(self._starts).max(initial=0))

    @classmethod
    def of(cls, ids: Iterable[str]) -> ItemIds:
        """Take ids in order.

        Raises:
            RetrievalError: two ids are the same, or have the same key, which one catalogue in 37 million of a million
                items has.
        """
        listed = list(ids)
        keys = item_keys(listed)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        if len(twice := np.flatnonzero(keys[1:] == keys[:-1])):
            first, second = (listed[int(order[at])] for at in (twice[0], twice[0] + 1))
            raise RetrievalError(f"Items {first!r} and {second!r} cannot be told apart.", hint="Change one of the ids.")
        return cls(Strings.of(listed), keys, order.astype(np.int32))

    @classmethod
    def read(cls, folder: Path) -> ItemIds:
        """Map what ``write`` wrote.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        return cls(Strings.read(folder, "ids"), np.load(folder / "ids.keys.npy"), np.load(folder / "ids.places.npy"))

    def write(self, folder: Path) -> None:
        """Write the ids to a folder."""
        self._texts.write(folder, "ids")
        np.save(folder / "ids.keys.npy", self._keys)
        np.save(folder / "ids.places.npy", self._places)

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        return self._texts[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __contains__(self, item_id: object) -> bool:
        return isinstance(item_id, str) and bool(self.places([item_id])[0] >= 0)

    def at(self, places: Places) -> list[str]:
        """Return the ids at these places, in their order."""
        return self._texts.many(places)

    def places(self, ids: Sequence[str]) -> Places:
        """Return the place of each id, -1 where it is unknown."""
        found = self.places_of_keys(item_keys(ids))
        for at, item_id in enumerate(ids):
            if found[at] >= 0 and self._texts[int(found[at])] != item_id:
                found[at] = -1
        return found

    def places_of_keys(self, keys: Keys) -> Places:
        """Return the place of the item of each key, -1 where there is none."""
        heads = keys >> self._shift
        at, ends = self._starts[heads], self._starts[heads + np.uint64(1)]
        found = np.full(len(keys), -1, dtype=np.int64)
        rest = np.flatnonzero(at < ends)
        for step in range(self._longest):
            here = at[rest] + step
            hit = self._keys[here] == keys[rest]
            found[rest[hit]] = self._places[here[hit]]
            rest = rest[~hit]
            rest = rest[at[rest] + step + 1 < ends[rest]]
            if len(rest) == 0:
                break
        return found

    def same_as(self, others: ItemIds) -> bool:
        """Return whether the others are the same ids in the same order."""
        return np.array_equal(self._keys, others._keys) and np.array_equal(self._places, others._places)


class Among:
    """Which items a search may return."""

    def __init__(self, ids: ItemIds, mask: Mask) -> None:
        """Take all ids, and which of them are allowed, by place."""
        self._ids = ids
        self._mask = mask
        self._count = int(np.count_nonzero(mask))

    @classmethod
    def of(cls, ids: Iterable[str]) -> Among:
        """Allow these ids."""
        listed = ItemIds.of(dict.fromkeys(ids))
        return cls(listed, np.ones(len(listed), dtype=np.bool_))

    def __len__(self) -> int:
        return self._count

    def keys(self) -> Keys:
        """Return the keys of all allowed items."""
        return item_keys(self._ids.at(np.flatnonzero(self._mask)))

    def holds(self, keys: Keys) -> Mask:
        """Return which of these keys are of allowed items."""
        places = self._ids.places_of_keys(keys)
        return (places >= 0) & self._mask[places]
