"""Rules on what may be shown: ratings by age, blocked items and values, in every answer of the facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from retrieval import Facts, SafetyConfig
from retrieval.errors import ConstraintError
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="rating", kind="categories"),
        AttributeSpec(name="age", kind="number"),
        AttributeSpec(name="genre", kind="category"),
    ),
)
RATINGS = {"G": 0, "PG": 8, "R": 17}
ITEMS = (
    Item(id="g", title="Duck Pond", attributes={"rating": ("G",), "age": 0, "genre": "Comedy"}, popularity=5),
    Item(id="pg", title="Duck Chase", attributes={"rating": ("PG",), "age": 8, "genre": "Comedy"}, popularity=4),
    Item(id="r", title="Duck Blood", attributes={"rating": ("R",), "age": 17, "genre": "Horror"}, popularity=9),
    Item(id="cut", title="Duck Cut", attributes={"rating": ("PG", "R"), "age": 16, "genre": "Drama"}, popularity=2),
    Item(id="odd", title="Duck Odd", attributes={"rating": ("XX",), "genre": "War"}, popularity=3),
    Item(id="none", title="Duck None", attributes={"genre": "War"}, popularity=1),
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "facts.db"
    facts = Facts.create(path, SCHEMA)
    facts.upsert(ITEMS)
    facts.close()
    yield path


def shown(path: Path, **rules: Any) -> set[str]:
    """Return the ids that every way of asking agrees on."""
    facts = Facts.open(path, SafetyConfig(**rules))
    ids = set(facts.ids())
    assert facts.count() == len(ids)
    assert {item.id for item in facts.get([item.id for item in ITEMS])} == ids
    assert {item_id for item_id, _, _ in facts.titles()} == ids
    assert {item.id for item in facts.search_title("duck", limit=50)} == ids
    assert sum(facet.count for facet in facts.values("genre")) == len(ids)
    anything = Constraint(attribute="genre", op="ne", value="nothing has this")
    assert set(facts.ids([anything])) == ids
    assert sum(facet.count for facet in facts.facets("genre", [anything])) == len(ids)
    assert facts.coverage("genre") == (1.0 if ids else 0.0)
    facts.close()
    return ids


@pytest.mark.parametrize(
    ("rules", "ids"),
    [
        ({}, {"g", "pg", "r", "cut", "odd", "none"}),
        ({"max_age": 8}, {"g", "pg"}),
        ({"max_age": 7}, {"g"}),
        ({"max_age": 18}, {"g", "pg", "r", "cut"}),
        ({"max_age": 8, "unknown_rating": "allow"}, {"g", "pg", "odd", "none"}),
        ({"profiles": {"children": 0, "teens": 12}, "profile": "children"}, {"g"}),
        ({"profiles": {"children": 0, "teens": 12}, "profile": "teens", "max_age": 99}, {"g", "pg"}),
        ({"blocked_items": ("r", "g", "unknown")}, {"pg", "cut", "odd", "none"}),
        ({"blocked_values": {"genre": ("horror", "War")}}, {"g", "pg", "cut"}),
        ({"max_age": 8, "blocked_items": ("g",), "blocked_values": {"genre": ("Comedy",)}}, set()),
    ],
)
def test_every_answer_keeps_the_rules(file: Path, rules: dict[str, Any], ids: set[str]) -> None:
    assert shown(file, rating_attribute="rating", ratings=RATINGS, **rules) == ids


@pytest.mark.parametrize(
    ("rules", "ids"),
    [
        ({"max_age": 8}, {"g", "pg"}),
        ({"max_age": 16}, {"g", "pg", "cut"}),
        ({"max_age": 8, "unknown_rating": "allow"}, {"g", "pg", "odd", "none"}),
    ],
)
def test_a_rating_may_be_an_age(file: Path, rules: dict[str, Any], ids: set[str]) -> None:
    assert shown(file, rating_attribute="age", **rules) == ids


def test_ranges_nearest_values_and_pages_know_only_what_may_be_shown(file: Path) -> None:
    facts = Facts.open(file, SafetyConfig(blocked_items=("r",)))
    assert facts.range("age") == (0, 16)
    assert facts.nearest(Constraint(attribute="age", op="gt", value=16), []) == 16
    assert [item.id for item in facts.search_title("duck", limit=2, offset=1)] == ["pg", "odd"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"max_age": 8, "rating_attribute": "rating"}, "No label of safety.ratings is suitable at age 8"),
        ({"max_age": 8, "rating_attribute": "stars", "ratings": RATINGS}, "'stars'"),
        ({"blocked_values": {"gender": ("x",)}}, "'gender'"),
        ({"blocked_values": {"age": ("old",)}}, "'old'"),
    ],
)
def test_rules_that_do_not_fit_the_catalogue_are_refused(file: Path, rules: dict[str, Any], message: str) -> None:
    with pytest.raises(ConstraintError, match=message):
        Facts.open(file, SafetyConfig(**rules))


@pytest.mark.parametrize(
    "rules", [{"profile": "teens"}, {"max_age": 8}, {"max_age": -1}, {"unknown_rating": "perhaps"}, {"age": 3}]
)
def test_rules_that_contradict_themselves_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SafetyConfig(**rules)
