"""Turn a benchmark corpus into what the text encoder learns from: query texts, item texts, priors, folds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..demo import schema
from ..texts import item_text
from . import corpus as sets
from .corpus import Corpus, Task
from .encoder_texts import dialogue_text

FOLDS = 2
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Lesson:
    """A query with the items that answer it."""

    task: Task
    text: str


class Study:
    """One corpus as texts, with the prior that a dialogue's recommendation follows."""

    def __init__(self, corpus: Corpus, fold: int | None = None) -> None:
        """Write the items as text. With a ``fold`` (0 or 1), the training dialogues of that fold are left out."""
        self.name = corpus.name
        self.corpus = corpus
        facts = schema()
        self.texts = [item_text(item, facts) for item in corpus.items]
        self._left_out = fold

    def lessons(self, part: str) -> list[Lesson]:
        """Return the part's tasks with their query texts."""
        tasks = self.corpus.tasks.get(part, ())
        if part == "train" and self._left_out is not None:
            tasks = [task for task in tasks if fold_of(task.group) != self._left_out]
        return [Lesson(task, query_of(task, self.corpus)) for task in tasks]

    @cached_property
    def counts(self) -> Floats:
        """How often each item answers a training lesson; zeros where fame is no reason to recommend."""
        counts = np.zeros(len(self.texts), dtype=np.float32)
        for lesson in self.lessons("train"):
            if lesson.task.learns_popularity:
                counts[list(lesson.task.positives)] += 1
        return counts

    @cached_property
    def _own(self) -> dict[str, Counter[int]]:
        own: dict[str, Counter[int]] = {}
        for lesson in self.lessons("train"):
            own.setdefault(lesson.task.group, Counter()).update(lesson.task.positives)
        return own

    def prior(self, task: Task) -> Floats:
        """Return log(1 + training count) per item, the task's own dialogue not counted, shape (items,)."""
        prior = np.log1p(self.counts)
        if task.learns_popularity:
            for at, times in self._own.get(task.group, {}).items():
                prior[at] = np.log1p(max(0.0, float(self.counts[at]) - times))
        return np.asarray(prior, dtype=np.float32)


def query_of(task: Task, corpus: Corpus) -> str:
    """Return the query text of a task: the dialogue so far, or the request as it stands."""
    if not task.turns:
        return task.query
    return dialogue_text(task.turns, [corpus.items[at] for at in task.mentions])


def fold_of(group: str) -> int:
    """Return the fold of a dialogue, the same on every machine."""
    return hashlib.sha256(group.encode()).digest()[0] % FOLDS


def read_studies(names: Sequence[str], data: Path, seed: int, fold: int | None = None) -> list[Study]:
    """Read the named sets: ``redial``, ``opendialkg``, ``tags``."""
    readers = {"redial": sets.redial, "opendialkg": sets.opendialkg, "tags": sets.movielens}
    return [Study(readers[name](data, seed), fold) for name in names]
