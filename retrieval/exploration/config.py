"""Settings of exploration."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..types import Value

MOST_HEAD = 16
"""Exact chances need a sum over all subsets of the head: 65,536 of them, about 20 ms."""


class ExplorationConfig(Value):
    """Whether part of the order is left to chance, so that feedback can judge other orders.

    Only lists that are logged explore (see ``feedback``), and chance never brings in an item that a hard condition
    rules out.
    """

    mode: Literal["off", "plackett_luce", "epsilon", "thompson"] = "off"
    """``plackett_luce`` draws the order by the scores; ``epsilon`` now and then fills the last places at random;
    ``thompson`` orders by what ``palate train bandit`` learnt, drawn from how unsure it is."""
    head: int = Field(12, ge=2, le=MOST_HEAD)
    """How many items, best first, may change places; at least as many as are shown, to let others in."""
    temperature: float = Field(1.0, ge=0.05, le=10.0)
    """For ``plackett_luce``: how much chance there is. Scores are taken in standard deviations of the head; at 0.05
    the order hardly changes, at 10 all orders are about as likely."""
    epsilon: float = Field(0.1, ge=0.0, le=1.0)
    """For ``epsilon``: how often the last places are filled at random."""
    places: int = Field(1, ge=1, le=10)
    """For ``epsilon``: how many last places."""
    state: str = ""
    """For ``thompson``: the file that ``palate train bandit`` wrote. It never changes while serving."""
