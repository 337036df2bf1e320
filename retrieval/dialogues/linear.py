"""Weigh channels by how well they tell the right answer from items drawn at random: a conditional logit.

McFadden (1974): the chance of an item is the softmax of its weighted features. The negatives are drawn uniformly, so
the softmax over the draw estimates the one over the catalogue. Convex, a few dozen weights, solved by L-BFGS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .types import Floats

_PENALTY = 1e-3
_STEPS = 60
_LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class Linear:
    """One weight per channel."""

    names: tuple[str, ...]
    weights: Floats

    @classmethod
    def fit(cls, names: Sequence[str], cases: Floats) -> Linear:
        """Solve for cases of shape (cases, 1 + negatives, channels) whose first item is the right one."""
        from scipy.optimize import minimize

        flat = cases.reshape(-1, cases.shape[-1])
        middle, spread = flat.mean(axis=0), flat.std(axis=0) + _LEAST_SPREAD
        scaled = np.asarray((cases - middle) / spread, dtype=np.float32)

        def loss(weights: Floats) -> tuple[float, Floats]:
            logits = scaled @ weights.astype(np.float32)
            chances = np.exp(logits - logits.max(axis=1, keepdims=True))
            chances /= chances.sum(axis=1, keepdims=True)
            value = -float(np.mean(np.log(chances[:, 0] + 1e-12))) + _PENALTY * float(weights @ weights)
            chances[:, 0] -= 1.0
            slope = np.tensordot(chances, scaled, axes=((0, 1), (0, 1))) / len(scaled)
            return value, np.asarray(slope + 2 * _PENALTY * weights, dtype=np.float64)

        found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
        return cls(tuple(names), np.asarray(found.x / spread, dtype=np.float32))

    def score(self, channels: Mapping[str, Floats]) -> Floats:
        """Return the weighted sum per moment and item, shape (moments, items)."""
        total = np.zeros(next(iter(channels.values())).shape, dtype=np.float32)
        for name, weight in zip(self.names, self.weights, strict=True):
            total += weight * channels[name]
        return total
