from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.diversify import maximal_marginal_relevance
from retrieval.testing import unit_rows


def test_without_diversity_the_order_is_that_of_relevance() -> None:
    picks = maximal_marginal_relevance([0.2, 0.9, 0.5], unit_rows(3), 3, 0.0)
    assert [place for place, _ in picks] == [1, 2, 0]


def test_a_near_copy_gives_way_to_something_else() -> None:
    rows = np.array([[1, 0], [0.999, 0.045], [0, 1]], dtype=np.float32)
    plain = maximal_marginal_relevance([1.0, 0.95, 0.8], rows, 2, 0.0)
    varied = maximal_marginal_relevance([1.0, 0.95, 0.8], rows, 2, 0.7)
    assert [place for place, _ in plain] == [0, 1]
    assert [place for place, _ in varied] == [0, 2]


def test_full_diversity_still_starts_with_the_most_relevant() -> None:
    assert maximal_marginal_relevance([0.1, 0.9, 0.3], unit_rows(3), 1, 1.0)[0][0] == 1


def test_fewer_candidates_than_wanted_are_all_chosen() -> None:
    assert len(maximal_marginal_relevance([0.5, 0.5], unit_rows(2), 10, 0.5)) == 2
    assert maximal_marginal_relevance([], unit_rows(0), 10, 0.5) == []


@given(st.integers(1, 30), st.integers(1, 40), st.floats(0, 1))
def test_nothing_is_chosen_twice_and_scores_never_rise(count: int, k: int, diversity: float) -> None:
    relevance = np.random.default_rng(count).normal(size=count).astype(np.float32)
    picks = maximal_marginal_relevance(relevance, unit_rows(count), k, diversity)
    places = [place for place, _ in picks]
    scores = [score for _, score in picks]
    assert len(places) == len(set(places)) == min(k, count)
    assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-6)
