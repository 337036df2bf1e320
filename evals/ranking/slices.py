"""What stands behind a mean: the long tail of targets, and what a row recommends to everybody. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .harness import Outcome, Turn
from .resample import Resampler
from .results import Bias, Facts, Figure, Slice
from .types import Board, Sample, members_of

_CUTS = (0.25, 0.5, 0.75, 1.0)
_HEAD = 0.1


def fame_of(board: Board) -> NDArray[np.float64]:
    """Return how many training dialogues name each item; where there are none, the items' own popularity."""
    if board.joint:
        return np.array([item.popularity for item in board.items], dtype=np.float64)
    counts = np.zeros(len(board.items))
    for members in members_of([*board.train, *board.tune]).values():
        counts[list(members)] += 1
    return counts


def facts_of(board: Board, turns: Sequence[Turn]) -> Facts:
    """Count what the samples are like."""
    novel = [sample for sample in board.test if sample.novel]
    learnt = [*board.train, *board.tune]
    known = set().union(*members_of(learnt).values())
    return Facts(
        items=len(board.items),
        samples=len(board.test),
        turns=len(turns),
        groups=len({sample.group for sample in board.test}),
        novel=len(novel),
        repeated=1 - len(novel) / len(board.test),
        train_groups=len({sample.group for sample in learnt}),
        train_samples=len(learnt),
        unseen=float(np.mean([sample.target not in known for sample in novel])) if novel else 0.0,
    )


class Tail:
    """Cuts novel samples into those never seen in training and four parts by fame, as even as ties allow."""

    def __init__(self, samples: Sequence[Sample], fame: NDArray[np.float64], seed: int) -> None:
        """Find the cuts on the test's own targets."""
        self._samples = samples
        counts = fame[[sample.target for sample in samples]] if samples else np.zeros(0)
        seen = counts[counts > 0]
        self._parts: list[tuple[str, NDArray[np.int64]]] = [("never", np.flatnonzero(counts == 0))]
        below = 0.0
        for most in np.unique(np.quantile(seen, _CUTS, method="inverted_cdf")) if seen.size else ():
            members = np.flatnonzero((counts > below) & (counts <= most))
            self._parts.append((f"{below + 1:.0f}-{most:.0f}", members))
            below = float(most)
        self._seed = seed

    def slices(self, ranks: NDArray[np.int64]) -> tuple[Slice, ...]:
        """Return recall@10 in each part, the rank of each sample's target given."""
        return tuple(self._slice(label, members, ranks) for label, members in self._parts)

    def _slice(self, label: str, members: NDArray[np.int64], ranks: NDArray[np.int64]) -> Slice:
        if not members.size:
            return Slice(label=label, samples=0, recall_at_10=None)
        hits = (ranks[members] <= 10).astype(np.float64)[:, None]
        low, high = Resampler([self._samples[at].group for at in members], self._seed).interval(hits)
        figure = Figure(value=float(hits.mean()), low=float(low[0]), high=float(high[0]))
        return Slice(label=label, samples=int(members.size), recall_at_10=figure)


def bias_of(outcome: Outcome, fame: NDArray[np.float64]) -> Bias | None:
    """Return what the row recommends in its first ten over all turns; None where it has no lists."""
    if outcome.tops is None:
        return None
    shown = np.bincount(outcome.tops.ravel(), minlength=len(fame)).astype(np.float64)
    best_known = np.argsort(-fame, kind="stable")[: max(1, round(_HEAD * len(fame)))]
    return Bias(
        coverage=float(np.mean(shown > 0)),
        gini=gini(shown),
        head=float(shown[best_known].sum() / shown.sum()),
    )


def gini(counts: NDArray[np.float64]) -> float:
    """Return the Gini coefficient of non-negative counts, 0 (all equal) to nearly 1; 0 where all are zero."""
    ordered = np.sort(counts)
    total = ordered.sum()
    if total == 0:
        return 0.0
    places = np.arange(1, ordered.size + 1)
    return float((2 * places - ordered.size - 1) @ ordered / (ordered.size * total))
