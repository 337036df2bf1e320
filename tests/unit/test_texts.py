from __future__ import annotations

import pytest

from retrieval.texts import MAX_TEXT, constraint_text, cut, item_text, search_fields, unexplained
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item

SCHEMA = CatalogSchema(
    name="records",
    attributes=(
        AttributeSpec(name="year", kind="number"),
        AttributeSpec(name="styles", kind="categories"),
        AttributeSpec(name="length", kind="number", unit="min"),
        AttributeSpec(name="pace", kind="number", scale={1: "slow", 5: "fast"}),
        AttributeSpec(name="players", kind="categories", names=True, label="played by"),
        AttributeSpec(name="writers", kind="categories", names=True),
        AttributeSpec(name="released", kind="date"),
        AttributeSpec(name="live", kind="boolean"),
        AttributeSpec(name="sales", kind="number", indexed=False),
    ),
)
RECORD = Item(
    id="r1",
    title="Kind of Green",
    description="Five players, one night.",
    attributes={
        "year": 1959,
        "styles": ("Jazz", "Modal"),
        "length": 45.5,
        "pace": 1,
        "players": ("Ann Lee", "Bo Ek"),
        "writers": ("Ann Lee", "Cy Roux"),
        "live": True,
        "sales": 4_000_000,
    },
)


def test_an_item_reads_as_a_passage_with_each_name_once() -> None:
    assert item_text(RECORD, SCHEMA) == (
        "Kind of Green (1959). Jazz, Modal. pace: slow. live. Five players, one night. "
        "played by: Ann Lee, Bo Ek. writers: Cy Roux."
    )


def test_an_item_with_a_title_alone_still_has_a_text() -> None:
    assert item_text(Item(id="x", title="Nothing Known"), SCHEMA) == "Nothing Known."


def test_long_texts_are_cut_at_a_word() -> None:
    long = RECORD.model_copy(update={"description": "word " * 5000, "attributes": {"styles": ("style " * 50,) * 8}})
    text = item_text(long, SCHEMA)
    assert len(text) <= MAX_TEXT
    assert text.startswith("Kind of Green. style")


def test_search_words_leave_nothing_out() -> None:
    crowd = tuple(f"Player {place}" for place in range(40))
    fields = search_fields(RECORD.model_copy(update={"attributes": {"players": crowd, "pace": 5}}), SCHEMA)
    assert fields.title == "Kind of Green"
    assert all(name in fields.names for name in crowd)
    assert "fast" in fields.body
    assert "one night" in fields.body


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        (Constraint(attribute="styles", op="eq", value="Jazz"), "Jazz"),
        (Constraint(attribute="styles", op="not_in", value=("Jazz", "Pop")), "not Jazz or Pop"),
        (Constraint(attribute="year", op="ge", value=1990), "year at least 1990"),
        (Constraint(attribute="length", op="lt", value=60.0), "length under 60 min"),
        (Constraint(attribute="year", op="between", value=(1990.0, 1999.0)), "year 1990 to 1999"),
        (Constraint(attribute="pace", op="le", value=1), "pace at most slow"),
        (Constraint(attribute="live", op="eq", value=False), "not live"),
    ],
)
def test_constraints_read_as_words(constraint: Constraint, words: str) -> None:
    assert constraint_text(constraint, SCHEMA) == words


def test_cut_keeps_short_texts_and_breaks_long_words() -> None:
    assert cut("  a  b ", 10) == "a b"
    assert cut("aaaa bbbb", 6) == "aaaa"
    assert cut("a" * 20, 6) == "a" * 6


def test_what_hard_conditions_say_is_not_searched_by_word_again() -> None:
    animals = Constraint(attribute="category", op="eq", value="animals")
    not_birds = Constraint(attribute="kind", op="ne", value="birds")
    assert unexplained("a farm animal, no birds", [animals, not_birds]) == "a farm no birds"
    assert unexplained("Animals", [animals]) == ""
