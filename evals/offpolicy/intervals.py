"""Intervals over sessions. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .table import Numbers

DRAWS = 1000


def session_interval(
    influence: Numbers, sessions: NDArray[np.int64], seed: int = 0, draws: int = DRAWS
) -> tuple[float, float]:
    """Return the 95 % interval of the mean of values of lists, resampling whole sessions.

    The bootstrap is studentised (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12): weights
    make these values skew, and plain percentiles would be too narrow on the side of rare large ones.
    """
    count = int(sessions.max()) + 1
    sums: Numbers = np.bincount(sessions, influence, count).astype(np.float64)
    sizes = np.bincount(sessions, minlength=count).astype(np.float64)
    mean, error = _mean_and_error(sums[None], sizes[None])
    if error[0] == 0.0:
        return float(mean[0]), float(mean[0])
    picks = np.random.default_rng(seed).integers(0, count, size=(draws, count))
    means, errors = _mean_and_error(sums[picks], sizes[picks])
    usable = errors > 0
    ratios = (means[usable] - mean[0]) / errors[usable]
    low, high = np.quantile(ratios, (0.025, 0.975)) if usable.any() else (0.0, 0.0)
    return float(mean[0] - high * error[0]), float(mean[0] - low * error[0])


def _mean_and_error(sums: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the mean over lists and its standard error over sessions, for each row of (draws, sessions)."""
    total = sizes.sum(axis=1)
    means = sums.sum(axis=1) / total
    rest = sums - means[:, None] * sizes
    count = sums.shape[1]
    return means, np.sqrt((rest**2).sum(axis=1) * count / max(count - 1, 1)) / total
