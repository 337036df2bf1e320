"""Reorder the head of a ranking by trees over all channels: LambdaMART (Burges 2010) as LightGBM implements it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .config import DialogueConfig
from .types import Floats, Ints

LINEAR = "linear"
_RANKED = (
    LINEAR,
    "together_mix",
    "together_all",
    "recommended_mix",
    "ridge",
    "labels_all",
    "people_all",
    "text_all",
    "words_names",
)
"""Channels that also speak by their rank and their distance from the best within the head."""
_HEAD = 40
"""Ranks that the loss looks at."""


@dataclass(frozen=True)
class Head:
    """The first items of one moment with all that is known of them."""

    items: Ints
    """Positions, best first by the linear blend."""
    features: Floats
    """Shape (items, features)."""
    linear: Floats
    """Score of the linear blend."""


def head(channels: Mapping[str, Floats], row: int, items: Ints, shape: Floats) -> Head:
    """Return the features of some items of a moment; ``shape`` are those of the moment itself."""
    columns = [values[row, items] for values in channels.values()]
    for name in _RANKED:
        if name in channels:
            values = channels[name][row, items]
            ranks = np.empty(len(items), dtype=np.float32)
            ranks[np.argsort(-values, kind="stable")] = np.arange(len(items), dtype=np.float32)
            columns += [ranks, values - values.max(initial=-np.inf)]
    columns += [np.full(len(items), value, dtype=np.float32) for value in shape]
    return Head(items, np.stack(columns, axis=1).astype(np.float32), channels[LINEAR][row, items])


class Trees:
    """Several rankers that differ in their draws; their mean ranks."""

    def __init__(self, models: Sequence[str]) -> None:
        """Take the models as LightGBM's own text."""
        import lightgbm

        self.models = tuple(models)
        self._boosters: list[Any] = [lightgbm.Booster(model_str=model) for model in models]

    @classmethod
    def fit(cls, heads: Sequence[Head], right: Sequence[Sequence[int]], config: DialogueConfig) -> Trees:
        """Learn from heads and the right answers of each; heads without a right answer teach nothing."""
        import lightgbm

        known = [(one, np.isin(one.items, answers)) for one, answers in zip(heads, right, strict=True)]
        known = [(one, hits) for one, hits in known if hits.any()]
        if not known:
            return cls(())
        data = lightgbm.Dataset(
            np.concatenate([one.features for one, _ in known]),
            label=np.concatenate([hits for _, hits in known]).astype(np.int32),
            group=[len(one.items) for one, _ in known],
            params={"verbosity": -1, "num_threads": config.threads},
            free_raw_data=False,
        )
        models = []
        for seed in range(config.seed, config.seed + config.seeds):
            booster = lightgbm.train(_parameters(config, seed), data, config.trees)
            models.append(booster.model_to_string())
        return cls(models)

    def score(self, one: Head) -> Floats:
        """Return a score per item of the head."""
        if not self._boosters:
            return np.zeros(len(one.items), dtype=np.float32)
        # Two hundred rows are a millisecond's work; waiting for a second thread takes longer on a busy machine.
        scores = [booster.predict(one.features, num_threads=1) for booster in self._boosters]
        return np.asarray(np.mean(scores, axis=0), dtype=np.float32)


def _parameters(config: DialogueConfig, seed: int) -> dict[str, Any]:
    return {
        "objective": "lambdarank",
        "lambdarank_truncation_level": _HEAD,
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": 100,
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "seed": seed,
        "deterministic": True,
        "num_threads": config.threads,
        "verbosity": -1,
    }
