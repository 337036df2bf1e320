"""Bounds that lean on what was said before, and bounds behind words of aversion."""

from __future__ import annotations

import pytest

from agent.types import Conversation, Preference
from agent.understanding import LexicalUnderstander


def bound(understander: LexicalUnderstander, said: str, *held: Preference) -> list[tuple[str, str, object]]:
    update = understander.understand(said, Conversation(session_id="s", preferences=held), "t2")
    return [(wish.attribute, wish.op, wish.value) for wish in update.add if wish.attribute in ("runtime", "year")]


def held(attribute: str, value: float) -> Preference:
    return Preference(id=attribute, attribute=attribute, op="lt", value=value, turn_id="t1", quote="q")


@pytest.mark.parametrize(
    ("said", "op", "value"),
    [("under 100 then", "lt", 100), ("ok, at most 75", "le", 75), ("over 80", "gt", 80), ("not over 80", "le", 80)],
)
def test_a_number_with_a_direction_speaks_of_what_was_bounded_last(
    understander: LexicalUnderstander, said: str, op: str, value: float
) -> None:
    assert bound(understander, said, held("runtime", 60)) == [("runtime", op, value)]
    assert bound(understander, said) == []


def test_a_year_says_that_it_is_one_whatever_was_bounded_last(understander: LexicalUnderstander) -> None:
    assert bound(understander, "before 1990", held("runtime", 60)) == [("year", "lt", 1990)]
    assert bound(understander, "under 50 please", held("year", 1990)) == [], "years are not counted from nought"


@pytest.mark.parametrize(
    "said",
    [
        "Bea can't stand anything over 110 minutes",
        "she can't deal with anything longer than 110 minutes",
        "I cannot manage a film over 110 minutes",
        "we couldn't cope with anything over 110 minutes",
    ],
)
def test_what_nobody_can_bear_beyond_a_bound_is_the_bound(understander: LexicalUnderstander, said: str) -> None:
    assert bound(understander, said) == [("runtime", "le", 110)]
