"""Measures of exposure on lists small enough to count by hand, and what the sweep's numbers choose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from evals.ranking.exposure import World, expose, gini, popularity_percentiles
from evals.variety.cases import Asked
from evals.variety.figures import Figures, Step, accuracy, chosen_place, ndcg
from retrieval.types import Item, Query

ITEMS = [
    Item(id="a", title="A", popularity=8, attributes={"genres": ("Comedy",)}),
    Item(id="b", title="B", popularity=4, attributes={"genres": ("Drama",)}),
    Item(id="c", title="C", popularity=2, attributes={"genres": ("Drama",)}),
    Item(id="d", title="D", popularity=2, attributes={"genres": ("War",)}),
]
ROWS = {"a": (1, 0), "b": (0, 1), "c": (0, 1), "d": (-1, 0)}


def rows(ids: Sequence[str]) -> np.ndarray:
    return np.array([ROWS[item_id] for item_id in ids], dtype=np.float32)


WORLD = World({item.id: item for item in ITEMS}, rows, "genres")


def test_what_two_lists_expose() -> None:
    seen = expose([["a", "b"], ["a", "c"]], WORLD, [["b"], ["a", "c"]])
    assert seen.coverage == 0.75
    assert seen.gini == pytest.approx(gini([2, 1, 1, 0]))
    assert seen.novelty == pytest.approx((1 + 2 + 1 + 3) / 4)  # shares of 1/2, 1/4, 1/2 and 1/8
    assert seen.diversity == pytest.approx(1.0)
    assert seen.percentile == pytest.approx((0.875 + 0.625 + 0.875 + 0.25) / 4)
    assert seen.lift == pytest.approx((6 / 4 + 5 / 5) / 2)
    assert seen.miscalibration == pytest.approx((0.688 + 0.0) / 2, abs=0.01)


def test_what_cannot_be_measured_is_none_and_not_zero() -> None:
    nothing = expose([[], []], WORLD)
    assert nothing.lists == 2
    assert nothing.coverage is None and nothing.gini is None and nothing.percentile is None
    no_profiles = expose([["a"]], WORLD)
    assert no_profiles.lift is None and no_profiles.miscalibration is None and no_profiles.diversity is None


def test_gini_of_equal_and_of_one_sided_counts() -> None:
    assert gini([3, 3, 3]) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([0, 0]) == 0


def test_items_equally_popular_share_their_place() -> None:
    assert popularity_percentiles(ITEMS) == {"a": 0.875, "b": 0.625, "c": 0.25, "d": 0.25}


def test_ndcg_counts_at_most_what_could_be_there() -> None:
    assert ndcg(["a", "b"], frozenset("ab"), 10) == 1
    assert ndcg(["c", "a"], frozenset("a"), 10) == pytest.approx(1 / np.log2(3))
    assert ndcg([], frozenset("a"), 10) == 0


def step(place: float | None, each: Sequence[float]) -> Step:
    asked = [Asked(str(at), Query(), frozenset("a")) for at in range(len(each))]
    figures = accuracy([["a"] if value else ["b"] for value in each], asked, 10, 1)
    return Step(name=str(place), place=place, figures=Figures(**figures, exposure=expose([["a"]], WORLD)))


def test_the_dial_goes_as_far_as_no_source_loses_significantly() -> None:
    """The second source objects from 0.4 on: there, every user is worse off."""
    alike = [1, 0] * 20
    fine = [step(None, [1] * 40), step(0.0, alike), step(0.2, alike), step(0.4, alike), step(0.6, [0] * 40)]
    wary = [step(None, [1] * 40), step(0.0, alike), step(0.2, alike), step(0.4, [0] * 40), step(0.6, [0] * 40)]
    assert chosen_place([fine], 1) == 0.4
    assert chosen_place([fine, wary], 1) == 0.2
