"""Measure a reranker on kept-back requests beside doing nothing, on identical pools, with intervals over groups."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..rerank import RerankConfig, standard, standard_logits
from ..types import Value
from .cards import TaskScores, task_scores
from .metrics import interval, ndcg, paired_p, recall
from .pairs import Candidates, Domain

Score = Callable[[str, Sequence[str]], NDArray[np.float32]]

K = 10
GRID: Sequence[tuple[float, float]] = tuple(itertools.product((0.0, 0.25, 0.5, 1.0, 2.0, 4.0), (0.0, 0.25, 0.5, 1.0)))
"""Weights of the cross-encoder and of popularity that the tuning part chooses from; the fused order always weighs 1."""


class Row(Value):
    """One way of ordering the pool."""

    name: str
    recall: float
    recall_interval: tuple[float, float]
    ndcg: float
    ndcg_interval: tuple[float, float]
    gain: float
    """nDCG@10 above the fused order, task by task."""
    gain_interval: tuple[float, float]
    p: float = 1.0
    """Of the gain being chance, two-sided, by flipping the sign of whole groups."""


class DomainReport(Value):
    """All orders of one domain's test pools."""

    domain: str
    tasks: int
    groups: int
    ceiling: float
    """Recall@10 of the best possible order of the pools."""
    weights: tuple[float, float]
    """The blend's weights of cross-encoder and popularity, chosen on the tuning part."""
    rows: tuple[Row, ...]


class Report(Value):
    """What a training run measured, with what it takes to repeat it."""

    command: str
    seed: int
    steps: int
    domains: tuple[DomainReport, ...]
    numbers: dict[str, float] = Field(default_factory=dict)
    """Sizes, speeds and agreements that do not belong to a domain."""


@dataclass(frozen=True)
class Judged:
    """A task's pool with everything that can order it."""

    found: Candidates
    logits: NDArray[np.float32]
    popularity: NDArray[np.float64]

    def order(self, weights: tuple[float, float, float]) -> list[int]:
        """Return the pool by the weighted standard scores of fused rank, cross-encoder and popularity."""
        parts = (standard(self.found.fused), standard_logits(self.logits), standard(self.popularity))
        scores = sum(weight * part for weight, part in zip(weights, parts, strict=True))
        # The pool stands in fused order, which broke its own ties at random.
        return [self.found.at[at] for at in np.argsort(-np.asarray(scores), kind="stable")]


def judge(domain: Domain, part: str, score: Score, limit: int, depth: int = 50) -> list[Judged]:
    """Score the pools of a part's tasks, whether or not they hold an answer: a missed answer stays missed."""
    judged = []
    for found in domain.candidates(part, limit, depth):
        if not found.at:
            continue
        logits = score(found.task.query, [domain.texts[at] for at in found.at])
        popularity = np.array([found.priors[at] for at in found.at], dtype=np.float64)
        judged.append(Judged(found, logits, popularity))
    return judged


def choose_weights(judged: Sequence[Judged]) -> tuple[float, float]:
    """Return the weights with the best nDCG@10; the least weight on a draw."""
    return max(GRID, key=lambda pair: (round(_mean_ndcg(judged, (1.0, *pair)), 4), -sum(pair)))


def compare(name: str, judged: Sequence[Judged], weights: tuple[float, float]) -> DomainReport:
    """Measure the fused order, popularity, the cross-encoder alone and the blends on the same pools."""
    orders = _orders(weights)
    baseline = _ndcgs(judged, orders["no reranking (fused)"])
    groups = [one.found.task.group for one in judged]
    rights = [one.found.task.positives for one in judged]
    best = [
        min(K, len(right.intersection(one.found.at))) / min(K, len(right))
        for one, right in zip(judged, rights, strict=True)
    ]
    return DomainReport(
        domain=name,
        tasks=len(judged),
        groups=len(set(groups)),
        ceiling=float(np.mean(best)),
        weights=weights,
        rows=tuple(_row(label, judged, groups, order, baseline) for label, order in orders.items()),
    )


def order_scores(report: DomainReport, judged: Sequence[Judged]) -> Iterator[TaskScores]:
    """Yield every order's nDCG@10 task by task, so that another run can be held against it."""
    tasks = [one.found.task for one in judged]
    for name, order in _orders(report.weights).items():
        yield task_scores(f"{report.domain} nDCG@{K}, {name}", tasks, _ndcgs(judged, order))


def _orders(weights: tuple[float, float]) -> Mapping[str, tuple[float, float, float]]:
    shipped = RerankConfig()
    return {
        "no reranking (fused)": (1.0, 0.0, 0.0),
        "popularity alone": (0.0, 0.0, 1.0),
        "cross-encoder alone": (0.0, 1.0, 0.0),
        "fused + popularity": (1.0, 0.0, 1.0),
        "blend tuned here": (1.0, *weights),
        "blend as shipped": (1.0, shipped.weight, shipped.popularity_weight),
    }


def markdown(report: Report) -> str:
    """Write the report as Markdown tables, no reranking beside ours in each."""
    lines = [f"Command: `{report.command}` (seed {report.seed}, {report.steps} steps)", ""]
    for domain in report.domains:
        lines += [*domain_markdown(domain), ""]
    if report.numbers:
        lines += ["### Size, speed, agreement", "", "| what | value |", "|---|---|"]
        lines += [f"| {name} | {value:.4g} |" for name, value in report.numbers.items()]
    return "\n".join(lines).rstrip() + "\n"


def domain_markdown(domain: DomainReport) -> list[str]:
    """Write one domain's table, line by line."""
    return [
        f"### {domain.domain}",
        "",
        f"{domain.tasks} requests in {domain.groups} groups; the best order of these pools would reach recall@10"
        f" {domain.ceiling:.3f}. Blend tuned here: fused + {domain.weights[0]:g} x cross-encoder"
        f" + {domain.weights[1]:g} x popularity.",
        "",
        "| order | recall@10 | nDCG@10 | nDCG@10 above no reranking | p |",
        "|---|---|---|---|---|",
        *(_line(row) for row in domain.rows),
    ]


def _line(row: Row) -> str:
    cells = (row.name, _span(row.recall, row.recall_interval), _span(row.ndcg, row.ndcg_interval))
    gain = "" if row.name.startswith("no reranking") else _span(row.gain, row.gain_interval, "+")
    p = "" if row.name.startswith("no reranking") else f"{row.p:.3f}"
    return f"| {' | '.join((*cells, gain, p))} |"


def _span(value: float, ends: tuple[float, float], sign: str = "") -> str:
    return f"{value:{sign}.3f} ({ends[0]:{sign}.3f} to {ends[1]:{sign}.3f})"


def _row(
    name: str,
    judged: Sequence[Judged],
    groups: Sequence[str],
    order: tuple[float, float, float],
    baseline: Sequence[float],
) -> Row:
    gains = _ndcgs(judged, order)
    recalls = [recall(one.order(order), one.found.task.positives, K) for one in judged]
    above = [ours - theirs for ours, theirs in zip(gains, baseline, strict=True)]
    return Row(
        name=name,
        recall=float(np.mean(recalls)),
        recall_interval=interval(recalls, groups),
        ndcg=float(np.mean(gains)),
        ndcg_interval=interval(gains, groups),
        gain=float(np.mean(above)),
        gain_interval=interval(above, groups),
        p=paired_p(above, groups),
    )


def _ndcgs(judged: Sequence[Judged], order: tuple[float, float, float]) -> list[float]:
    return [ndcg(one.order(order), one.found.task.positives, K) for one in judged]


def _mean_ndcg(judged: Sequence[Judged], order: tuple[float, float, float]) -> float:
    return float(np.mean(_ndcgs(judged, order)))
