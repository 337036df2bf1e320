"""Draw orders by Plackett and Luce, with exact chances. Pure.

The first place goes to candidate i with a chance in proportion to its weight, the next likewise among those left, and
so on (Luce, Individual Choice Behavior, 1959; Plackett, The Analysis of Permutations, 1975).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from .types import Numbers


def weights_of(scores: Sequence[float], temperature: float) -> Numbers:
    """Return the weights of candidates, in sum 1: the exponential of their standard scores over the temperature."""
    values = np.asarray(scores, dtype=np.float64)
    deviation = float(values.std())
    standard = (values - values.mean()) / deviation if deviation > 0 else np.zeros_like(values)
    raised = np.exp((standard - standard.max()) / temperature)
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def draw_order(weights: Numbers, places: int, seed: int) -> tuple[int, ...]:
    """Return the positions of the candidates drawn for each place; the same seed gives the same order."""
    # The largest of log-weight plus Gumbel noise is such a draw (Yellott, 1977). This generator's stream is the same in
    # every version of Python, so that a draw can be repeated from the log.
    chance = random.Random(seed)
    noise = [-math.log(-math.log(chance.random() or 1e-300)) for _ in weights]
    keys = np.log(weights) + np.array(noise)
    return tuple(int(place) for place in np.argsort(-keys, kind="stable")[:places])


def order_chance(weights: Numbers, order: Sequence[int]) -> float:
    """Return the chance of exactly this order at the first places."""
    left, chance = np.ones(len(weights), dtype=bool), 1.0
    for candidate in order:
        chance *= float(weights[candidate] / weights[left].sum())
        left[candidate] = False
    return chance


def chances_of(weights: Numbers, places: int) -> Numbers:
    """Return the exact chance of each candidate at each place, shape (candidates, places); each column sums to 1.

    The sum over all orders is taken over the sets of candidates that may stand above a place, so that it costs
    2^n and not n! steps.
    """
    count = len(weights)
    masks = np.arange(1 << count)
    left = np.zeros(len(masks))
    for candidate in range(count):
        # Summed over those left, and not as what remains of 1: small weights would drown in rounding.
        left += np.where(masks >> candidate & 1, 0.0, weights[candidate])
    above = np.zeros(len(masks))
    above[0] = 1.0
    sizes = np.array([mask.bit_count() for mask in range(1 << count)])
    chances = np.zeros((count, places))
    for place in range(places):
        level = masks[sizes == place]
        for candidate in range(count):
            free = level[(level >> candidate & 1) == 0]
            share = above[free] * weights[candidate] / left[free]
            chances[candidate, place] = share.sum()
            above[free | (1 << candidate)] += share
    return chances
