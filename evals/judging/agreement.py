"""Compare a judge with labels. Pure.

Agreement beyond chance is Cohen's kappa (1960), its interval the bootstrap over replies.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .judge import Judge
from .types import ASPECTS, Agreement, Aspect, Judgement, JudgeReport, LabelledReply

GOOD = 4
"""Lowest score that says "good"; fixed before any score was seen."""
FIT = 0.6
"""Kappa from which agreement counts as substantial (Landis and Koch, 1977): its lower bound must reach this for
anything to be decided by the judge's word."""
_DRAWS = 10_000


def sum_up(
    judge: Judge, replies: Sequence[LabelledReply], judgements: Sequence[Judgement], seed: int = 42
) -> JudgeReport:
    """Return how far a judge agrees with the labels.

    Args:
        judge: who graded.
        replies: with labels.
        judgements: of the same replies, in order.
        seed: of the intervals.
    """
    pairs = [(one, told) for one, told in zip(replies, judgements, strict=True) if not told.error]
    return JudgeReport(
        model=judge.name,
        prompt=judge.prompt.name,
        prompt_version=judge.prompt.version,
        prompt_sha256=judge.prompt.sha256,
        replies=len(replies),
        unscored=len(replies) - len(pairs),
        agreements=tuple(_agreement(aspect, pairs, seed) for aspect in ASPECTS) if pairs else (),
        judgements=tuple(judgements),
    )


def kappa(judged: Sequence[bool], labelled: Sequence[bool]) -> float | None:
    """Return Cohen's kappa of two raters over the same things; None when it is not defined."""
    return _kappa(np.array([judged], dtype=bool), np.array([labelled], dtype=bool))[0]


def _kappa(judged: np.ndarray, labelled: np.ndarray) -> list[float | None]:
    """Return kappa of each row; None where both raters say one and the same thing throughout."""
    observed = (judged == labelled).mean(axis=1)
    one, other = judged.mean(axis=1), labelled.mean(axis=1)
    by_chance = one * other + (1 - one) * (1 - other)
    return [
        None if chance >= 1 else float((seen - chance) / (1 - chance))
        for seen, chance in zip(observed, by_chance, strict=True)
    ]


def _agreement(aspect: Aspect, pairs: Sequence[tuple[LabelledReply, Judgement]], seed: int) -> Agreement:
    scores = np.array([getattr(told, aspect) for _, told in pairs], dtype=float)
    labelled = np.array([getattr(one, aspect) for one, _ in pairs], dtype=bool)
    judged = scores >= GOOD
    picks = np.random.default_rng(seed).integers(0, len(pairs), size=(_DRAWS, len(pairs)))
    drawn = [value for value in _kappa(judged[picks], labelled[picks]) if value is not None]
    low, high = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975))) if drawn else (None, None)
    return Agreement(
        aspect=aspect,
        replies=len(pairs),
        both=int((judged & labelled).sum()),
        only_judge=int((judged & ~labelled).sum()),
        only_label=int((~judged & labelled).sum()),
        neither=int((~judged & ~labelled).sum()),
        kappa=kappa(list(judged), list(labelled)),
        low=low,
        high=high,
        mean_good=_mean(scores[labelled]),
        mean_poor=_mean(scores[~labelled]),
    )


def _mean(scores: np.ndarray) -> float | None:
    return float(scores.mean()) if len(scores) else None
