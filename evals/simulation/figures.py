"""Sum up simulated dialogues: success by turn, what it cost the user, and how policies compare. Pure.

Intervals are 95 % bootstrap intervals over needs (Efron and Tibshirani, 1993). Policies are compared on the same needs
and users, so ratios resample both sides together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from retrieval.types import Value

from .types import MAX_TURNS, PRIMARY_TURNS, Dialogue

_RESAMPLES = 2000


class Interval(Value):
    """A mean and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return it as ``0.31 (0.26-0.36)``."""
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


class PolicyFigures(Value):
    """How one policy did."""

    policy: str
    dialogues: int
    unscored: int
    """Dialogues that broke off with an error; not part of any figure."""
    success: Interval
    """Share of dialogues in which the target was shown within five turns: the primary figure."""
    success_by_turn: tuple[float, ...]
    """Share in which it was shown within 1, 2, ... turns."""
    acceptable: Interval
    """Share in which, within five turns, an item was shown that satisfies every want the user has in mind."""
    turns: float | None
    """Mean turn at which the target was shown, of the dialogues in which it was within all turns; None for none."""
    questions: Interval
    """Questions asked a dialogue, alone or below items, within the first five turns."""
    words: float
    """Words typed a dialogue."""
    items_read: float
    """Items shown a dialogue."""
    regret: Interval
    """1 minus the best share of wants that an item shown within five turns satisfies; 0 is best."""
    left: float
    """Share of dialogues that the user left."""
    by_type: dict[str, float]
    """Primary figure by type of user."""
    by_source: dict[str, float]
    """Primary figure by where needs come from."""


class Ratio(Value):
    """Success within five turns of one policy over another's, on the same needs."""

    policy: str
    over: str
    success: Interval
    questions: float | None
    """Questions a dialogue of the first over those of the second; None when the second asks none."""


def figures(dialogues: Sequence[Dialogue], seed: int, turns: int = MAX_TURNS) -> PolicyFigures:
    """Return the figures of one policy's dialogues of at most so many turns, at least one of them scored."""
    scored = [dialogue for dialogue in dialogues if not dialogue.error]
    found = [dialogue.found_at for dialogue in scored if dialogue.found_at is not None]
    return PolicyFigures(
        policy=dialogues[0].policy,
        dialogues=len(scored),
        unscored=len(dialogues) - len(scored),
        success=mean([succeeded(d) for d in scored], seed),
        success_by_turn=tuple(
            sum(d.found_at is not None and d.found_at <= turn for d in scored) / len(scored)
            for turn in range(1, turns + 1)
        ),
        acceptable=mean(
            [float(d.acceptable_at is not None and d.acceptable_at <= PRIMARY_TURNS) for d in scored], seed
        ),
        turns=sum(found) / len(found) if found else None,
        questions=mean([float(early_questions(d)) for d in scored], seed),
        words=sum(d.words for d in scored) / len(scored),
        items_read=sum(d.items_read for d in scored) / len(scored),
        regret=mean([1.0 - d.match_by_turn[:PRIMARY_TURNS][-1] for d in scored if d.match_by_turn], seed),
        left=sum(d.end == "left" for d in scored) / len(scored),
        by_type=_grouped(scored, lambda d: d.user_type),
        by_source=_grouped(scored, lambda d: d.source),
    )


def ratio(ours: Sequence[Dialogue], theirs: Sequence[Dialogue], seed: int) -> Ratio | None:
    """Return how much more often one policy succeeds, on the needs that both were scored on; None without a success."""
    other = {d.need_id: d for d in theirs if not d.error}
    pairs = [(d, other[d.need_id]) for d in ours if not d.error and d.need_id in other]
    first = np.array([succeeded(a) for a, _ in pairs])
    second = np.array([succeeded(b) for _, b in pairs])
    if not len(pairs) or second.sum() == 0:
        return None
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(pairs), size=(_RESAMPLES, len(pairs)))
    sums = second[picks].sum(axis=1)
    ratios = first[picks].sum(axis=1)[sums > 0] / sums[sums > 0]
    low, high = np.quantile(ratios, [0.025, 0.975])
    asked = sum(early_questions(b) for _, b in pairs)
    return Ratio(
        policy=ours[0].policy,
        over=theirs[0].policy,
        success=Interval(value=float(first.sum() / second.sum()), low=float(low), high=float(high)),
        questions=sum(early_questions(a) for a, _ in pairs) / asked if asked else None,
    )


def succeeded(dialogue: Dialogue) -> float:
    """Return 1 when the target was shown within five turns, else 0."""
    return float(dialogue.found_at is not None and dialogue.found_at <= PRIMARY_TURNS)


def early_questions(dialogue: Dialogue) -> int:
    """Return the questions asked within the first five turns."""
    return sum(exchange.screen.question is not None for exchange in dialogue.exchanges[:PRIMARY_TURNS])


def mean(values: Sequence[float], seed: int) -> Interval:
    """Return the mean with its bootstrap interval."""
    array = np.array(values, dtype=float)
    rng = np.random.default_rng(seed)
    means = array[rng.integers(0, len(array), size=(_RESAMPLES, len(array)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(value=float(array.mean()), low=float(low), high=float(high))


def _grouped(dialogues: Sequence[Dialogue], key: Callable[[Dialogue], str]) -> dict[str, float]:
    groups: dict[str, list[float]] = defaultdict(list)
    for dialogue in dialogues:
        groups[key(dialogue)].append(succeeded(dialogue))
    return {name: sum(values) / len(values) for name, values in sorted(groups.items())}
