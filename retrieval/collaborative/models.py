"""What every collaborative model can do: score all items for histories that it may never have seen."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .history import Matrix

ItemScores = NDArray[np.float32]
"""Shape (histories, items); comparable within a row only."""


class Scorer(Protocol):
    """A trained model. Histories need not be those of users it was trained on."""

    name: str

    def scores(self, histories: Matrix) -> ItemScores:
        """Return a score for every item; items of the history are scored too."""
        ...
