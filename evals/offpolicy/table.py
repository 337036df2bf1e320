"""A log of shown lists as arrays, and whether it can tell of other orders. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.exploration import Logged, standard_rows

from ..errors import EvalError

Numbers = NDArray[np.float64]
Reward = Callable[[int | None], float]
"""What an item with that label is worth."""


class SupportError(EvalError):
    """Report a log that cannot tell what another order would bring."""


@dataclass(frozen=True)
class LogTable:
    """Logged lists side by side; short lists and heads are padded."""

    features: Numbers
    """Shape (lists, candidates, features), in standard deviations within each list."""
    real: NDArray[np.bool_]
    """Which candidates are no padding, shape (lists, candidates)."""
    logging: Numbers
    """Chance of each candidate at each place when it was logged, shape (lists, candidates, places)."""
    shown: NDArray[np.int64]
    """Candidate that stood at each place, shape (lists, places); 0 behind the end of a list."""
    filled: NDArray[np.bool_]
    """Which places a list has, shape (lists, places)."""
    rewards: Numbers
    """What each shown item brought, shape (lists, places); 0 behind the end."""
    sessions: NDArray[np.int64]
    """Session of each list, 0 to n - 1."""

    @property
    def places(self) -> int:
        """How many places the longest list has."""
        return int(self.shown.shape[1])

    def at_shown(self, values: Numbers) -> Numbers:
        """Return the values (lists, candidates, places) of what stood at each place, shape (lists, places)."""
        return np.take_along_axis(values, self.shown[:, None, :], axis=1)[:, 0, :]


def positive(label: int | None) -> float:
    """Count an item that was clicked, liked or accepted; one already known is no success."""
    return float(bool(label))


def table_of(lines: Sequence[Logged], reward: Reward = positive) -> LogTable:
    """Return those lists of a log that were partly left to chance as arrays.

    Raises:
        SupportError: the log is empty, or nothing in it was left to chance.
    """
    if not lines:
        raise SupportError("The log is empty.", hint="Collect lists first: feedback.enabled = true.")
    explored = [line for line in lines if line.impression.explored]
    if not explored:
        raise SupportError(
            f"None of the {len(lines)} logged lists was left to chance: every propensity is 1. What another order "
            "would have brought was never tried, so there is nothing to estimate it from.",
            hint="Set exploration.mode, for example to plackett_luce, and log new lists.",
        )
    names = sorted({name for line in explored for one in line.impression.candidates for name in one.features})
    count = max(len(line.impression.candidates) for line in explored)
    places = max(len(line.items) for line in explored)
    table = _empty(len(explored), count, places, len(names))
    numbers: dict[str, int] = {}
    for row, line in enumerate(explored):
        candidates = line.impression.candidates
        table.features[row, : len(candidates)] = standard_rows([one.features for one in candidates], names)
        table.real[row, : len(candidates)] = True
        chances = np.array([one.chances for one in candidates])
        table.logging[row, : chances.shape[0], : chances.shape[1]] = chances
        at = {one.item_id: position for position, one in enumerate(candidates)}
        for place, item in enumerate(line.items):
            table.shown[row, place] = at[item.item_id]
            table.filled[row, place] = True
            table.rewards[row, place] = reward(item.label)
        table.sessions[row] = numbers.setdefault(line.impression.session_id, len(numbers))
    return table


def _empty(lists: int, candidates: int, places: int, features: int) -> LogTable:
    return LogTable(
        features=np.zeros((lists, candidates, features)),
        real=np.zeros((lists, candidates), dtype=bool),
        logging=np.zeros((lists, candidates, places)),
        shown=np.zeros((lists, places), dtype=np.int64),
        filled=np.zeros((lists, places), dtype=bool),
        rewards=np.zeros((lists, places)),
        sessions=np.zeros(lists, dtype=np.int64),
    )
