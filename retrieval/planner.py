"""Choose how to honour hard constraints by how many items satisfy them; and the settings of a search. Pure.

Constraints are exact and come before the cut to k under every plan. Only the cost differs:

- few eligible: score exactly those from the matrix, ``O(eligible)``;
- most eligible: ask the vector index for more than needed and drop what does not satisfy, ``O(log n)``; when too few
  survive, fall back to scoring exactly;
- all eligible: ask the vector index.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from .graph.config import GraphConfig
from .modalities.weights import SensesConfig
from .types import Value

_CHOICE_PER_ITEM = 2
"""Candidates per wanted item, at least, so that diversity has something to choose from."""


class SearchConfig(Value):
    """Say how candidates are found, fused and ordered."""

    pool: int = Field(100, ge=10, le=2000)
    """Candidates that each channel gives; more where more items are asked for."""
    exact_limit: int = Field(20_000, ge=0)
    """Up to this many eligible items are always scored one by one: 10 ms for 17,472 of 384 numbers."""
    max_fetch: int = Field(2000, ge=10)
    """Most candidates asked of the vector index at once; a plan that needs more scores exactly instead."""
    margin: float = Field(1.5, ge=1.0)
    """How many times the expected need is fetched, since the nearest items satisfy constraints less evenly than all."""
    dense_weight: float = Field(1.0, ge=0.0)
    """Weight of similarity in meaning."""
    lexical_weight: float = Field(1.0, ge=0.0)
    """Weight of search by word."""
    like_weight: float = Field(1.0, ge=0.0)
    """Weight of similarity to liked and distance from disliked items."""
    collaborative_weight: float = Field(1.0, ge=0.0)
    """Weight of what people with the same likes liked besides, once many likes are known; fewer count for less. Of no
    effect unless ``collaborative.model`` names a trained model."""
    popularity_weight: float = Field(0.5, ge=0.0)
    """Weight of being well known, among the candidates of the other channels."""
    novelty_weight: float = Field(1.5, ge=0.0)
    """How far the novelty dial moves the weight of being well known, each way."""
    wish_weight: float = Field(3.0, ge=0.0)
    """What satisfying all soft constraints is worth; 1 is a first place in one channel."""
    wish_say: float = Field(2.0, ge=0.0)
    """What satisfying all soft constraints is worth once more beside the reranker's say, in standard scores."""
    dislike_share: float = Field(0.5, ge=0.0)
    """How much likeness to a disliked item takes from likeness to the liked ones."""
    graph: GraphConfig = GraphConfig()
    """How what items have in common is searched."""
    senses: SensesConfig = SensesConfig()
    """How pictures, sounds and films are searched."""


class Plan(Value):
    """How one search honours its hard constraints."""

    kind: Literal["exact", "overfetch", "unfiltered", "empty"]
    fetch: int = 0
    """Candidates to ask the vector index for; 0 when it is not asked."""


def pool_size(k: int, config: SearchConfig) -> int:
    """Return how many candidates each channel gives when k items are asked for."""
    return max(config.pool, _CHOICE_PER_ITEM * k)


def plan_search(total: int, eligible: int, needed: int, config: SearchConfig) -> Plan:
    """Return the cheapest plan that is still exact.

    Args:
        total: items in the index.
        eligible: items that satisfy every hard constraint.
        needed: candidates wanted of the vector index, those that will be excluded counted.
        config: the limits.
    """
    if eligible == 0:
        return Plan(kind="empty")
    if eligible == total:
        return Plan(kind="unfiltered", fetch=min(total, needed))
    if eligible <= config.exact_limit:
        return Plan(kind="exact")
    fetch = math.ceil(config.margin * needed * total / eligible)
    return Plan(kind="overfetch", fetch=fetch) if fetch <= config.max_fetch else Plan(kind="exact")
