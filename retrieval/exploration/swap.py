"""Now and then fill the last places at random, with exact chances. Pure."""

from __future__ import annotations

import math
import random

import numpy as np

from .types import Draw


def draw_swap(count: int, places: int, epsilon: float, last: int, seed: int) -> Draw:
    """Return the usual order but, with the chance ``epsilon``, the last places filled evenly from all behind the rest.

    Args:
        count: candidates, in their usual order.
        places: how many are shown.
        epsilon: how often the last places are filled at random.
        last: how many places that concerns.
        seed: of the draw.
    """
    kept = max(0, places - last)
    free, filled = list(range(kept, count)), places - kept
    chances = np.zeros((count, places))
    for place in range(places):
        chances[place, place] = 1.0 if place < kept else 1.0 - epsilon
    chances[kept:, kept:] += epsilon / len(free) if free else 0.0
    chance = random.Random(seed)
    usual = list(range(places))
    drawn = usual[:kept] + chance.sample(free, filled) if chance.random() < epsilon else usual
    by_chance = epsilon / math.perm(len(free), filled)
    return Draw(tuple(drawn), chances, by_chance + (1.0 - epsilon if drawn == usual else 0.0))
