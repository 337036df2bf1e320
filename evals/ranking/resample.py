"""Intervals and chance for means over samples that come in groups: dialogues are drawn, never samples.

Intervals are percentile bootstraps (Efron 1979), drawn once for all rows, so that differences are paired. Chance is
judged by flipping, group by group, which of two rows got which figure (Fisher's randomisation test).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]

DRAWS = 2_000
FLIPS = 10_000
_CHUNK = 1_000


class Resampler:
    """The draws of one set of samples; the same seed gives the same draws."""

    def __init__(self, groups: Sequence[str], seed: int, draws: int = DRAWS) -> None:
        """Draw whole groups with replacement.

        Args:
            groups: The group of each sample; at least one.
            seed: Of every draw.
            draws: How many.
        """
        _, self._codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
        self._sizes = np.bincount(self._codes).astype(np.float64)
        count = self._sizes.size
        rng = np.random.default_rng(seed)
        self._weights = rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)
        self._seed = seed

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self._sizes.size)

    def means(self, values: Table) -> Table:
        """Return the mean of each draw, shape (draws, columns), for values of shape (samples, columns)."""
        drawn = self._weights @ self._sums(values)
        means: Table = drawn / (self._weights @ self._sizes)[:, None]
        return means

    def interval(self, values: Table) -> tuple[Table, Table]:
        """Return the ends of the 95 % interval of each column's mean."""
        low, high = np.percentile(self.means(values), [2.5, 97.5], axis=0)
        return low, high

    def chance(self, differences: Table, flips: int = FLIPS) -> Table:
        """Return the two-sided p-value of each column's mean difference; at least 1 / (flips + 1)."""
        sums = self._sums(differences)
        seen = np.abs(sums.sum(axis=0))
        rng = np.random.default_rng(self._seed + 1)
        extreme = np.zeros(sums.shape[1])
        for start in range(0, flips, _CHUNK):
            signs = rng.choice((-1.0, 1.0), size=(min(_CHUNK, flips - start), len(sums)))
            # Sums of halves and thirds differ in the last digit with the order of adding.
            extreme += (np.abs(signs @ sums) >= seen - 1e-9).sum(axis=0)
        p_values: Table = (extreme + 1) / (flips + 1)
        return p_values

    def _sums(self, values: Table) -> Table:
        sums = np.zeros((self.groups, values.shape[1]))
        np.add.at(sums, self._codes, values)
        return sums
