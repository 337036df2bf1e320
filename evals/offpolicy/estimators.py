"""Estimate what an order brings a list from lists of another order. Pure.

What a list brings is the sum of what its places bring, and a place brings what its item is worth there, whatever
stands around it (the item-position model of Li et al., KDD 2018). Under that model:

- IPS weighs each place by the chance of its item there under the new order over that under the logged one (Horvitz and
  Thompson, 1952); SNIPS divides by the mean weight of the place (Swaminathan and Joachims, NeurIPS 2015).
- DR predicts what every candidate would bring and weighs only the error of the prediction (Dudik, Langford and Li,
  ICML 2011). The prediction of a list is fitted on other sessions.

Each estimate comes as one influence value a list, so that intervals resample sessions without fitting again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .table import LogTable, Numbers


@dataclass(frozen=True)
class Estimate:
    """What an order brings a list, with what intervals need."""

    value: float
    influence: Numbers
    """One value a list, whose mean is ``value``."""


@dataclass(frozen=True)
class Weights:
    """Importance of each place of each list, and how far the log supports the new order."""

    weights: Numbers
    """Shape (lists, places), clipped."""
    clipped: float
    """Share of places whose weight was cut."""
    unsupported: float
    """Share of the new order's chance on items that the logged order never put at that place."""
    sample: float
    """Effective sample size, of the place where it is least: how many lists of the new order the log is worth
    (Kish, 1965)."""


def weigh(table: LogTable, target: Numbers, clip: float) -> Weights:
    """Return the importance of places for an order given as chances (lists, candidates, places)."""
    logged, wanted = table.at_shown(table.logging), table.at_shown(target)
    possible = table.filled & (logged > 0)
    raw = np.divide(wanted, logged, out=np.zeros_like(logged), where=possible)
    weights = np.minimum(raw, clip)
    lost = (target * (table.logging <= 0)).sum() / max(target.sum(), 1e-12)
    squares = (weights**2).sum(axis=0)
    sizes = np.where(squares > 0, weights.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1.0), 0.0)
    return Weights(weights, float((raw > clip)[table.filled].mean()), float(lost), float(sizes.min()))


def root_clip(table: LogTable) -> float:
    """Return the largest weight for a log of this length: the root of the number of lists (Ionides, 2008)."""
    return max(1.0, math.sqrt(len(table.shown)))


def logged_mean(table: LogTable) -> Estimate:
    """Return what the logged order brought: no estimate of any other."""
    influence = table.rewards.sum(axis=1)
    return Estimate(float(influence.mean()), influence)


def replay(table: LogTable, target: Numbers) -> Estimate:
    """Return the mean of those places where the logged list agrees with the order, unweighted: biased."""
    agreed = np.where(table.filled, table.at_shown(target), 0.0)
    return _ratios(table, agreed)


def ips(table: LogTable, weights: Weights) -> Estimate:
    """Return the inverse propensity estimate."""
    influence = (weights.weights * table.rewards).sum(axis=1)
    return Estimate(float(influence.mean()), influence)


def snips(table: LogTable, weights: Weights) -> Estimate:
    """Return the self-normalised inverse propensity estimate, each place normalised by itself."""
    return _ratios(table, weights.weights)


def doubly_robust(table: LogTable, target: Numbers, weights: Weights, predictions: Numbers) -> Estimate:
    """Return the doubly robust estimate with predictions of shape (lists, candidates, places)."""
    expected = (target * predictions).sum(axis=(1, 2))
    error = np.where(table.filled, table.rewards - table.at_shown(predictions), 0.0)
    influence = expected + (weights.weights * error).sum(axis=1)
    return Estimate(float(influence.mean()), influence)


def _ratios(table: LogTable, weights: Numbers) -> Estimate:
    """Return the sum over places of the weighted mean reward, linearised for its influence."""
    mass = np.maximum(weights.mean(axis=0), 1e-12)
    share = table.filled.mean(axis=0)
    means = (weights * table.rewards).mean(axis=0) / mass
    # A place that only some lists have counts by how many have it.
    error = np.where(table.filled, table.rewards - means, 0.0)
    influence = (weights * error / mass * share).sum(axis=1) + (table.filled * means).sum(axis=1)
    return Estimate(float((means * share).sum()), influence)
