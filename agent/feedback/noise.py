"""Counts of reactions that may be published: how often each item was liked, so noisy that nobody can be found in them.

Differential privacy of users (Dwork et al., 2006): whatever one user did, every outcome keeps its chance up to a factor
of ``exp(epsilon)``. A user counts in at most ``per_user`` cells, once in each, so that they move all counts together
by no more than that; each cell of the whole catalogue, those at zero too, then gets noise of the discrete Laplace
distribution with scale ``per_user / epsilon`` (Ghosh, Roughgarden and Sundararajan, 2012). Whole numbers leave no
traces of the true count in their last bits, as floating ones do.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Literal

import numpy as np

from retrieval.exploration import Logged
from retrieval.types import Value

Kind = Literal["liked", "disliked"]
Cell = tuple[str, Kind]

_KINDS: dict[str, Kind] = {"like": "liked", "accept": "liked", "dislike": "disliked", "reject": "disliked"}


class NoisyItem(Value):
    """Noisy counts of one item; they may be below zero."""

    item_id: str
    liked: int
    disliked: int


class NoisyCounts(Value):
    """What may be published, and the guarantee that it carries."""

    epsilon: float
    """Of this publication. What is published again about the same users adds up."""
    per_user: int
    """Reactions of one user that count, at most."""
    unit: Literal["user"] = "user"
    """Whose presence is hidden; a visitor without an id counts as a user for each conversation."""
    mechanism: str = "discrete Laplace"
    scale: float
    """Of the noise: its standard deviation is about 1.4 times that."""
    items: tuple[NoisyItem, ...]
    """All items of the catalogue, by id."""


def publish(
    lines: Iterable[Logged],
    items: Collection[str],
    *,
    epsilon: float,
    per_user: int,
    random: np.random.Generator | None = None,
) -> NoisyCounts:
    """Count likes and dislikes by item, and add the noise.

    Args:
        lines: logged lists with what came of them.
        items: ids of the whole catalogue, which is no secret; reactions to others do not count.
        epsilon: above 0; the smaller, the more private and the noisier.
        per_user: at least 1.
        random: where chance comes from; None takes entropy from the operating system, as every real use must.
    """
    random = random or np.random.default_rng()
    counts = clamped(lines, items, per_user, random)
    ids = sorted(items)
    noise = discrete_laplace(per_user / epsilon, (len(ids), 2), random).tolist()
    noisy = tuple(
        NoisyItem(item_id=one, liked=counts[one, "liked"] + up, disliked=counts[one, "disliked"] + down)
        for one, (up, down) in zip(ids, noise, strict=True)
    )
    return NoisyCounts(epsilon=epsilon, per_user=per_user, scale=per_user / epsilon, items=noisy)


def clamped(
    lines: Iterable[Logged], items: Collection[str], per_user: int, random: np.random.Generator
) -> Counter[Cell]:
    """Return the true counts, in which each user counts in at most ``per_user`` cells, drawn by chance."""
    known = frozenset(items)
    cells: dict[str, set[Cell]] = defaultdict(set)
    for line in lines:
        whose = line.user or f"session {line.impression.session_id}"
        for item in line.items:
            if item.item_id in known:
                cells[whose] |= {(item.item_id, _KINDS[one]) for one in item.reactions if one in _KINDS}
    counts: Counter[Cell] = Counter()
    for theirs in cells.values():
        ordered = sorted(theirs)
        places = random.choice(len(ordered), size=min(per_user, len(ordered)), replace=False)
        counts.update(ordered[place] for place in places.tolist())
    return counts


def discrete_laplace(scale: float, shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Draw whole numbers with chances proportional to ``exp(-|n| / scale)``, of the given shape.

    The difference of two geometric variables has that distribution.
    """
    chance = -math.expm1(-1.0 / scale)
    drawn: np.ndarray = random.geometric(chance, shape) - random.geometric(chance, shape)
    return drawn
