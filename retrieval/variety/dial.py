"""One dial from familiar to adventurous, and what it means for a search. Pure.

Three things follow it, each in a straight line, so that a small turn is a small change:

- novelty, from well known to little known, which moves the weight of fame and, where nothing was asked for, the place
  in the order of fame that candidates are taken from;
- diversity, the weight of difference from what the list holds already;
- exploration, a chance for what ranks somewhat lower, which begins above the neutral point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from ..types import Query, Value
from .config import VarietyConfig

NEUTRAL = 0.4
"""Where fame counts as much as the settings of the search say, and nothing is left to chance."""
_DIVERSITY = 0.5
"""Diversity at the adventurous end."""
_EXPLORATION = 0.25
"""Exploration at the adventurous end."""


class Course(Value):
    """What the dial means for one search."""

    novelty: float
    """-1 to 1, as in ``Query``."""
    diversity: float
    """0 to 1, as in ``Query``."""
    exploration: float
    """0 to 1, as in ``Query``."""


def course(adventure: float) -> Course:
    """Return what a place of the dial means; rises in every part with ``adventure``, 0 to 1."""
    beyond = (adventure - NEUTRAL) / (1 - NEUTRAL)
    return Course(
        novelty=round(max(-1.0, beyond), 6),
        diversity=round(_DIVERSITY * adventure, 6),
        exploration=round(_EXPLORATION * max(0.0, beyond), 6),
    )


def resolved(query: Query, config: VarietyConfig) -> Query:
    """Return the query with the dial turned into novelty, diversity and exploration.

    What the caller set of these by hand stays; a caller who set any of them and no dial gets the others as they are.
    """
    by_hand = query.model_fields_set & set(Course.model_fields)
    if query.adventure is None and by_hand:
        return query
    at = config.adventure if query.adventure is None else query.adventure
    changes = {name: value for name, value in course(at).model_dump().items() if name not in by_hand}
    return query.model_copy(update={**changes, "adventure": at})


def explored(scores: Mapping[str, float], exploration: float, seed: str) -> dict[str, float]:
    """Return the scores with noise, so that sorting draws from a Plackett-Luce model (the Gumbel-max trick).

    The temperature is ``exploration`` times the standard deviation of the scores: the chance of each list is that of
    drawing without replacement by ``exp(score / temperature)``.

    Args:
        scores: score by id.
        exploration: 0 leaves the scores alone; 1 makes noise about as large as the differences.
        seed: what decides the draw; the same seed draws the same noise for an id, whatever the other ids are. An empty
            one leaves the scores alone.
    """
    if not exploration or not seed or len(scores) < 2:
        return dict(scores)
    temperature = exploration * float(np.std(list(scores.values())))
    return {item_id: score + temperature * _gumbel(f"{seed}/{item_id}") for item_id, score in scores.items()}


def _gumbel(key: str) -> float:
    """Return a draw from the standard Gumbel distribution that depends on the key alone."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
    return float(-np.log(-np.log((number + 0.5) / 2**64)))
