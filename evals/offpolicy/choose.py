"""Choose the weights of the served blend by a log, and judge the choice on sessions that it was not chosen by."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from retrieval import RerankConfig
from retrieval.exploration import Logged, rerank_blend
from retrieval.types import Value

from .estimates import EvaluationConfig, OffPolicyReport, evaluate
from .estimators import doubly_robust, root_clip, weigh
from .policies import Policy, by_rerank, own_order
from .reward import predict
from .table import table_of

WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0)
POPULARITY_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)


class BlendChoice(Value):
    """Weights for ``[rerank]``, and what they are worth."""

    weight: float
    popularity_weight: float
    lists: int
    """Lists that they were chosen by."""
    report: OffPolicyReport
    """The logged ranker, today's weights and the chosen ones, on the other half of the sessions."""


def choose_blend(
    lines: Sequence[Logged], today: RerankConfig, config: EvaluationConfig | None = None, *, command: str = ""
) -> BlendChoice:
    """Return the weights whose order DR puts highest on one half of the sessions, judged on the other half.

    Orders that the half cannot tell of are left out; where none is better, today's weights stay.

    Raises:
        SupportError: the log cannot tell of any other order.
    """
    config = config or EvaluationConfig()
    learn, rest = _halves(lines, config.seed)
    chosen = max(_values(learn, today, config), key=lambda found: found[0])[1]
    policies = [own_order(), _policy("today's weights", today), _policy("chosen weights", chosen)]
    return BlendChoice(
        weight=chosen.weight,
        popularity_weight=chosen.popularity_weight,
        lists=len(learn),
        report=evaluate(rest, policies, config, command=command),
    )


def _values(lines: list[Logged], today: RerankConfig, config: EvaluationConfig) -> list[tuple[float, RerankConfig]]:
    table = table_of(lines)
    explored = [line for line in lines if line.impression.explored]
    predictions = predict(table, config.model, config.seed)
    pairs = itertools.product(WEIGHTS, POPULARITY_WEIGHTS)
    tried = [today, *(today.model_copy(update={"weight": w, "popularity_weight": p}) for w, p in pairs)]
    found = []
    for one in tried:
        target = _policy("", one).chances(explored, table)
        weights = weigh(table, target, root_clip(table))
        if one is today or weights.sample >= config.least_sample:
            found.append((doubly_robust(table, target, weights, predictions).value, one))
    return found


def _policy(name: str, config: RerankConfig) -> Policy:
    return by_rerank(name, rerank_blend(config))


def _halves(lines: Sequence[Logged], seed: int) -> tuple[list[Logged], list[Logged]]:
    sessions = sorted({line.impression.session_id for line in lines})
    chance = np.random.default_rng(seed).permutation(len(sessions)) % 2
    first = {session for session, half in zip(sessions, chance, strict=True) if half == 0}
    learn = [line for line in lines if line.impression.session_id in first]
    return learn, [line for line in lines if line.impression.session_id not in first]
