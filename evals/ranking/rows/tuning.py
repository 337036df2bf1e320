"""Choose a row's setting on the tuning part, by novel recall@10."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from ..measures import best_first
from ..types import Board, Sample, Scores

Setting = TypeVar("Setting")

MOST = 200
"""Tuning samples that are looked at, evenly spread."""


def tuning_samples(board: Board, most: int = MOST) -> list[Sample]:
    """Return novel samples of the tuning part, at most ``most``."""
    novel = [sample for sample in board.tune if sample.novel]
    return novel[:: max(1, len(novel) // most)][:most]


def choose(settings: Sequence[Setting], board: Board, score: Callable[[Setting, Sequence[Sample]], Scores]) -> Setting:
    """Return the setting with the best recall@10, the first on a draw or where there is nothing to tune on."""
    samples = tuning_samples(board)
    if not samples or len(settings) == 1:
        return settings[0]
    asked = [sample.hidden() for sample in samples]
    return max(settings, key=lambda setting: recall(score(setting, asked), samples, 10))


def recall(scores: Scores, samples: Sequence[Sample], k: int) -> float:
    """Return the share of samples whose target stands in the first k, mentioned items left out."""
    rng = np.random.default_rng(0)
    hits = [
        sample.target in best_first(row, sample.mentioned, rng.permutation(row.size))[:k]
        for row, sample in zip(scores, samples, strict=True)
    ]
    return float(np.mean(hits))
