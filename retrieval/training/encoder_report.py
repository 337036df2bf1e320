"""Measure an adapted text encoder beside BM25 and the untrained one: full ranking, with intervals over groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..plain import Bm25, reciprocal_ranks
from ..types import Value
from .cards import TaskScores, task_scores
from .encoder_data import Lesson, Study
from .metrics import interval, recall

Floats = NDArray[np.float32]
KS = (1, 10, 50)


class EncoderRow(Value):
    """One way of ranking the whole catalogue."""

    name: str
    recall: dict[int, float]
    """By k; the share of right answers found, out of at most k."""
    recall_interval: dict[int, tuple[float, float]]
    ratio: dict[str, float]
    """Recall@50 over that of another row."""
    ratio_interval: dict[str, tuple[float, float]]


class EncoderReport(Value):
    """All rows of one set's test part."""

    study: str
    tasks: int
    groups: int
    rows: tuple[EncoderRow, ...]


class StudyRanks:
    """Every row's recall on every test task of one set."""

    def __init__(self, study: Study, lessons: Sequence[Lesson], seed: int) -> None:
        """Take the tasks; rows are added one by one."""
        self.study, self.lessons = study, lessons
        self._rng = np.random.default_rng(seed)
        self._bm25 = Bm25(study.texts)
        self._words = [self._bm25.score(lesson.task.query) for lesson in lessons]
        self._rows: dict[str, dict[int, list[float]]] = {}

    def add_words(self) -> None:
        """Add the rows that need no encoder."""
        self._add("BM25", self._words)
        if any(lesson.task.learns_popularity for lesson in self.lessons):
            self._add("popularity", [self.study.prior(lesson.task) for lesson in self.lessons])

    def add_vectors(self, name: str, queries: Floats, items: Floats, scale: float) -> None:
        """Add the rows of an encoder: alone, with popularity where it counts, and fused with BM25."""
        dense = [np.asarray(items @ query, dtype=np.float32) for query in queries]
        self._add(name, dense)
        if any(lesson.task.learns_popularity for lesson in self.lessons):
            known = [
                scale * row + self.study.prior(lesson.task) for row, lesson in zip(dense, self.lessons, strict=True)
            ]
            self._add(f"{name} + log popularity", known)
        fused = [
            reciprocal_ranks(row - row.min(), self._rng) + reciprocal_ranks(words, self._rng)
            for row, words in zip(dense, self._words, strict=True)
        ]
        self._add(f"{name} fused with BM25", fused)

    def report(self) -> EncoderReport:
        """Return all rows, each with its ratios of recall@50 to the rows without training."""
        groups = [lesson.task.group for lesson in self.lessons]
        plain = [name for name in self._rows if name in ("BM25", "untrained")]
        rows = []
        for name, found in self._rows.items():
            against = {other: self._rows[other][50] for other in plain if other != name}
            rows.append(
                EncoderRow(
                    name=name,
                    recall={k: float(np.mean(values)) for k, values in found.items()},
                    recall_interval={k: interval(values, groups) for k, values in found.items()},
                    ratio={other: _ratio(found[50], values) for other, values in against.items()},
                    ratio_interval={other: _ratio_interval(found[50], v, groups) for other, v in against.items()},
                )
            )
        return EncoderReport(study=self.study.name, tasks=len(self.lessons), groups=len(set(groups)), rows=tuple(rows))

    def scores(self) -> list[TaskScores]:
        """Return each row's recall@10 and @50 task by task."""
        tasks = [lesson.task for lesson in self.lessons]
        return [
            task_scores(f"{self.study.name} recall@{k}, {name}", tasks, found[k])
            for name, found in self._rows.items()
            for k in (10, 50)
        ]

    def _add(self, name: str, scores: Sequence[Floats]) -> None:
        found: dict[int, list[float]] = {k: [] for k in KS}
        for lesson, row in zip(self.lessons, scores, strict=True):
            order = self._order(row, lesson)
            for k in KS:
                found[k].append(recall(order, lesson.task.positives, k))
        self._rows[name] = found

    def _order(self, scores: Floats, lesson: Lesson) -> list[int]:
        """Return the best positions, ties in random order, items named before left out."""
        shuffled = self._rng.permutation(scores.size)
        held = scores.copy()
        held[list(lesson.task.excluded)] = -np.inf
        order = shuffled[np.argsort(-held[shuffled], kind="stable")][: max(KS)]
        return [int(at) for at in order]


def encoder_markdown(reports: Sequence[EncoderReport]) -> str:
    """Write the reports as tables."""
    lines: list[str] = []
    for report in reports:
        head = " | ".join(f"recall@{k}" for k in KS)
        lines += [f"### {report.study}", "", f"{report.tasks} requests in {report.groups} groups, whole catalogue.", ""]
        lines += [f"| order | {head} | recall@50 against |", "|---|" + "---|" * (len(KS) + 1)]
        for row in report.rows:
            cells = [
                f"{row.recall[k]:.3f} ({row.recall_interval[k][0]:.3f} to {row.recall_interval[k][1]:.3f})" for k in KS
            ]
            ratios = "; ".join(
                f"{other} x {value:.2f} ({row.ratio_interval[other][0]:.2f} to {row.ratio_interval[other][1]:.2f})"
                for other, value in row.ratio.items()
            )
            lines.append(f"| {row.name} | {' | '.join(cells)} | {ratios} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    below = float(np.mean(theirs))
    return float(np.mean(ours)) / below if below else 0.0


def _ratio_interval(
    ours: Sequence[float], theirs: Sequence[float], groups: Sequence[str], draws: int = 1000
) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of two means over the same tasks, by drawing whole groups."""
    names = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    sums: Mapping[str, NDArray[np.float64]] = {"ours": np.zeros(len(names)), "theirs": np.zeros(len(names))}
    for a, b, group in zip(ours, theirs, groups, strict=True):
        sums["ours"][names[group]] += a
        sums["theirs"][names[group]] += b
    picks = np.random.default_rng(0).integers(0, len(names), size=(draws, len(names)))
    below = sums["theirs"][picks].sum(axis=1)
    ratios = sums["ours"][picks].sum(axis=1)[below > 0] / below[below > 0]
    if ratios.size == 0:
        return 0.0, 0.0
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)
