from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import best_first, calibrated_fusion, reciprocal_rank_fusion


def test_scores_are_the_papers() -> None:
    fused = reciprocal_rank_fusion({"one": ["a", "b"], "two": ["b", "c"]})
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62})


def test_agreement_beats_a_single_first_place() -> None:
    fused = reciprocal_rank_fusion({"one": ["a", "b"], "two": ["c", "b"], "three": ["d", "b"]})
    assert best_first(fused)[0] == "b"


def test_weights_scale_a_list_and_zero_silences_it() -> None:
    rankings = {"one": ["a"], "two": ["b"]}
    assert best_first(reciprocal_rank_fusion(rankings, {"two": 2.0})) == ["b", "a"]
    assert set(reciprocal_rank_fusion(rankings, {"two": 0.0})) == {"a"}


def test_a_repeated_id_counts_once_at_its_best_rank() -> None:
    assert reciprocal_rank_fusion({"one": ["a", "a", "b"]}) == pytest.approx({"a": 1 / 61, "b": 1 / 62})


def test_no_lists_give_no_scores() -> None:
    assert reciprocal_rank_fusion({}) == {}
    assert reciprocal_rank_fusion({"one": []}) == {}


def test_ties_are_broken_by_id() -> None:
    assert best_first({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=1, max_size=4))
def test_moving_up_a_list_never_lowers_a_score(lists: list[list[str]]) -> None:
    rankings = {str(place): ids for place, ids in enumerate(lists)}
    before = reciprocal_rank_fusion(rankings)
    if len(lists[0]) > 1:
        last = lists[0][-1]
        after = reciprocal_rank_fusion(rankings | {"0": [last, *lists[0][:-1]]})
        assert after[last] > before[last]


def test_a_score_counts_by_its_spreads_above_the_cohort_whatever_the_space() -> None:
    background = {"narrow": (0.1, 0.01), "wide": (10.0, 5.0)}
    scores = {"narrow": {"a": 0.12, "b": 0.09}, "wide": {"c": 20.0}}
    fused = calibrated_fusion(scores, background, {}, first=1.0)
    assert fused == pytest.approx({"a": 0.5, "b": 0.0, "c": 0.5})


def test_nothing_is_gained_far_above_the_cohort() -> None:
    fused = calibrated_fusion({"one": {"a": 9.0, "b": 4.0}}, {"one": (0.0, 1.0)}, {"one": 2.0}, first=1.0)
    assert fused == pytest.approx({"a": 2.0, "b": 2.0})


def test_a_channel_with_a_zero_of_its_own_counts_by_the_share_of_its_best() -> None:
    fused = calibrated_fusion({"lexical": {"a": 8.0, "b": 2.0}, "empty": {}, "none": {"b": 0.0}}, {}, {}, first=1.0)
    assert fused == pytest.approx({"a": 1.0, "b": 0.25})
