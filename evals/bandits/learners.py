"""Ways to choose among candidates and to learn from what was accepted, for many users side by side. Pure.

All but ``random`` keep a ridge regression of acceptance on features for each user. Thompson sampling orders by a model
drawn from its posterior (Agrawal and Goyal, ICML 2013), LinUCB by an upper bound (Li et al., WWW 2010; Chu et al.,
AISTATS 2011), greedy by the mean, epsilon-greedy by the mean but now and then at random.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .world import SHOWN, Numbers

Name = Literal["thompson", "linucb", "epsilon-greedy", "greedy", "random"]
NAMES: tuple[Name, ...] = ("thompson", "linucb", "epsilon-greedy", "greedy", "random")
CHOICES: dict[Name, tuple[float, ...]] = {
    "thompson": (0.05, 0.1, 0.2, 0.4, 0.8),
    "linucb": (0.05, 0.1, 0.2, 0.4, 0.8),
    "epsilon-greedy": (0.02, 0.05, 0.1, 0.2),
    "greedy": (0.0,),
    "random": (0.0,),
}
"""How much each explores, to be chosen from on other worlds than the reported ones."""
_RIDGE = 1.0


class Learner:
    """One way, for all users of a world at once."""

    def __init__(self, name: Name, amount: float, users: int, features: int, seed: int) -> None:
        """Begin knowing nothing."""
        self.name = name
        self._amount = amount
        self._rng = np.random.default_rng(seed)
        self._inverse = np.repeat(np.eye(features)[None] / _RIDGE, users, axis=0)
        self._sums = np.zeros((users, features))
        self._mean = np.zeros((users, features))

    def choose(self, offered: Numbers) -> NDArray[np.int64]:
        """Return the candidates to show, shape (users, ``SHOWN``), for features (users, candidates, features)."""
        scores = self._scores(offered)
        # Ties are broken at random: a learner that knows nothing yet has no favourite.
        scores = scores + 1e-9 * self._rng.random(scores.shape)
        return np.argsort(-scores, axis=1)[:, :SHOWN]

    def learn(self, shown: Numbers, accepted: Numbers) -> None:
        """Take note of what came of shown items, features (users, shown, features) and 0 or 1 (users, shown)."""
        if self.name == "random":
            return
        for place in range(shown.shape[1]):
            row = shown[:, place]
            # The inverse follows by Sherman and Morrison (1950), without inverting again.
            side = np.einsum("uij,uj->ui", self._inverse, row)
            scale = 1.0 + np.einsum("ui,ui->u", row, side)
            self._inverse -= side[:, :, None] * side[:, None, :] / scale[:, None, None]
            self._sums += row * accepted[:, place, None]
        self._mean = np.einsum("uij,uj->ui", self._inverse, self._sums)

    def _scores(self, offered: Numbers) -> Numbers:
        users, count, _ = offered.shape
        if self.name == "random":
            return self._rng.random((users, count))
        mean: Numbers = np.einsum("uhf,uf->uh", offered, self._mean)
        if self.name == "epsilon-greedy":
            blind = self._rng.random((users, 1)) < self._amount
            return np.where(blind, self._rng.random((users, count)), mean)
        if self.name == "greedy":
            return mean
        if self.name == "linucb":
            spread = np.einsum("uhf,ufg,uhg->uh", offered, self._inverse, offered, optimize=True)
            bound: Numbers = mean + self._amount * np.sqrt(np.maximum(spread, 0.0))
            return bound
        root = np.linalg.cholesky(self._inverse + 1e-10 * np.eye(offered.shape[2]))
        noise = np.einsum("uij,uj->ui", root, self._rng.standard_normal(self._mean.shape))
        drawn: Numbers = np.einsum("uhf,uf->uh", offered, self._mean + self._amount * noise)
        return drawn
