"""What the dialogue ranker learns from and is asked: moments of dialogues, and what was recommended then. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

USER, RECOMMENDER = "user", "recommender"


@dataclass(frozen=True)
class Moment:
    """A dialogue up to the turn in which something may be recommended."""

    group: str
    """The dialogue; what was learnt from the same dialogue is never counted for its own moments."""
    turns: tuple[tuple[str, str], ...]
    """(role, text), oldest first; the roles are ``user`` and ``recommender``."""
    mentioned: tuple[int, ...]
    """Positions of the items named so far, in order of their latest mention, each once."""
    disliked: frozenset[int] = frozenset()
    """Those of them known to be disliked; they still say what is talked about, but count less."""


@dataclass(frozen=True)
class Lesson:
    """A moment with the items, by position, that were recommended then and not mentioned before."""

    moment: Moment
    targets: tuple[int, ...]
