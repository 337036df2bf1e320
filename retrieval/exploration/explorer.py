"""Draw the order of a head of candidates as the settings say. Holds nothing that a draw changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from .bandit import LinearBandit, read_state
from .config import ExplorationConfig
from .luce import chances_of, draw_order, order_chance, weights_of
from .swap import draw_swap
from .types import Draw


class Explorer:
    """One policy of exploration; threads may share it."""

    def __init__(self, config: ExplorationConfig, bandit: LinearBandit | None = None) -> None:
        """Read what the policy needs.

        Raises:
            FeedbackError: the mode is ``thompson`` and its state is missing or cannot be read.
        """
        self.config = config
        if config.mode == "thompson" and bandit is None:
            bandit = LinearBandit(read_state(config.state))
        self._bandit = bandit
        learnt = bandit.state.digest() if bandit is not None else ""
        self.digest = hashlib.sha256(f"{config.model_dump_json()}{learnt}".encode()).hexdigest()[:16]

    @property
    def on(self) -> bool:
        """Whether anything is left to chance."""
        return self.config.mode != "off"

    def spare(self, k: int) -> int:
        """Return how many candidates behind the first k are needed."""
        return max(0, self.config.head - k) if self.on else 0

    def draw(self, features: Sequence[Mapping[str, float]], k: int, seed: int) -> Draw:
        """Return the first k places drawn among candidates, best first, that have a ``final`` score.

        Places behind the head keep their candidates.
        """
        head = min(len(features), self.config.head)
        drawn = self._head(features[:head], min(k, head), seed)
        rest = range(head, min(k, len(features)))
        chances = np.zeros((len(features), min(k, len(features))))
        chances[:head, : min(k, head)] = drawn.chances
        for place in rest:
            chances[place, place] = 1.0
        return Draw((*drawn.order, *rest), chances, drawn.list_chance)

    def _head(self, features: Sequence[Mapping[str, float]], places: int, seed: int) -> Draw:
        config, count = self.config, len(features)
        if count < 2 or not self.on:
            return Draw(tuple(range(places)), np.eye(count, places), 1.0)
        if config.mode == "epsilon":
            return draw_swap(count, places, config.epsilon, config.places, seed)
        if self._bandit is not None:
            return self._bandit.draw(features, places, seed)
        weights = weights_of([row["final"] for row in features], config.temperature)
        order = draw_order(weights, places, seed)
        return Draw(order, chances_of(weights, places), order_chance(weights, order))


def seed_of(session_id: str, turn_id: str) -> int:
    """Return the seed of a turn's draw: the same turn gives the same list again."""
    return int.from_bytes(hashlib.sha256(f"{session_id}|{turn_id}".encode()).digest()[:6], "big")
