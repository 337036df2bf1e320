"""Find the candidates a reranker will really be shown: BM25, dense vectors and co-mention, fused by reciprocal rank.

Every rank breaks ties at random: a catalogue's own order often follows popularity and would leak the answer.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .corpus import Corpus, Task

Scores = NDArray[np.float32]

_WORD = re.compile(r"\w+")
_RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""
_STOP_WORDS = """
a an and any are as at be but by can for from have i if in is it like m me my of on or some something that the this to
want was what with you your movie movies film films looking recommend good
"""
_STOP = frozenset(_STOP_WORDS.split())


class Bm25:
    """Score texts by BM25 (Robertson and Zaragoza 2009) with a sparse matrix; small, for training only."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        """Weigh every word of every text once."""
        self._columns: dict[str, int] = {}
        rows, columns = [], []
        for row, text in enumerate(texts):
            for word in words_of(text):
                rows.append(row)
                columns.append(self._columns.setdefault(word, len(self._columns)))
        shape = (len(texts), len(self._columns))
        counts = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
        counts.sum_duplicates()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        holders = np.bincount(counts.indices, minlength=shape[1])
        rarity = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
        row_of = np.repeat(np.arange(shape[0]), np.diff(counts.indptr))
        norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1.0))
        counts.data = (counts.data * (k1 + 1) / (counts.data + norm[row_of]) * rarity[counts.indices]).astype(
            np.float32
        )
        self._weights = counts.tocsc()

    def score(self, query: str) -> Scores:
        """Return one score per text."""
        columns = [self._columns[word] for word in set(words_of(query)) if word in self._columns]
        return np.asarray(self._weights[:, columns].sum(axis=1), dtype=np.float32).ravel()


class CoMentions:
    """Score items by how often they stand in the same training dialogue as those mentioned, one's own left out."""

    def __init__(self, tasks: Sequence[Task], items: int) -> None:
        """Count pairs over the training dialogues."""
        members: dict[str, set[int]] = defaultdict(set)
        for task in tasks:
            members[task.group] |= task.positives | set(task.mentions)
        self._members: Mapping[str, NDArray[np.int64]] = {group: np.array(sorted(at)) for group, at in members.items()}
        rows = [row for row, at in enumerate(self._members.values()) for _ in at]
        columns = [int(at) for group in self._members.values() for at in group]
        incidence = sparse.csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(members), items)
        )
        self._pairs = (incidence.T @ incidence).tocsr()
        self._counts = np.asarray(incidence.sum(axis=0), dtype=np.float32).ravel()

    @property
    def groups(self) -> frozenset[str]:
        """The dialogues counted."""
        return frozenset(self._members)

    def score(self, task: Task) -> Scores:
        """Return one score per item; the task's own dialogue does not count."""
        total = np.zeros(self._counts.size, dtype=np.float32)
        own = self._members.get(task.group)
        for at in task.mentions:
            row = np.asarray(self._pairs[at].todense(), dtype=np.float32).ravel()
            count = self._counts[at]
            if own is not None and at in own:
                row[own] -= 1
                count -= 1
            total += row / np.sqrt(count + 1.0)
        return np.asarray(total / np.power(self._counts + 1.0, 0.3), dtype=np.float32)


class PoolMaker:
    """Give each task of a corpus its candidates in fused order, with the fused score."""

    def __init__(self, corpus: Corpus, texts: Sequence[str], cache: Path, seed: int) -> None:
        """Prepare the channels; item and query vectors are kept in ``cache``."""
        self._corpus = corpus
        self._bm25 = Bm25(texts)
        self._together = CoMentions(corpus.tasks.get("train", ()), len(corpus.items))
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
            channels.append(self._together.score(task))
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


def reciprocal_ranks(scores: Scores, rng: np.random.Generator, head: int = 300) -> Scores:
    """Return 1 / (k + rank) for the best ``head`` with a positive score and 0 for the rest, ties in random order."""
    shuffled = rng.permutation(scores.size)
    order = shuffled[np.argsort(-scores[shuffled], kind="stable")][:head]
    order = order[scores[order] > 0]
    result = np.zeros(scores.size, dtype=np.float32)
    result[order] = 1.0 / (_RRF_K + 1 + np.arange(order.size))
    return result


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text that carry meaning."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]


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
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
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
