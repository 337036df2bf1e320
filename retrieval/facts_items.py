"""Items as they were last read, by id, for as long as nothing in the facts changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from .types import Item


class ReadItems:
    """Items of one revision of the facts, those asked for last; threads may share it."""

    def __init__(self, most: int) -> None:
        """Keep so many at most; begin with none."""
        self._most = most
        self._revision = -1
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, ids: Sequence[str], revision: int, read: Callable[[Sequence[str]], Iterable[Item]]) -> list[Item]:
        """Return the items in the order asked for, those that ``read`` does not give left out.

        Args:
            ids: which; ``read`` is asked for those alone that are not kept.
            revision: the facts' revision at the moment or before; items of another one are forgotten.
            read: reads items, no older than the revision, in any order.
        """
        with self._lock:
            if revision != self._revision:
                self._items.clear()
                self._revision = revision
            found = {item_id: self._items[item_id] for item_id in ids if item_id in self._items}
            for item_id in found:
                self._items.move_to_end(item_id)
        if missing := [item_id for item_id in dict.fromkeys(ids) if item_id not in found]:
            new = {item.id: item for item in read(missing)}
            found |= new
            self._keep(new, revision)
        return [found[item_id] for item_id in ids if item_id in found]

    def _keep(self, new: dict[str, Item], revision: int) -> None:
        with self._lock:
            if revision != self._revision:
                return
            self._items |= new
            while len(self._items) > self._most:
                self._items.popitem(last=False)
