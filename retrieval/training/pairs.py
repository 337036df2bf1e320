"""Mine groups to learn from: one item that answers a request and several that the real search would also offer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from ..rerank import PairTemplate, TokenBudget
from ..texts import item_text
from ..types import CatalogSchema, Item
from .corpus import Corpus, Task
from .pools import PoolMaker

POOL_DEPTH = 120
"""Deeper than what is reranked, so that more of the right answers are in it."""


@dataclass(frozen=True)
class Candidates:
    """A task with its pool, best fused first, as positions in the corpus."""

    task: Task
    at: tuple[int, ...]
    fused: tuple[float, ...]
    priors: Mapping[int, float]
    """log(1 + popularity) of the pool."""


@dataclass(frozen=True)
class Group:
    """A query with texts, the first of which answers it."""

    query: str
    texts: tuple[str, ...]


class Domain:
    """The texts and pools of one corpus."""

    def __init__(self, corpus: Corpus, schema: CatalogSchema, cache: Path, seed: int) -> None:
        """Write every item as text and prepare the channels of the pool."""
        self.corpus = corpus
        self.texts = [item_text(item, schema) for item in corpus.items]
        self._bare = [item_text(without_notes(item), schema) for item in corpus.items]
        self._pools = PoolMaker(corpus, self.texts, cache, seed)

    def candidates(self, part: str, limit: int | None = None, depth: int = POOL_DEPTH) -> list[Candidates]:
        """Return the pools of a part's tasks, at most ``limit`` tasks evenly spread over the part."""
        tasks = list(self.corpus.tasks.get(part, ()))
        step = max(1, len(tasks) // limit) if limit else 1
        return [self._candidates(task, depth) for task in tasks[::step][:limit]]

    def answerable(self, part: str) -> list[Candidates]:
        """Return the pools of a part's tasks that hold a right answer."""
        return [found for found in self.candidates(part) if found.task.positives.intersection(found.at)]

    def draw(self, found: Candidates, size: int, rng: random.Random) -> Group | None:
        """Return a group of ``size`` texts, or None where the pool lacks a right one or enough wrong ones.

        Right answers from outside the pool would teach that what the search finds is wrong.
        """
        task = found.task
        right = [at for at in found.at if at in task.positives]
        wrong = [at for at in found.at if at not in task.positives]
        if not right or len(wrong) < size - 1:
            return None
        picked = self._near(task, (size - 1) // 3, rng)
        picked += rng.sample([at for at in wrong if at not in picked], size - 1 - len(picked))
        chosen = [rng.choice(right), *picked]
        # Labels hide what a synopsis says; without them now and then, the synopsis is read too.
        source = self._bare if task.domain == "demo" and rng.random() < 0.3 else self.texts
        return Group(task.query, tuple(source[at] for at in chosen))

    def _near(self, task: Task, most: int, rng: random.Random) -> list[int]:
        near = sorted(task.near)
        return rng.sample(near, min(most, len(near)))

    def _candidates(self, task: Task, depth: int) -> Candidates:
        at, fused = self._pools.pool(task, depth)
        priors = self._pools.prior(task)
        known = {int(one): float(priors[one]) for one in at}
        return Candidates(task, tuple(int(one) for one in at), tuple(float(score) for score in fused), known)


def without_notes(item: Item) -> Item:
    """Return the item without the labels that a catalogue's editor added; the description stays."""
    kept = {name: value for name, value in item.attributes.items() if name not in _NOTED}
    return item.model_copy(update={"attributes": kept})


_NOTED = frozenset({"moods", "themes", "pace", "tone", "intensity"})


class PairEncoder:
    """Turn queries and texts into padded token rows, exactly as serving does."""

    def __init__(self, tokenizer: Tokenizer, budget: TokenBudget) -> None:
        """Share the tokenizer and the budget with the served model."""
        self._tokenizer = tokenizer
        self._budget = budget
        self._template = PairTemplate(tokenizer)
        self._tokens = lru_cache(maxsize=200_000)(self._encode)

    def encode(self, pairs: Sequence[tuple[str, str]]) -> dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
        """Return ``input_ids``, ``attention_mask`` and ``token_type_ids``, each of shape (pairs, longest)."""
        rows = [self._join(query, text) for query, text in pairs]
        width = max(len(ids) for ids, _ in rows)
        arrays = {name: np.zeros((len(rows), width), dtype=np.int64) for name in _INPUTS}
        for row, (ids, types) in enumerate(rows):
            arrays["input_ids"][row, : len(ids)] = ids
            arrays["attention_mask"][row, : len(ids)] = 1
            arrays["token_type_ids"][row, : len(ids)] = types
        return arrays

    def _join(self, query: str, text: str) -> tuple[list[int], list[int]]:
        words = self._tokens(query)[-self._budget.query_length :]
        room = self._budget.max_length - self._template.overhead - len(words)
        return self._template.join(words, self._tokens(text)[:room])

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)


_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
