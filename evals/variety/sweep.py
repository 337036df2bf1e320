"""Answer the same searches at every place of the dial, and by trivial rules beside it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import Retriever, VarietyConfig
from retrieval.types import Query, Reranker, TextEncoder, Vectors

from ..ranking.exposure import World, expose
from .cases import Asked
from .figures import Figures, Step, accuracy

K = 10
_HEAD = 50
PENALTY = 1.0
"""Weight of the standard score of log(1 + popularity) in the popularity-penalised row."""
PLACES = tuple(round(0.1 * step, 1) for step in range(11))
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Weights of calibration that are tried."""

Progress = Callable[[str], None]
Answer = Callable[[Asked], list[str]]


class RememberingReranker:
    """Score each pair once: a sweep asks for the same pairs again and again."""

    def __init__(self, reranker: Reranker) -> None:
        """Take the reranker that scores what is new."""
        self.name = reranker.name
        self._reranker = reranker
        self._known: dict[tuple[str, str], float] = {}

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one logit per text, shape (n,)."""
        new = [text for text in dict.fromkeys(texts) if (query, text) not in self._known]
        if new:
            scored = self._reranker.score(query, new)
            self._known.update({(query, text): float(logit) for text, logit in zip(new, scored, strict=True)})
        return np.array([self._known[(query, text)] for text in texts], dtype=np.float32)


class RememberingEncoder:
    """Encode each query once, for the same reason."""

    def __init__(self, encoder: TextEncoder) -> None:
        """Take the encoder of what is new."""
        self.name = encoder.name
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        return self._encoder.dimension

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query text."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode_query([text])
        return np.concatenate([self._known[text] for text in texts])

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per item text."""
        return self._encoder.encode_items(texts)


class Sweeper:
    """Measures one catalogue; draws depend on the seed alone."""

    def __init__(self, retriever: Retriever, world: World, seed: int) -> None:
        """Take the open retriever and the catalogue it searches."""
        self._retriever = retriever
        self._world = world
        self._seed = seed
        self._heads: dict[Query, list[tuple[str, float]]] = {}

    def steps(self, asked: Sequence[Asked], tell: Progress) -> list[Step]:
        """Return the trivial rows, then each place of the dial."""
        found = [self._step(name, None, asked, self._trivial[name]) for name in self._trivial]
        for place in PLACES:
            tell(f"dial {place:.1f}, {len(asked)} searches")
            found.append(self._step(f"dial {place:.1f}", place, asked, self._dialled(place)))
        return found

    def weights(self, asked: Sequence[Asked], place: float, tell: Progress) -> list[Step]:
        """Return what each weight of calibration does at one place of the dial."""
        found = []
        for weight in WEIGHTS:
            tell(f"calibration {weight}, {len(asked)} searches")
            varied = self._retriever.varied(VarietyConfig(calibration=weight))
            answer = self._dialled(place, varied)
            found.append(self._step(f"calibration {weight:g}", weight, asked, answer))
        return found

    def _step(self, name: str, place: float | None, asked: Sequence[Asked], answer: Answer) -> Step:
        lists = [answer(one) for one in asked]
        profiles = [one.profile for one in asked] if all(one.profile for one in asked) else None
        figures = Figures(**accuracy(lists, asked, K, self._seed), exposure=expose(lists, self._world, profiles))
        return Step(name=name, place=place, figures=figures)

    @cached_property
    def _trivial(self) -> Mapping[str, Answer]:
        return {
            "no diversification": self._plain,
            "random order of the top 50": self._shuffled,
            "popularity penalised": self._penalised,
        }

    def _dialled(self, place: float, retriever: Retriever | None = None) -> Answer:
        searched = retriever or self._retriever

        def answer(one: Asked) -> list[str]:
            query = one.query.model_copy(update={"k": K, "adventure": place, "seed": f"{self._seed}/{one.group}"})
            return [hit.item.id for hit in searched.search(query).hits]

        return answer

    @cached_property
    def _uncalibrated(self) -> Retriever:
        return self._retriever.varied(VarietyConfig(calibration=0.0))

    def _head(self, one: Asked) -> list[tuple[str, float]]:
        """Return the ids and scores of the best 50 without any diversification, which all trivial rows start from."""
        if one.query not in self._heads:
            plain: dict[str, Any] = {"k": _HEAD, "diversity": 0.0, "novelty": 0.0}
            hits = self._uncalibrated.search(one.query.model_copy(update=plain)).hits
            self._heads[one.query] = [(hit.item.id, hit.score) for hit in hits]
        return self._heads[one.query]

    def _plain(self, one: Asked) -> list[str]:
        return [item_id for item_id, _ in self._head(one)[:K]]

    def _shuffled(self, one: Asked) -> list[str]:
        ids = [item_id for item_id, _ in self._head(one)]
        random.Random(f"{self._seed}/{one.group}/{one.query.text}").shuffle(ids)
        return ids[:K]

    def _penalised(self, one: Asked) -> list[str]:
        head = self._head(one)
        scores = np.array([score for _, score in head])
        fame = np.log1p([self._world.items[item_id].popularity for item_id, _ in head])
        order = np.argsort(-(_standard(scores) - PENALTY * _standard(fame)), kind="stable")
        return [head[at][0] for at in order[:K]]


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread else np.zeros_like(values)
