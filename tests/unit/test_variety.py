"""The dial, the mix of tastes and the bounds on exposure: pure rules over small lists."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retrieval import Bound, VarietyConfig, course
from retrieval.errors import ConstraintError
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item, Query
from retrieval.variety import NEUTRAL, blended_kl, resolved
from retrieval.variety.bounds import check_bounds
from retrieval.variety.calibrate import mean_shares, shares_of
from retrieval.variety.choose import Candidates, choose
from retrieval.variety.dial import explored
from retrieval.variety.tastes import target_mix

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="cast", kind="categories", names=True),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="director", kind="category", names=True),
        AttributeSpec(name="language", kind="categories"),
    ),
)
PLAIN = VarietyConfig(calibration=0)


def film(number: int, genre: str = "Drama", director: str = "", language: str = "English") -> Item:
    facts = {"genres": tuple(genre.split("+")), "director": director or f"d{number}", "language": (language,)}
    return Item(id=f"f{number}", title=f"Film {number}", attributes=facts)


def candidates(items: Sequence[Item], relevance: Sequence[float] | None = None) -> Candidates:
    falling = relevance if relevance is not None else [1 - n / len(items) for n in range(len(items))]
    return Candidates(items, np.eye(len(items), dtype=np.float32), np.array(falling, dtype=np.float32))


def chosen(items: Sequence[Item], k: int, config: VarietyConfig, **more: object) -> tuple[list[Item], tuple[str, ...]]:
    picks, missed = choose(candidates(items), k, 0.0, config, SCHEMA, **more)  # type: ignore[arg-type]
    scores = [score for _, score in picks]
    assert scores == sorted(scores, reverse=True)
    assert len({place for place, _ in picks}) == min(k, len(items))
    return [items[place] for place, _ in picks], missed


# --- the dial


@given(st.floats(0, 1), st.floats(0, 1))
def test_every_part_rises_with_the_dial(one: float, other: float) -> None:
    low, high = course(min(one, other)), course(max(one, other))
    assert low.novelty <= high.novelty
    assert low.diversity <= high.diversity
    assert low.exploration <= high.exploration


def test_the_neutral_point_leaves_fame_as_set_and_nothing_to_chance() -> None:
    assert course(NEUTRAL).novelty == 0
    assert course(NEUTRAL).exploration == 0
    assert course(0).novelty < 0 < course(1).novelty == 1


def test_the_users_dial_wins_over_the_integrators() -> None:
    config = VarietyConfig(adventure=0.9)
    assert resolved(Query(), config).novelty == course(0.9).novelty
    assert resolved(Query(adventure=0.1), config).novelty == course(0.1).novelty


def test_what_a_caller_sets_by_hand_stays() -> None:
    config = VarietyConfig(adventure=0.9)
    assert resolved(Query(diversity=0), config) == Query(diversity=0)
    both = resolved(Query(diversity=0, adventure=1), config)
    assert (both.diversity, both.novelty) == (0, 1)


def test_exploration_needs_a_seed_and_repeats_with_it() -> None:
    scores = {f"f{n}": float(n) for n in range(20)}
    assert explored(scores, 0.5, "") == scores
    assert explored(scores, 0.0, "a") == scores
    assert explored(scores, 0.5, "a") == explored(scores, 0.5, "a") != explored(scores, 0.5, "b")


def test_exploration_draws_by_plackett_luce() -> None:
    """Two items one deviation apart at temperature one: the better is first with probability 1 / (1 + 1/e^2)."""
    scores = {"better": 2.0, "worse": 0.0}  # a standard deviation of 1, two of which lie between them
    wins = sum((noisy := explored(scores, 1.0, str(n)))["better"] > noisy["worse"] for n in range(4000))
    assert wins / 4000 == pytest.approx(1 / (1 + math.exp(-2)), abs=0.02)


# --- the mix of tastes


def test_the_mix_of_likes_is_kept() -> None:
    """Two of three likes are comedies, so a list that would be all drama becomes about two thirds comedy."""
    liked = [film(100, "Comedy"), film(101, "Comedy"), film(102, "Drama")]
    target = target_mix(Query(like_ids=("f100", "f101", "f102")), liked, VarietyConfig(), SCHEMA)
    assert target == pytest.approx({"Comedy": 2 / 3, "Drama": 1 / 3})
    pool = [film(n, "Drama") for n in range(6)] + [film(n, "Comedy") for n in range(6, 12)]
    without, _ = chosen(pool, 6, PLAIN)
    kept, _ = chosen(pool, 6, VarietyConfig(calibration=2.0), target=target)
    assert Counter(one.attributes["genres"][0] for one in without) == {"Drama": 6}  # type: ignore[index]
    assert Counter(one.attributes["genres"][0] for one in kept) == {"Comedy": 4, "Drama": 2}  # type: ignore[index]


def test_a_mix_needs_evidence_and_is_not_inferred_where_it_was_asked() -> None:
    liked = [film(1, "Comedy"), film(2, "Drama")]
    asked = Query(constraints=(Constraint(attribute="genres", op="eq", value="Horror", hard=False),))
    assert target_mix(Query(), liked[:1], VarietyConfig(), SCHEMA) == {}
    assert target_mix(Query(), liked, VarietyConfig(evidence=3), SCHEMA) == {}
    assert target_mix(asked, liked, VarietyConfig(), SCHEMA) == {}
    assert target_mix(Query(), liked, PLAIN, SCHEMA) == {}


def test_the_mix_is_over_the_first_labels_that_are_no_names() -> None:
    assert VarietyConfig().mixed_by(SCHEMA) == "genres"
    assert VarietyConfig(calibrate_by="language").mixed_by(SCHEMA) == "language"
    assert VarietyConfig(calibrate_by="unknown").mixed_by(SCHEMA) == ""
    assert VarietyConfig().mixed_by(CatalogSchema(name="empty")) == ""


def test_divergence_is_nothing_where_equal_and_finite_where_nothing_is_shared() -> None:
    half = mean_shares([shares_of(film(1, "Comedy+Drama"), "genres")])
    assert blended_kl(half, half) == pytest.approx(0, abs=1e-9)
    assert blended_kl(half, {"War": 1.0}) == pytest.approx(-math.log(0.01))
    assert blended_kl(half, {"Comedy": 0.9, "Drama": 0.1}) > blended_kl(half, {"Comedy": 0.6, "Drama": 0.4})


# --- bounds on exposure

ONE_DIRECTOR = Bound(attribute="director", most=0.4)
FOREIGN = Bound(attribute="language", op="ne", value="English", least=0.2)


def test_a_maximum_holds_for_every_value() -> None:
    pool = [film(n, director="Ann") for n in range(8)] + [film(n) for n in range(8, 12)]
    kept, missed = chosen(pool, 5, VarietyConfig(bounds=(ONE_DIRECTOR,), calibration=0))
    assert [one.id for one in kept] == ["f0", "f1", "f8", "f9", "f10"]
    assert missed == ()


def test_a_minimum_is_reached_with_the_best_of_its_group() -> None:
    pool = [film(n) for n in range(8)] + [film(8, language="French"), film(9, language="French")]
    kept, missed = chosen(pool, 5, VarietyConfig(bounds=(FOREIGN,), calibration=0))
    assert [one.id for one in kept] == ["f0", "f1", "f2", "f3", "f8"]
    assert missed == ()


def test_a_bound_that_cannot_be_kept_is_told_and_the_list_stays_whole() -> None:
    pool = [film(n, director="Ann") for n in range(6)]
    kept, missed = chosen(pool, 5, VarietyConfig(bounds=(ONE_DIRECTOR, FOREIGN), calibration=0))
    assert len(kept) == 5
    assert missed == (
        "at most 40% of a list with one director",
        "at least 20% of a list with language ne English",
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=25), st.integers(1, 10))
def test_bounds_that_can_be_kept_one_by_one_never_shorten_a_list(drawn: list[tuple[int, bool]], k: int) -> None:
    pool = [
        film(n, director=f"d{director}", language="French" if foreign else "English")
        for n, (director, foreign) in enumerate(drawn)
    ]
    for bound in (ONE_DIRECTOR, FOREIGN):
        kept, missed = chosen(pool, k, VarietyConfig(bounds=(bound,), calibration=0))
        size = min(k, len(pool))
        largest = max(Counter(str(one.attributes["director"]) for one in kept).values())
        foreign = sum(one.attributes["language"] == ("French",) for one in kept)
        directors = Counter(director for director, _ in drawn)
        most = max(1, math.floor(0.4 * size + 1e-9))
        if bound is ONE_DIRECTOR and sum(min(most, count) for count in directors.values()) >= size:
            assert largest <= most
            assert missed == ()
        if bound is FOREIGN and sum(abroad for _, abroad in drawn) >= math.ceil(0.2 * size):
            assert foreign >= math.ceil(0.2 * size)
            assert missed == ()


def test_bounds_must_say_something_that_fits_the_catalogue() -> None:
    for wrong in ({}, {"least": 0.2}, {"most": 0.2, "op": "ne"}, {"value": "x", "most": 0.1, "least": 0.3}):
        with pytest.raises(ValidationError):
            Bound(attribute="director", **wrong)  # type: ignore[arg-type]
    check_bounds((ONE_DIRECTOR, FOREIGN), SCHEMA)
    with pytest.raises(ConstraintError, match="'studio'"):
        check_bounds((Bound(attribute="studio", most=0.5),), SCHEMA)
