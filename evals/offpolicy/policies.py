"""Orders to be judged, as the chance of each candidate at each place. Pure but for a reranker that scores anew.

A policy reorders the candidates of a logged list. What it would have fetched beyond those is not in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.exploration import BanditState, Impression, LinearBandit, Logged
from retrieval.types import Reranker

from .table import LogTable, Numbers, SupportError

Scorer = Callable[[Impression], Sequence[float] | Numbers]
"""Scores the candidates of a list; higher is better."""
Blend = Callable[[Sequence[float], Sequence[float], Sequence[float]], Sequence[float]]
"""(fused scores, logits, popularity) of a head -> the score to order it by."""


@dataclass(frozen=True)
class Policy:
    """An order to be judged."""

    name: str
    score: Scorer | None
    """None puts every candidate at every place equally often."""

    def chances(self, lines: Sequence[Logged], table: LogTable) -> Numbers:
        """Return the chance of each candidate at each place, shape (lists, candidates, places)."""
        chances = np.zeros_like(table.logging)
        for row, line in enumerate(lines):
            count, places = len(line.impression.candidates), len(line.items)
            if self.score is None:
                chances[row, :count, :places] = 1.0 / count
                continue
            scores = np.asarray(self.score(line.impression), dtype=np.float64)
            order = np.argsort(-scores, kind="stable")[:places]
            chances[row, order, np.arange(places)] = 1.0
        return chances


def own_order() -> Policy:
    """Return the logged ranker's own order: what is shown when exploration is switched off."""
    return Policy("logged ranker, no chance", lambda shown: -np.arange(len(shown.candidates), dtype=np.float64))


def evenly() -> Policy:
    """Return the order that is all chance."""
    return Policy("random", None)


def by_feature(name: str, label: str = "") -> Policy:
    """Return the order by one logged feature; candidates that lack it come last, in the ranker's order."""
    return Policy(label or name, lambda shown: [one.features.get(name, float("-inf")) for one in shown.candidates])


def by_bandit(state: BanditState, label: str = "bandit, mean model") -> Policy:
    """Return the order of a bandit's mean model."""
    bandit = LinearBandit(state)
    return Policy(label, lambda shown: bandit.mean_scores([one.features for one in shown.candidates]))


def by_rerank(
    label: str, blend: Blend, reranker: Reranker | None = None, texts: Mapping[str, str] | None = None
) -> Policy:
    """Return the order of a blend of the logged fused scores, the cross-encoder's logits and popularity.

    Args:
        label: name of the row.
        blend: the new way of weighing them.
        reranker: scores the pairs anew; without it the logged logits count.
        texts: item texts by id, for the reranker.
    """

    def score(shown: Impression) -> Sequence[float]:
        candidates = shown.candidates
        if reranker is None:
            logits = [one.features.get("rerank", 0.0) for one in candidates]
        elif not shown.query:
            raise SupportError(
                f"The words of list {shown.turn_id!r} were not kept, so that a new reranker cannot score it.",
                hint="Log with feedback.words = 'redacted', or leave such lists out of the file.",
            )
        else:
            logits = reranker.score(shown.query, [(texts or {}).get(one.item_id, "") for one in candidates]).tolist()
        fused = [one.features.get("fused", one.features["final"]) for one in candidates]
        return blend(fused, logits, [one.features["popularity"] for one in candidates])

    return Policy(label, score)
