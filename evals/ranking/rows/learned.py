"""The plain channels weighed by LambdaMART (Burges 2010) in LightGBM: what learning to rank alone brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.plain import reciprocal_ranks

from ...errors import CannotScoreError
from ..harness import Turn, turns_of
from ..types import Board, Sample, Scores
from .dense import Encoded, plain_channels

_MOST_TURNS = 1_500
"""Turns that are learnt from, evenly spread; more brings little and costs minutes of encoding."""
_LEARN_DEPTH, _SERVE_DEPTH = 100, 300
"""Candidates of each channel, in training and in use."""
_BATCH = 64
_ROUNDS, _PATIENCE = 400, 30
_TREES: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.8,
    "lambdarank_truncation_level": 50,
    "metric": "ndcg",
    "eval_at": [10],
    "deterministic": True,
    "num_threads": 2,
    "verbosity": -1,
}


class Learned:
    """Gathers the candidates of the plain channels and orders them by a model of their scores and ranks."""

    name = "lightgbm"

    def __init__(self, encoded: Encoded, seed: int) -> None:
        """Take what makes the vectors, and the seed of ties and trees."""
        self._encoded = encoded
        self._seed = seed

    def fit(self, board: Board) -> None:
        """Fit the channels, learn on the training part and stop by the tuning part."""
        if not board.train or not board.tune:
            raise CannotScoreError("There is nothing to learn from, or nothing to stop by.")
        self._channels = plain_channels(self._encoded, board)
        self._model = self._learn(self._lessons(board.train), self._lessons(board.tune))

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the model's score for the candidates, all others behind them in fused order."""
        rng = np.random.default_rng(self._seed)
        by_channel = [channel.score(samples) for channel in self._channels]
        return np.stack(
            [self._one(sample, [scores[row] for scores in by_channel], rng) for row, sample in enumerate(samples)]
        )

    def _one(self, sample: Sample, channels: Sequence[Scores], rng: np.random.Generator) -> Scores:
        at, features, fused = _features(sample, channels, _SERVE_DEPTH, rng)
        # Reciprocal ranks sum to less than one, so nothing behind overtakes a candidate.
        scores = fused.copy()
        predicted = np.asarray(self._model.predict(features), dtype=np.float32)
        scores[at] = predicted - predicted.min() + 2.0
        return scores

    def _lessons(self, samples: Sequence[Sample]) -> list[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Return the features and labels of each turn whose candidates hold a novel answer."""
        turns = turns_of([sample for sample in samples if sample.novel])
        rng = np.random.default_rng(self._seed)
        return list(self._labelled(turns[:: max(1, len(turns) // _MOST_TURNS)][:_MOST_TURNS], rng))

    def _labelled(
        self, turns: Sequence[Turn], rng: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        for start in range(0, len(turns), _BATCH):
            batch = turns[start : start + _BATCH]
            by_channel = [channel.score([turn.asked for turn in batch]) for channel in self._channels]
            for row, turn in enumerate(batch):
                at, features, _ = _features(turn.asked, [scores[row] for scores in by_channel], _LEARN_DEPTH, rng)
                labels = np.isin(at, [sample.target for sample in turn.samples]).astype(np.int64)
                if labels.any():
                    yield features, labels

    def _learn(self, train: Sequence[tuple[Any, Any]], tune: Sequence[tuple[Any, Any]]) -> Any:
        import lightgbm

        if not train or not tune:
            raise CannotScoreError("No channel finds any training answer.")
        sets = [
            lightgbm.Dataset(
                np.concatenate([features for features, _ in part]),
                np.concatenate([labels for _, labels in part]),
                group=[len(labels) for _, labels in part],
                free_raw_data=False,
            )
            for part in (train, tune)
        ]
        return lightgbm.train(
            _TREES | {"seed": self._seed},
            sets[0],
            num_boost_round=_ROUNDS,
            valid_sets=[sets[1]],
            callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
        )


def _features(
    sample: Sample, channels: Sequence[Scores], depth: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float32], Scores]:
    """Return the candidates, what is known of each (a row a candidate), and the fused scores of all items."""
    ranks = []
    for scores in channels:
        open_to = scores.copy()
        open_to[list(sample.mentioned)] = 0.0
        ranks.append(reciprocal_ranks(open_to, rng, depth))
    fused: Scores = np.asarray(np.stack(ranks).sum(axis=0), dtype=np.float32)
    at: NDArray[np.int64] = np.flatnonzero(fused > 0)
    if not at.size:  # nothing was found: any item is as good a candidate
        at = np.arange(min(depth, fused.size))
    columns = [scores[at] for scores in channels] + [one[at] for one in ranks] + [fused[at]]
    told = np.full(at.size, len(sample.mentioned), dtype=np.float32)
    turns = np.full(at.size, len(sample.turns), dtype=np.float32)
    return at, np.stack([*columns, told, turns], axis=1).astype(np.float32), fused
