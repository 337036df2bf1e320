"""Published counts: the noise has the stated distribution, and no user moves them by more than was stated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from agent.feedback.noise import clamped, discrete_laplace, publish
from retrieval.exploration import Logged

ITEMS = [f"i{n}" for n in range(40)]


def line(user: str, reactions: Sequence[tuple[str, str]], session: str = "s") -> Logged:
    items = [
        {"item_id": item, "position": place, "propensity": 1.0, "reactions": (kind,), "label": 1.0}
        for place, (item, kind) in enumerate(reactions, start=1)
    ]
    shown: dict[str, Any] = {"session_id": session}
    return Logged.model_construct(
        impression=type("Shown", (), shown)(),  # type: ignore[arg-type]
        user=user,
        items=tuple(type("Item", (), item)() for item in items),  # type: ignore[misc]
    )


def distance(one: Any, other: Any) -> int:
    return sum(abs(one[cell] - other[cell]) for cell in {*one, *other})


@pytest.mark.parametrize("scale", [0.5, 1.0, 10.0])
def test_noise_has_the_chances_of_the_discrete_laplace_distribution(scale: float) -> None:
    drawn = discrete_laplace(scale, (400_000,), np.random.default_rng(7))
    falls = math.exp(-1 / scale)
    for number in range(-3, 4):
        chance = (1 - falls) / (1 + falls) * falls ** abs(number)
        spread = math.sqrt(chance * (1 - chance) / len(drawn))
        assert abs(float(np.mean(drawn == number)) - chance) < 5 * spread
    assert drawn.dtype.kind == "i"


def test_one_more_reaction_changes_no_chance_by_more_than_epsilon_allows() -> None:
    """Epsilon 0.5 and one cell a user: whatever comes out, it came from either count with nearly the same chance."""
    random, tries, epsilon = np.random.default_rng(11), 300_000, 0.5
    without = discrete_laplace(1 / epsilon, (tries,), random)
    with_one = discrete_laplace(1 / epsilon, (tries,), random) + 1
    for outcome in range(-3, 5):
        one, other = (float(np.mean(drawn == outcome)) for drawn in (without, with_one))
        error = 5 * math.sqrt(1 / (one * tries) + 1 / (other * tries))
        assert abs(math.log(one / other)) < epsilon + error


@pytest.mark.parametrize("per_user", [1, 3, 8])
def test_a_user_moves_all_counts_together_by_no_more_than_the_bound(per_user: int) -> None:
    chance = np.random.default_rng(3)
    everybody = [
        line(f"u{chance.integers(6)}", [(str(chance.choice(ITEMS)), str(chance.choice(["like", "dislike", "accept"])))])
        for _ in range(300)
    ]
    for user in sorted({one.user for one in everybody}):
        alone = clamped([one for one in everybody if one.user == user], ITEMS, per_user, chance)
        assert 0 < sum(alone.values()) <= per_user and set(alone.values()) == {1}
    # The others' cells are drawn alike in both, so that what is left of the difference is the one user's.
    others = [one for one in everybody if one.user != "u5"]
    last = sorted(everybody, key=lambda one: one.user == "u5")
    whole, less = (clamped(some, ITEMS, per_user, np.random.default_rng(5)) for some in (last, others))
    assert 0 < distance(whole, less) <= per_user


def test_what_is_said_twice_counts_once_and_what_says_nothing_of_taste_does_not_count() -> None:
    random = np.random.default_rng(1)
    lines = [line("ada", [("i1", "like"), ("i1", "accept"), ("i2", "seen"), ("gone", "like")])] * 3
    assert clamped(lines, ITEMS, 10, random) == {("i1", "liked"): 1}
    nobody = [line("", [("i1", "like")], session) for session in ("s1", "s2", "s2")]
    assert clamped(nobody, ITEMS, 10, random) == {("i1", "liked"): 2}


def test_every_item_of_the_catalogue_is_published_whether_anybody_liked_it_or_not() -> None:
    published = publish([line("ada", [("i1", "like")])], ITEMS, epsilon=1.0, per_user=2)
    assert [item.item_id for item in published.items] == sorted(ITEMS)
    assert (published.epsilon, published.per_user, published.scale) == (1.0, 2, 2.0)
    assert len({item.liked for item in published.items}) > 3


def test_noise_comes_from_the_operating_system_and_never_twice_alike() -> None:
    one, other = (publish([], ITEMS, epsilon=0.1, per_user=1) for _ in range(2))
    assert one.items != other.items


def test_with_little_privacy_the_counts_are_nearly_the_true_ones() -> None:
    lines = [line(f"u{n}", [("i1", "like")]) for n in range(500)]
    (found,) = [i for i in publish(lines, ITEMS, epsilon=5.0, per_user=1).items if i.item_id == "i1"]
    assert abs(found.liked - 500) < 20
