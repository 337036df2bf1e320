"""Measuring a reranker inside a search: the same heads for every order, disturbances that cost, attacks that count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from retrieval.demo import schema
from retrieval.training import depth_markdown, depth_table
from retrieval.training.corpus import Corpus, Task, demo_searched
from retrieval.training.searched import SearchBench, robustness_markdown
from retrieval.training.speed import Arithmetic, SpeedReport, speed_markdown
from retrieval.types import Hit, Item, Query, SearchResult

WORDS = ("melancholy", "frightening", "heartwarming", "thrilling")


class FixedSearch:
    """Finds every item in the order of its number, whatever is asked."""

    schema = schema()

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items

    def search(self, query: Query) -> SearchResult:
        kept = [item for item in self.items if item.id not in query.exclude_ids]
        hits = [
            Hit(item=item, rank=at + 1, score=1.0, stages={"fused": 1.0 / (60 + at)}) for at, item in enumerate(kept)
        ]
        return SearchResult(hits=tuple(hits), eligible=len(kept), plan="exact", timings_ms={})


class CountsWords:
    """Scores a text by the words it shares with the request."""

    name = "counter"

    def score(self, query: str, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        asked = query.lower().split()
        return np.array([sum(text.lower().count(word) for word in asked) for text in texts], dtype=np.float32)


def bench() -> SearchBench:
    items = [Item(id=f"t{at}", title=f"T{at}", description=WORDS[at % 4], popularity=float(at)) for at in range(40)]
    tasks = [
        Task("demo", f"g{word}", f"something {word}", frozenset(range(at, 40, 4))) for at, word in enumerate(WORDS)
    ]
    corpus = Corpus("demo", items, {"tune": tasks, "test": tasks})
    search = FixedSearch([*items, Item(id="learnt", title="L")])
    return SearchBench(search, CountsWords(), corpus, frozenset({"learnt"}))  # type: ignore[arg-type]


def test_the_fewer_candidates_are_reranked_the_less_of_its_worth_is_left() -> None:
    """Every fourth item is right, and its words say so: what stands below the cut is not lifted."""
    judged = bench().judged("test", lambda line: None)
    rows = depth_table(judged, (40, 12, 0))
    assert [row.depth for row in rows] == [40, 12, 0]
    assert rows[0].ndcg > rows[1].ndcg > rows[2].ndcg
    assert rows[0].lost == 0.0
    assert rows[2].lost == pytest.approx(rows[0].ndcg - rows[2].ndcg)
    served = {row.name: row for row in bench().report(lambda line: None).rows}
    assert rows[0].ndcg == served["blend as shipped"].ndcg
    assert rows[2].ndcg == served["no reranking (fused)"].ndcg
    assert depth_markdown(rows).splitlines()[2].startswith("| 40 | ")


def test_orders_are_compared_on_the_same_heads() -> None:
    rows = {row.name: row for row in bench().report(lambda line: None).rows}
    assert rows["cross-encoder alone"].ndcg == 1.0
    assert rows["no reranking (fused)"].ndcg < 0.5
    assert rows["blend tuned here"].gain > 0.3


def test_disturbances_cost_the_reranker_and_attacks_lift_the_attackers() -> None:
    everything = bench().robustness(4, 1, lambda line: None)
    typos = everything[0]
    assert typos.requests > 0
    assert typos.lost["no reranking"] == 0.0
    stuffing = next(one for one in everything if "stuffed" in one.kind)
    assert stuffing.attackers is not None
    assert stuffing.attackers["cross-encoder alone, after"] > stuffing.attackers["cross-encoder alone, before"]
    assert stuffing.attackers["no reranking, after"] == stuffing.attackers["no reranking, before"]
    assert "stuffed" in robustness_markdown(everything)


def test_requests_for_kept_back_films_leave_those_learnt_from_out() -> None:
    corpus, learnt = demo_searched(seed=1, limit=3)
    ids = {item.id for item in corpus.items}
    assert learnt
    assert not learnt & ids
    tasks = [task for part in corpus.tasks.values() for task in part]
    assert len({task.group for task in tasks}) <= 3
    assert all(corpus.items[at].id not in learnt for task in tasks for at in task.positives)
    assert all(any(corpus.items[at].id == task.group for at in task.positives) for task in tasks)


def test_speed_is_told_as_ratios() -> None:
    rows = (
        Arithmetic(name="torch float32", cpu_seconds=0.6, wall_seconds=0.4, times_faster={}),
        Arithmetic(name="int8", cpu_seconds=0.2, wall_seconds=0.1, times_faster={"torch float32": 3.0}),
    )
    text = speed_markdown(SpeedReport(texts=50, rounds=3, threads=2, rows=rows))
    assert "torch float32: 3.00" in text
    assert "needs model.float32.onnx" in text


@pytest.mark.parametrize("lost", [0.001, -0.002])
def test_what_int8_loses_is_told(lost: float) -> None:
    report = SpeedReport(
        texts=50, rounds=3, threads=2, rows=(), ndcg={"int8": 0.4}, ndcg_lost=lost, ndcg_lost_interval=(-0.01, 0.01)
    )
    assert f"{lost:+.2%}" in speed_markdown(report)
