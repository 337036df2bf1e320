"""What a draw gives, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import RetrievalError

Numbers = NDArray[np.float64]


class FeedbackError(RetrievalError):
    """Report a log of feedback or a bandit's state that is missing or cannot be used."""


@dataclass(frozen=True)
class Draw:
    """One order drawn for a list, with the chances of all others."""

    order: tuple[int, ...]
    """Positions of the candidates, by place."""
    chances: Numbers
    """Chance of candidate i to stand at place p, shape (candidates, places); each column sums to 1."""
    list_chance: float
    """Chance of this very list."""
