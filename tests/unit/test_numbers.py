"""Numbers are read with their direction, in whatever form people write them."""

from __future__ import annotations

import pytest

from agent.understanding.numbers import NumberReader
from agent.understanding.text import tokenize
from retrieval.types import AttributeSpec, CatalogSchema

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="year", kind="number", aliases=("released",)),
        AttributeSpec(name="runtime", kind="number", unit="min", aliases=("length",)),
        AttributeSpec(name="score", kind="number", unit="%", aliases=("critics", "rated")),
        AttributeSpec(name="oscars", kind="number", aliases=("oscar",)),
        AttributeSpec(name="box_office", kind="number", unit="US$", aliases=("grossed",)),
    ),
)


def read(text: str) -> list[tuple[str, str, object]]:
    tokens = tokenize(text)
    return [(m.attribute, m.op, m.value) for m in NumberReader(SCHEMA).find(tokens, [False] * len(tokens))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before 1995", ("year", "lt", 1995)),
        ("pre-1980", ("year", "lt", 1980)),
        ("older than 1970", ("year", "lt", 1970)),
        ("not before 1990", ("year", "ge", 1990)),
        ("nothing after 2000", ("year", "le", 2000)),
        ("don't want anything older than 1990", ("year", "ge", 1990)),
        ("from 1990 on", ("year", "ge", 1990)),
        ("made since 2005", ("year", "ge", 2005)),
        ("a film from 1994", ("year", "eq", 1994)),
        ("not from 1994", ("year", "ne", 1994)),
        ("around 2000", ("year", "between", (1998.0, 2002.0))),
        ("from the 80s", ("year", "between", (1980.0, 1989.0))),
        ("mid-nineties", ("year", "between", (1994.0, 1996.0))),
        ("early 2000s", ("year", "between", (2000.0, 2003.0))),
        ("no 80s films", ("year", "outside", (1980.0, 1989.0))),
        ("after the 80s", ("year", "gt", 1989)),
        ("before the 70s", ("year", "lt", 1970)),
        ("between 1980 and 1990", ("year", "between", (1980.0, 1990.0))),
        ("1980-1990", ("year", "between", (1980.0, 1990.0))),
        ("from 1980 to 1985", ("year", "between", (1980.0, 1985.0))),
        ("under 90 minutes", ("runtime", "lt", 90)),
        ("over three hours", ("runtime", "gt", 180)),
        ("no longer than two and a half hours", ("runtime", "le", 150)),
        ("less than an hour and a half", ("runtime", "lt", 90)),
        ("1h30 max", ("runtime", "le", 90)),
        ("no longer than two and a quarter hours", ("runtime", "le", 135)),
        ("I cannot sit for longer than an hour and three quarters", ("runtime", "le", 105)),
        ("under three quarters of an hour", ("runtime", "lt", 45)),
        ("between ninety and a hundred and ten minutes", ("runtime", "between", (90.0, 110.0))),
        ("<90min", ("runtime", "lt", 90)),
        ("year >= 2000", ("year", "ge", 2000)),
        ("2000+", ("year", "ge", 2000)),
        ("made before I was born, and I was born in 1948", ("year", "lt", 1948)),
        ("he won't watch anything black and white or before 1980", ("year", "ge", 1980)),
        ("two hours or less", ("runtime", "le", 120)),
        ("90+ minutes", ("runtime", "ge", 90)),
        ("I have 95 minutes", ("runtime", "le", 95)),
        ("between 90 and 120 minutes", ("runtime", "between", (90.0, 120.0))),
        ("2 to 3 hours", ("runtime", "between", (120.0, 180.0))),
        ("about 2 hours long", ("runtime", "between", (110.0, 130.0))),
        ("from the fiftys", ("year", "between", (1950.0, 1959.0))),
        ("less then 2 hrs", ("runtime", "lt", 120)),
        ("100 minutes and not a second more", ("runtime", "le", 100)),
        ("up to an hour and three quarters", ("runtime", "le", 105)),
        ("can't bear anything before 1980", ("year", "ge", 1980)),
        ("critics like it, let's say 85 or better", ("score", "ge", 85)),
        ("critics above 90", ("score", "gt", 90)),
        ("rated 90 or above", ("score", "ge", 90)),
        ("at least 3 Oscars", ("oscars", "ge", 3)),
        ("grossed over $100 million", ("box_office", "gt", 100_000_000)),
    ],
)
def test_one_condition(text: str, expected: tuple[str, str, object]) -> None:
    assert read(text) == [expected]


def test_two_conditions_in_one_sentence() -> None:
    assert read("from the 70s, at least two hours") == [("year", "between", (1970.0, 1979.0)), ("runtime", "ge", 120)]
    assert read("made since 2005, at most 100 min") == [("year", "ge", 2005), ("runtime", "le", 100)]


@pytest.mark.parametrize("text", ["for my 7 year old", "the first two", "I love it"])
def test_what_is_no_condition(text: str) -> None:
    assert read(text) == []


def test_a_duration_is_given_in_the_unit_of_the_attribute() -> None:
    """A catalogue may hold hours."""
    hours = CatalogSchema(name="c", attributes=(AttributeSpec(name="length", kind="number", unit="h"),))
    tokens = tokenize("under 90 minutes")
    found = NumberReader(hours).find(tokens, [False] * len(tokens))
    assert [(m.op, m.value) for m in found] == [("lt", 1.5)]
