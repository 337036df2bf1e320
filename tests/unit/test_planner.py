from __future__ import annotations

import pytest

from retrieval.planner import SearchConfig, plan_search

CONFIG = SearchConfig(pool=100, exact_limit=1000, max_fetch=600, margin=1.5)


@pytest.mark.parametrize(
    ("total", "eligible", "excluded", "kind", "fetch"),
    [
        (10_000, 0, 0, "empty", 0),
        (0, 0, 0, "empty", 0),
        (10_000, 10_000, 0, "unfiltered", 100),
        (10_000, 10_000, 30, "unfiltered", 130),
        (50, 50, 0, "unfiltered", 50),
        (10_000, 1, 0, "exact", 0),
        (10_000, 1000, 0, "exact", 0),
        (10_000, 5000, 0, "overfetch", 300),
        (10_000, 5000, 20, "overfetch", 360),
        (10_000, 1001, 0, "exact", 0),
    ],
)
def test_the_plan_follows_from_selectivity(total: int, eligible: int, excluded: int, kind: str, fetch: int) -> None:
    plan = plan_search(total, eligible, excluded, CONFIG)
    assert (plan.kind, plan.fetch) == (kind, fetch)


def test_no_plan_asks_for_more_than_the_limit() -> None:
    for eligible in range(1, 10_000, 37):
        plan = plan_search(10_000, eligible, 5, CONFIG)
        assert plan.fetch <= CONFIG.max_fetch
        assert plan.kind in ("exact", "overfetch")
