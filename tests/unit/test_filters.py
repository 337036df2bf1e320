"""Constraints on single items: exact, honest about missing facts, and refused when they make no sense."""

from __future__ import annotations

import pytest

from retrieval.errors import ConstraintError
from retrieval.filters import satisfies, satisfies_all, text_key, validate
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item

SCHEMA = CatalogSchema(
    name="tracks",
    attributes=(
        AttributeSpec(name="year", kind="number"),
        AttributeSpec(name="released", kind="date"),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="label", kind="category"),
        AttributeSpec(name="live", kind="boolean"),
        AttributeSpec(name="notes", kind="text"),
    ),
)
TRACK = Item(
    id="1",
    title="So What",
    attributes={
        "year": 1959,
        "released": "1959-08-17",
        "genres": ("Jazz", "Modal  Jazz"),
        "label": "Columbia",
        "live": False,
        "notes": "Recorded in one take.",
    },
)
UNKNOWN = Item(id="2", title="Untitled")


def holds(attribute: str, op: str, value: object, item: Item = TRACK) -> bool:
    return satisfies(item, Constraint.model_validate({"attribute": attribute, "op": op, "value": value}), SCHEMA)


@pytest.mark.parametrize(
    ("attribute", "op", "value"),
    [
        ("year", "eq", 1959),
        ("year", "eq", 1959.0),
        ("year", "in", ("1958", "1959")),
        ("year", "lt", 1960),
        ("year", "le", 1959),
        ("year", "gt", 1958.5),
        ("year", "ge", 1959),
        ("year", "ne", 1960),
        ("year", "between", (1950, 1959)),
        ("year", "outside", (1960, 1969)),
        ("released", "le", "1959-08-17"),
        ("released", "gt", "1959-08-16"),
        ("genres", "eq", "jazz"),
        ("genres", "eq", "modal jazz"),
        ("genres", "in", ("Rock", "JAZZ")),
        ("genres", "not_in", ("Rock", "Pop")),
        ("genres", "ne", "Rock"),
        ("label", "eq", " columbia "),
        ("live", "eq", False),
        ("live", "ne", True),
        ("notes", "eq", "recorded in one take."),
    ],
)
def test_a_fitting_constraint_is_satisfied(attribute: str, op: str, value: object) -> None:
    assert holds(attribute, op, value)


@pytest.mark.parametrize(
    ("attribute", "op", "value"),
    [
        ("year", "lt", 1959),
        ("year", "gt", 1959),
        ("year", "ge", 1960),
        ("year", "ne", 1959),
        ("year", "between", (1960, 1970)),
        ("year", "outside", (1950, 1959)),
        ("genres", "eq", "Jaz"),
        ("genres", "ne", "JAZZ"),
        ("genres", "not_in", ("Rock", "jazz")),
        ("live", "eq", True),
    ],
)
def test_an_unfitting_constraint_is_not(attribute: str, op: str, value: object) -> None:
    assert not holds(attribute, op, value)


@pytest.mark.parametrize("op", ["eq", "in", "lt", "le", "gt", "ge"])
def test_a_missing_fact_satisfies_no_positive_constraint(op: str) -> None:
    assert not holds("year", op, 1959, UNKNOWN)


@pytest.mark.parametrize(("op", "value"), [("ne", 1959), ("not_in", ("1959",)), ("outside", (1950, 1960))])
def test_a_missing_fact_satisfies_negative_constraints(op: str, value: object) -> None:
    assert holds("year", op, value, UNKNOWN)


@pytest.mark.parametrize(
    ("attribute", "op", "value", "said"),
    [
        ("tempo", "eq", 120, "Known attributes: year"),
        ("genres", "lt", "Jazz", "Use eq, ne, in or not_in"),
        ("year", "le", "soon", "finite number"),
        ("year", "le", float("inf"), "finite number"),
        ("year", "eq", True, "finite number"),
        ("year", "le", ("1959", "1960"), "one constraint each"),
        ("year", "between", (1960, 1950), "lower one first"),
        ("year", "between", 1960, "lower one first"),
        ("released", "ge", "1959", "YYYY-MM-DD"),
        ("genres", "in", (), "at least one value"),
        ("genres", "eq", " ", "label as text"),
        ("genres", "eq", 5, "label as text"),
        ("live", "eq", "perhaps", "true or false"),
    ],
)
def test_a_constraint_that_makes_no_sense_is_refused_with_a_hint(
    attribute: str, op: str, value: object, said: str
) -> None:
    constraint = Constraint.model_validate({"attribute": attribute, "op": op, "value": value})
    with pytest.raises(ConstraintError) as refused:
        validate(constraint, SCHEMA)
    assert said in str(refused.value)


def test_all_constraints_must_hold() -> None:
    jazz = Constraint(attribute="genres", op="eq", value="Jazz")
    sixties = Constraint(attribute="year", op="ge", value=1960)
    assert satisfies_all(TRACK, [jazz], SCHEMA)
    assert not satisfies_all(TRACK, [jazz, sixties], SCHEMA)


def test_keys_fold_case_form_and_spacing_but_keep_accents() -> None:
    assert text_key("  AME\u0301LIE  Poulain ") == text_key("am\u00e9lie poulain")
    assert text_key("Amélie") != text_key("Amelie")
