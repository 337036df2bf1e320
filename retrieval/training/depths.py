"""What it costs to rerank fewer candidates: the same heads and logits, cut at each depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..rerank import RerankConfig
from ..types import Value
from .metrics import interval, ndcg, paired_p
from .report import Judged, K


class Depth(Value):
    """Quality of the blend as shipped when so many candidates are reranked; the others keep their fused order."""

    depth: int
    ndcg: float
    """nDCG@10."""
    ndcg_interval: tuple[float, float]
    lost: float
    """nDCG@10 below that of the first depth, request by request."""
    lost_interval: tuple[float, float]
    p: float
    """Of the loss being chance, two-sided."""


def depth_table(judged: Sequence[Judged], depths: Sequence[int]) -> tuple[Depth, ...]:
    """Measure each depth on the same requests; the first is what the others are held against. 0 reranks none."""
    shipped = RerankConfig()
    weights = (1.0, shipped.weight, shipped.popularity_weight)
    groups = [one.found.task.group for one in judged]
    scores = {depth: [_ndcg(one, depth, weights) for one in judged] for depth in depths}
    rows = []
    for depth, found in scores.items():
        lost = [full - part for full, part in zip(scores[depths[0]], found, strict=True)]
        rows.append(
            Depth(
                depth=depth,
                ndcg=float(np.mean(found)),
                ndcg_interval=interval(found, groups),
                lost=float(np.mean(lost)),
                lost_interval=interval(lost, groups),
                p=paired_p(lost, groups),
            )
        )
    return tuple(rows)


def depth_markdown(rows: Sequence[Depth]) -> str:
    """Write the rows as a table."""
    lines = ["| reranked | nDCG@10 | nDCG@10 lost | p |", "|---|---|---|---|"]
    for row in rows:
        low, high = row.lost_interval
        quality = f"{row.ndcg:.3f} ({row.ndcg_interval[0]:.3f} to {row.ndcg_interval[1]:.3f})"
        first = row is rows[0]
        cells = ("", "") if first else (f"{row.lost:+.3f} ({low:+.3f} to {high:+.3f})", f"{row.p:.3f}")
        lines.append(f"| {' | '.join((str(row.depth), quality, *cells))} |")
    return "\n".join(lines) + "\n"


def _ndcg(judged: Judged, depth: int, weights: tuple[float, float, float]) -> float:
    found = judged.found
    head = Judged(
        replace(found, at=found.at[:depth], fused=found.fused[:depth]), judged.logits[:depth], judged.popularity[:depth]
    )
    return ndcg([*head.order(weights), *found.at[depth:]], found.task.positives, K)
