"""Tell which items of a new catalogue need not be stored again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..facts import Facts
from ..index import Generation
from ..places import item_key, item_keys
from ..places.ids import Keys

_MOST = 0.3
"""With more than this share of items changed, building anew is cheaper, and searches a graph without scars."""


@dataclass(frozen=True)
class Changes:
    """What differs from the generation that serves."""

    total: int
    """Items in the new catalogue."""
    base: Generation | None = None
    """Whose stores are copied; None builds them anew."""
    gone: tuple[str, ...] = ()
    """Ids of items of the base that must leave it: they left the catalogue, or will be put anew."""
    _same: Keys = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    """Keys of the items whose vectors and words are in the base as they should be, rising."""

    @classmethod
    def since(cls, base: Generation | None, facts: Facts, total: int) -> Changes:
        """Compare the facts with those of the generation that serves.

        Args:
            base: the generation; vectors on a server cannot be copied, so there everything is put anew.
            facts: of the new catalogue.
            total: items in it.
        """
        if base is None or isinstance(base.vector_place, str) or not base.vector_place.is_dir():
            return cls(total)
        earlier = Facts.open(base.facts)
        try:
            same: list[int] = []
            gone: list[str] = []
            for item_id, old, new in _paired(earlier.wordings(), facts.wordings()):
                if old is not None and old == new:
                    same.append(item_key(item_id))
                elif old is not None:
                    gone.append(item_id)
                if len(gone) > _MOST * max(total, 1):
                    return cls(total)
        finally:
            earlier.close()
        if total - len(same) + len(gone) > _MOST * max(total, 1):
            return cls(total)
        return cls(total, base, tuple(gone), np.sort(np.array(same, dtype=np.uint64)))

    def new(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the places in a batch of ids of those that must be put."""
        if len(self._same) == 0:
            return np.arange(len(ids))
        keys = item_keys(ids)
        at = np.minimum(np.searchsorted(self._same, keys), len(self._same) - 1)
        return np.flatnonzero(self._same[at] != keys)


def _paired(
    old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield every id of two lists that are sorted by id, with what each list says of it."""
    olds, news = iter(old), iter(new)
    left, right = next(olds, None), next(news, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield left[0], left[1], None
            left = next(olds, None)
        elif left is None or right[0] < left[0]:
            yield right[0], None, right[1]
            right = next(news, None)
        else:
            yield left[0], left[1], right[1]
            left, right = next(olds, None), next(news, None)
