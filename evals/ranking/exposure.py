"""Measure what lists expose: how much of a catalogue, how evenly, how well known, how varied, how like a mix.

None of these says whether anybody was served well: read them beside accuracy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.types import Item, Value, Vectors
from retrieval.variety import Shares, blended_kl, mean_shares, shares_of

Vectoriser = Callable[[Sequence[str]], Vectors]
"""Return one unit row for each id."""


class Exposure(Value):
    """What a set of lists exposes; None where it could not be measured."""

    lists: int
    coverage: float | None
    """Share of the catalogue that stands in any list."""
    gini: float | None
    """Inequality of exposure over the whole catalogue, 0 (all alike) to 1 (one item has it all)."""
    novelty: float | None
    """Mean self-information of the shown items in bits, -log2 of an item's share of all popularity (Vargas and
    Castells, RecSys 2011); items of no popularity count as if one had it."""
    diversity: float | None
    """Mean distance, 1 - cosine, of two items of a list (Ziegler et al., WWW 2005), averaged over lists."""
    percentile: float | None
    """Mean popularity percentile of the shown items, 0 (least known) to 1 (best known), ties sharing their middle."""
    lift: float | None
    """Popularity bias: mean over users of the mean popularity of their list over that of their profile; 1 is none
    (after Abdollahpouri et al., 2019)."""
    miscalibration: float | None
    """Mean divergence of the lists' mixes of labels from the profiles', in nats (Steck, RecSys 2018); 0 is none."""


@dataclass(frozen=True)
class World:
    """The catalogue that lists were made from."""

    items: Mapping[str, Item]
    """All items by id."""
    vectors: Vectoriser
    attribute: str = ""
    """Attribute whose mix is compared; empty compares none."""
    percentiles: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Rank the items by popularity, once."""
        object.__setattr__(self, "percentiles", popularity_percentiles(self.items.values()))


def popularity_percentiles(items: Iterable[Item]) -> dict[str, float]:
    """Return each item's place in the order of popularity, 0 to 1; items equally popular share their middle place."""
    every = list(items)
    counts = Counter(item.popularity for item in every)
    below, place = 0, {}
    for popularity in sorted(counts):
        place[popularity] = (below + counts[popularity] / 2) / len(every)
        below += counts[popularity]
    return {item.id: place[item.popularity] for item in every}


def expose(lists: Sequence[Sequence[str]], world: World, profiles: Sequence[Sequence[str]] | None = None) -> Exposure:
    """Measure lists of item ids.

    Args:
        lists: what was shown, a list a request; empty lists count in ``lists`` only.
        world: the catalogue.
        profiles: for each list the items its user likes; needed for lift and miscalibration.
    """
    shown = Counter(item_id for one in lists for item_id in one)
    full = [one for one in lists if one]
    if not full:
        nothing = dict.fromkeys((name for name in Exposure.model_fields if name != "lists"), None)
        return Exposure(lists=len(lists), **nothing)
    total = sum(max(item.popularity, 1.0) for item in world.items.values())
    bits = [-math.log2(max(world.items[i].popularity, 1.0) / total) for one in full for i in one]
    pairs = [pair for pair in zip(lists, profiles or (), strict=bool(profiles)) if all(pair)]
    return Exposure(
        lists=len(lists),
        coverage=len(shown) / len(world.items),
        gini=gini([shown[item_id] for item_id in world.items]),
        novelty=float(np.mean(bits)),
        diversity=_mean([_distance(one, world) for one in full if len(one) > 1]),
        percentile=float(np.mean([world.percentiles[i] for one in full for i in one])),
        lift=_mean([ratio for one, liked in pairs if (ratio := _lift(one, liked, world)) is not None]),
        miscalibration=_mean([kl for one, liked in pairs if (kl := _off(one, liked, world)) is not None]),
    )


def gini(counts: Sequence[float]) -> float:
    """Return the Gini coefficient of counts, none negative: 0 where all are alike, near 1 where one has everything."""
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    total = ordered.sum()
    if not total:
        return 0.0
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * total))


def _distance(ids: Sequence[str], world: World) -> float:
    rows = world.vectors(ids)
    cosines = rows @ rows.T
    count = len(rows)
    return float(1 - (cosines.sum() - np.trace(cosines)) / (count * (count - 1)))


def _lift(ids: Sequence[str], liked: Sequence[str], world: World) -> float | None:
    profile = _mean([world.items[i].popularity for i in liked])
    return float(np.mean([world.items[i].popularity for i in ids])) / profile if profile else None


def _off(ids: Sequence[str], liked: Sequence[str], world: World) -> float | None:
    target, own = (_mix(some, world) for some in (liked, ids))
    return blended_kl(target, own) if target and own else None


def _mix(ids: Sequence[str], world: World) -> Shares:
    return mean_shares(shares_of(world.items[i], world.attribute) for i in ids) if world.attribute else {}


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
