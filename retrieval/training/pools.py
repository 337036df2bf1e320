"""Find the candidates a reranker will really be shown: BM25, dense vectors and co-mention, fused by reciprocal rank.

Every rank breaks ties at random: a catalogue's own order often follows popularity and would leak the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..encoders import half_precision
from ..plain import Bm25, CoMentions, reciprocal_ranks
from .corpus import Corpus, Task

Scores = NDArray[np.float32]


class PoolMaker:
    """Give each task of a corpus its candidates in fused order, with the fused score."""

    def __init__(self, corpus: Corpus, texts: Sequence[str], cache: Path, seed: int) -> None:
        """Prepare the channels; item and query vectors are kept in ``cache``."""
        self._corpus = corpus
        self._bm25 = Bm25(texts)
        self._together = CoMentions(members_of(corpus.tasks.get("train", ())), len(corpus.items))
        self._popularity = np.asarray(corpus.popularity, dtype=np.float32)
        self._rng = np.random.default_rng(seed)
        self._trained = self._together.groups
        self._vectors = embed(texts, cache)
        tasks = [task for part in corpus.tasks.values() for task in part]
        queries = list(dict.fromkeys(task.query for task in tasks))
        self._queries = dict(zip(queries, embed(queries, cache), strict=True))

    def pool(self, task: Task, depth: int) -> tuple[NDArray[np.int64], Scores]:
        """Return up to ``depth`` item positions, best fused first, and their fused scores."""
        channels = [self._bm25.score(task.query), self._vectors @ self._queries[task.query]]
        if task.mentions:
            channels.append(self._together.score(task.mentions, task.group))
        if task.learns_popularity:
            channels.append(self._without_own(task))
        fused = np.zeros(len(self._corpus.items), dtype=np.float32)
        for scores in channels:
            fused += reciprocal_ranks(scores, self._rng)
        fused[list(task.excluded)] = -1.0
        best = np.argsort(-fused, kind="stable")[:depth]
        best = best[fused[best] > 0]
        return best, fused[best]

    def prior(self, task: Task) -> Scores:
        """Return log(1 + popularity) of every item, the task's own label not counted."""
        return np.asarray(np.log1p(self._without_own(task)), dtype=np.float32)

    def _without_own(self, task: Task) -> Scores:
        counts = self._popularity.copy()
        if task.learns_popularity and task.group in self._trained:
            counts[list(task.positives)] -= 1
        return counts


def members_of(tasks: Iterable[Task]) -> dict[str, set[int]]:
    """Return the items named in each group, as mention or answer."""
    members: dict[str, set[int]] = {}
    for task in tasks:
        members.setdefault(task.group, set()).update(task.positives, task.mentions)
    return members


def embed(texts: Sequence[str], cache: Path, batch: int = 64) -> Scores:
    """Return MiniLM vectors of unit length, one row a text, read from ``cache`` where they were made before."""
    digest = hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:16]
    path = cache / f"vectors-{digest}.npy"
    if path.is_file():
        return np.asarray(np.load(path), dtype=np.float32)
    import torch

    from .network import encoder_folder, load_bert, load_tokenizer

    tokenizer, model = load_tokenizer(encoder_folder()), load_bert().eval()
    order = np.argsort([len(text) for text in texts], kind="stable")
    rows = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode(), half_precision("auto"):
        for start in range(0, len(order), batch):
            picked = order[start : start + batch]
            inputs = tokenizer(
                [texts[at] for at in picked], max_length=64, truncation=True, padding=True, return_tensors="pt"
            )
            hidden = model(**inputs).last_hidden_state.float()
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            mean = (hidden * mask).sum(1) / mask.sum(1)
            rows[picked] = torch.nn.functional.normalize(mean, dim=-1).numpy()
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, rows)
    return rows
