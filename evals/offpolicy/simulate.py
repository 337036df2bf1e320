"""A world in which the value of every order is known exactly, to check estimators against. Pure.

A request has candidates with features; how relevant each is depends on them and on something that no feature tells.
People look at a place the less the further down it is and click what they look at by its relevance. A session has
several requests of one person, who clicks more or less than others, so that lists of a session are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.exploration import chances_of, draw_order, weights_of

from .table import LogTable, Numbers

CANDIDATES, PLACES, FEATURES = 10, 5, 4
_LISTS_A_SESSION = 3
_MOODS = (0.6, 1.4)
"""How much more or less than the mean people click; in the mean 1."""


@dataclass(frozen=True)
class World:
    """A population of requests."""

    features: Numbers
    """Shape (requests, candidates, features)."""
    clicks: Numbers
    """Chance of a click on a candidate at a place, in the mean over people, (requests, candidates, places)."""
    logging: Numbers
    """Chance of each candidate at each place when logged."""
    weights: Numbers
    """Plackett and Luce's weights, (requests, candidates)."""

    def value(self, target: Numbers) -> float:
        """Return the exact number of clicks a list that an order brings."""
        return float((target * self.clicks).sum(axis=(1, 2)).mean())


def make_world(requests: int, temperature: float, seed: int) -> World:
    """Return a population whose logged lists are drawn at a temperature over a middling ranker's score."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((requests, CANDIDATES, FEATURES))
    hidden = 0.5 * rng.standard_normal((requests, CANDIDATES))
    taste = features @ np.array([0.9, 0.6, -0.4, 0.0]) + 0.4 * features[..., 0] * features[..., 1] + hidden
    relevance = 1.0 / (1.0 + np.exp(1.2 - taste))
    looked = 1.0 / np.arange(1, PLACES + 1) ** 0.7
    clicks = relevance[:, :, None] * looked / max(_MOODS)
    ranker = features @ np.array([0.7, 0.0, 0.3, 0.4])
    weights = np.array([weights_of(row.tolist(), temperature) for row in ranker])
    logging = np.array([chances_of(row, PLACES) for row in weights])
    return World(features, clicks, logging, weights)


def orders(world: World) -> dict[str, Numbers]:
    """Return orders to judge: a better ranker, one close to the logged one, a worse one."""
    coefficients = {
        "better": [0.9, 0.6, -0.4, 0.0],
        "close": [0.7, 0.15, 0.2, 0.4],
        "worse": [-0.3, 0.0, 0.6, 0.6],
    }
    return {name: _top(world.features @ np.array(by)) for name, by in coefficients.items()}


def draw_log(world: World, sessions: int, seed: int) -> tuple[LogTable, list[int]]:
    """Return a log of sessions, and the request of each list."""
    rng = np.random.default_rng(seed)
    lists = sessions * _LISTS_A_SESSION
    requests = rng.integers(0, len(world.features), lists)
    seeds = rng.integers(0, 2**48, lists)
    shown = np.array(
        [draw_order(world.weights[request], PLACES, int(one)) for request, one in zip(requests, seeds, strict=True)]
    )
    numbers = np.repeat(np.arange(sessions), _LISTS_A_SESSION)
    moods = rng.choice(_MOODS, sessions)[numbers]
    chances = np.take_along_axis(world.clicks[requests], shown[:, None, :], axis=1)[:, 0, :]
    rewards = (rng.random(chances.shape) < chances * moods[:, None]).astype(np.float64)
    table = LogTable(
        features=world.features[requests],
        real=np.ones((lists, CANDIDATES), dtype=bool),
        logging=world.logging[requests],
        shown=shown,
        filled=np.ones((lists, PLACES), dtype=bool),
        rewards=rewards,
        sessions=numbers,
    )
    return table, requests.tolist()


def of_lists(target: Numbers, requests: Sequence[int]) -> Numbers:
    """Return an order's chances for the lists of a log."""
    return np.asarray(target[np.asarray(requests)], dtype=np.float64)


def _top(scores: Numbers) -> Numbers:
    chances = np.zeros((*scores.shape, PLACES))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :PLACES]
    rows = np.arange(len(scores))[:, None]
    chances[rows, best, np.arange(PLACES)] = 1.0
    return chances
