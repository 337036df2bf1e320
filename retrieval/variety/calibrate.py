"""Keep the mix of a user's tastes in a list (Steck, "Calibrated recommendations", RecSys 2018). Pure.

Each item spreads one unit evenly over its labels. The target is the mean over what the user likes; a list is calibrated
when its own mean is near the target, measured by the Kullback-Leibler divergence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..types import Item

_ALPHA = 0.01
"""How much of the target is mixed into the list's shares, so that the divergence stays finite (the paper's value)."""

Shares = Mapping[str, float]


def shares_of(item: Item, attribute: str) -> dict[str, float]:
    """Return one unit spread evenly over the item's labels; nothing for an item without any."""
    value = item.attributes.get(attribute)
    labels = tuple(map(str, value)) if isinstance(value, tuple) else () if value is None else (str(value),)
    return {label: 1 / len(labels) for label in labels}


def mean_shares(parts: Iterable[Shares]) -> dict[str, float]:
    """Return the mean of distributions; empty ones do not count."""
    known = [part for part in parts if part]
    total: dict[str, float] = {}
    for part in known:
        for label, share in part.items():
            total[label] = total.get(label, 0.0) + share / len(known)
    return total


def blended_kl(target: Shares, shares: Shares, alpha: float = _ALPHA) -> float:
    """Return KL(target || (1 - alpha) shares + alpha target), in nats: 0 where equal, at most -log(alpha)."""
    return sum(
        want * math.log(want / ((1 - alpha) * shares.get(label, 0.0) + alpha * want))
        for label, want in target.items()
        if want > 0
    )


class Mix:
    """A target, and a list that grows towards it.

    The divergence of a list counts once for each of its items. It belongs to a mean, which one item moves the less the
    longer the list is; so weighed, it speaks as loudly at the end of a list as the relevance of single items does.
    """

    def __init__(self, target: Shares, items: Sequence[Item], attribute: str) -> None:
        """Take the target and the candidates, which are known by their places from here on."""
        self._target = target
        self._parts = [shares_of(item, attribute) for item in items]
        self._sums: dict[str, float] = {}
        self._count = 0
        self._now = 0.0

    def gains(self, places: Iterable[int]) -> dict[int, float]:
        """Return by how much each candidate, as the list's next, would bring it nearer to the target, in nats."""
        return {place: self._now - self._after(place) for place in places}

    def add(self, place: int) -> None:
        """Make a candidate the list's next."""
        self._now = self._after(place)
        self._count += 1
        for label, share in self._parts[place].items():
            self._sums[label] = self._sums.get(label, 0.0) + share

    def _after(self, place: int) -> float:
        part, count = self._parts[place], self._count + 1
        shares = {label: (self._sums.get(label, 0.0) + part.get(label, 0.0)) / count for label in self._target}
        return count * blended_kl(self._target, shares)
