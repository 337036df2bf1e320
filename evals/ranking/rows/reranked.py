"""The order without reranking with its head reordered by the shipped cross-encoder, as the application does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval import RerankConfig, blend, item_text, load_reranker, query_text
from retrieval.demo import schema
from retrieval.types import Reranker

from ...errors import CannotScoreError
from ..types import Board, Sample, Scores
from .dense import Encoded, NoRerank

_NAMED = 4
"""Items mentioned that the query names, the latest; what the model was trained with."""


class Reranked:
    """The shipped cross-encoder with the shipped weight over the first candidates of ``no-rerank``."""

    name = "reranked"

    def __init__(self, encoded: Encoded, seed: int, config: RerankConfig | None = None) -> None:
        """Take what makes the vectors, the seed of ties, and the reranker's settings."""
        self._fused = NoRerank(encoded, seed)
        self._config = config or RerankConfig()

    def fit(self, board: Board) -> None:
        """Fit the channels, load the model and write the items as it reads them."""
        reranker = load_reranker(self._config)
        if reranker is None:
            raise CannotScoreError("The reranker is switched off.")
        self._reranker: Reranker = reranker
        self._fused.fit(board)
        facts = schema()
        self._titles = [item.title for item in board.items]
        self._texts = [item_text(item, facts) for item in board.items]
        self._fame = [item.popularity for item in board.items]

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the fused order with the head's places dealt out again."""
        scores = self._fused.score(samples)
        for row, sample in zip(scores, samples, strict=True):
            self._reorder(row, sample)
        return scores

    def _reorder(self, row: np.ndarray, sample: Sample) -> None:
        open_to = row.copy()
        open_to[list(sample.mentioned)] = -np.inf
        head = np.argsort(-open_to, kind="stable")[: self._config.depth]
        head = head[open_to[head] > 0]
        if not head.size:
            return
        logits = self._reranker.score(self._asked(sample), [self._texts[at] for at in head])
        fused = row[head]
        blended = blend(fused.tolist(), logits.tolist(), [self._fame[at] for at in head], self._config)
        # The head keeps its scores, dealt out in the new order, so that all behind it stays behind.
        row[head[np.argsort(-blended, kind="stable")]] = np.sort(fused)[::-1]

    def _asked(self, sample: Sample) -> str:
        texts = [text.strip() for _, text in sample.turns if text.strip()]
        last = texts[-1] if texts else ""
        liked = [self._titles[at] for at in sample.mentioned if self._titles[at] not in last]
        return query_text(last, liked=liked[-_NAMED:])
