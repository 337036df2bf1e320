from __future__ import annotations

import pytest

from retrieval.planner import SearchConfig, plan_search, pool_size

CONFIG = SearchConfig(pool=100, exact_limit=1000, max_fetch=600, margin=1.5)


@pytest.mark.parametrize(
    ("total", "eligible", "needed", "kind", "fetch"),
    [
        (10_000, 0, 100, "empty", 0),
        (0, 0, 100, "empty", 0),
        (10_000, 10_000, 100, "unfiltered", 100),
        (10_000, 10_000, 130, "unfiltered", 130),
        (50, 50, 100, "unfiltered", 50),
        (10_000, 1, 100, "exact", 0),
        (10_000, 1000, 100, "exact", 0),
        (10_000, 5000, 100, "overfetch", 300),
        (10_000, 5000, 120, "overfetch", 360),
        (10_000, 1001, 100, "exact", 0),
    ],
)
def test_the_plan_follows_from_selectivity(total: int, eligible: int, needed: int, kind: str, fetch: int) -> None:
    plan = plan_search(total, eligible, needed, CONFIG)
    assert (plan.kind, plan.fetch) == (kind, fetch)


def test_no_plan_asks_for_more_than_the_limit() -> None:
    for eligible in range(1, 10_000, 37):
        plan = plan_search(10_000, eligible, 105, CONFIG)
        assert plan.fetch <= CONFIG.max_fetch
        assert plan.kind in ("exact", "overfetch")


def test_a_long_list_widens_the_pool() -> None:
    assert pool_size(5, CONFIG) == 100
    assert pool_size(200, CONFIG) == 400
