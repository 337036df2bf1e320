"""The facts database: what goes in comes out, and SQL agrees with ``filters`` on every constraint."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import ConstraintError, IndexMismatchError, IndexMissingError
from retrieval.facts import Facts
from retrieval.facts_items import ReadItems
from retrieval.filters import satisfies_all
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Facet, Item

SCHEMA = CatalogSchema(
    name="books",
    attributes=(
        AttributeSpec(name="pages", kind="number"),
        AttributeSpec(name="published", kind="date"),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="publisher", kind="category"),
        AttributeSpec(name="signed", kind="boolean"),
        AttributeSpec(name="blurb", kind="text"),
    ),
)
LABELS = ("Crime", "crime", "Poetry", "Höhe", "It's", "Essay %", "1990", "1991")
DATES = ("1999-12-31", "2000-01-01", "2010-06-15")


def book(number: int, **facts: object) -> Item:
    return Item.model_validate(
        {"id": f"b{number}", "title": f"Book {number}", "attributes": facts, "popularity": number % 3}
    )


BOOKS = [
    Item(id="a", title="Amélie's Garden", attributes={"pages": 320, "genres": ("Crime", "Essay %")}, popularity=5),
    Item(id="b", title="Garden", attributes={"pages": 96.5, "signed": True, "publisher": "Höhe"}, popularity=9),
    Item(id="c", title="The Garden of Crime", attributes={"genres": ("crime",), "published": "2000-01-01"}),
    Item(id="d", title="100% Poetry", attributes={"genres": ("1990", "1991"), "pages": 12, "signed": False}),
]


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    database = Facts.create(tmp_path / "facts.db", SCHEMA)
    database.upsert(BOOKS)
    yield database
    database.close()


def where(attribute: str, op: str, value: object) -> Constraint:
    return Constraint.model_validate({"attribute": attribute, "op": op, "value": value})


def test_items_come_back_as_they_went_in_and_in_the_order_asked_for(facts: Facts) -> None:
    found = facts.get(["d", "nobody", "a"])
    assert found == [BOOKS[3], BOOKS[0]]
    assert isinstance(found[1].attributes["pages"], int)
    assert found[0].attributes["genres"] == ("1990", "1991")
    assert found[0].attributes["signed"] is False


def test_a_reopened_database_has_the_schema_and_the_items(facts: Facts, tmp_path: Path) -> None:
    again = Facts.open(tmp_path / "facts.db")
    assert again.schema == SCHEMA
    assert again.count() == 4
    again.close()


def test_ids_are_most_popular_first_with_ties_by_id(facts: Facts) -> None:
    assert facts.ids() == ["b", "a", "c", "d"]
    assert facts.ids([where("genres", "eq", "CRIME")]) == ["a", "c"]
    assert facts.ids(limit=1) == ["b"]


def test_counts_intersect_constraints(facts: Facts) -> None:
    assert facts.count([where("genres", "eq", "crime"), where("pages", "gt", 100)]) == 1
    assert facts.count([where("genres", "ne", "crime")]) == 2
    assert facts.count([where("pages", "between", (12, 97))]) == 2


def test_facets_count_labels_whatever_their_case(facts: Facts) -> None:
    assert facts.facets("genres")[0] == Facet(value="Crime", count=2)
    assert facts.facets("genres", [where("pages", "lt", 50)]) == [
        Facet(value="1990", count=1),
        Facet(value="1991", count=1),
    ]
    assert facts.facets("signed") == [Facet(value=False, count=1), Facet(value=True, count=1)]
    assert facts.values("pages") == [Facet(value=12, count=1), Facet(value=96.5, count=1), Facet(value=320, count=1)]


def test_range_coverage_and_titles(facts: Facts) -> None:
    assert facts.range("pages") == (12.0, 320.0)
    assert facts.range("pages", [where("genres", "eq", "Poetry")]) is None
    assert facts.coverage("pages") == 0.75
    assert facts.titles()[0] == ("b", "Garden", 9.0)
    with pytest.raises(ConstraintError, match="no range"):
        facts.range("genres")


@pytest.mark.parametrize(
    ("op", "value", "nearest"),
    [
        ("le", 50, 96.5),
        ("lt", 12, 12),
        ("ge", 400, 320),
        ("gt", 320, 320),
        ("eq", 100, 96.5),
        ("between", (100, 200), 96.5),
        ("between", (150, 300), 320),
        ("lt", 0, 12),
        ("ne", 12, None),
    ],
)
def test_nearest_is_the_value_that_would_fit_after_the_smallest_step(
    facts: Facts, op: str, value: object, nearest: float | None
) -> None:
    assert facts.nearest(where("pages", op, value), []) == nearest


def test_nearest_looks_only_at_items_that_fit_otherwise(facts: Facts) -> None:
    assert facts.nearest(where("pages", "le", 50), [where("genres", "eq", "crime")]) == 320
    assert facts.nearest(where("published", "lt", "1990-01-01"), []) == "2000-01-01"
    assert facts.nearest(where("genres", "eq", "Drama"), []) is None


def test_titles_are_found_without_accents_and_exact_ones_come_first(facts: Facts) -> None:
    assert [item.id for item in facts.search_title("GARDEN")] == ["b", "a", "c"]
    assert [item.id for item in facts.search_title("amelie garden")] == ["a"]
    assert [item.id for item in facts.search_title("100%")] == ["d"]
    assert [item.id for item in facts.search_title("", limit=2, offset=1)] == ["a", "c"]


def test_replacing_an_item_replaces_its_facts(facts: Facts) -> None:
    before = facts.hashes()
    facts.upsert([BOOKS[0].model_copy(update={"attributes": {"pages": 1}})])
    assert facts.count() == 4
    assert facts.count([where("genres", "eq", "Crime")]) == 1
    assert facts.count([where("pages", "eq", 1)]) == 1
    changed = {item_id for item_id, digest in facts.hashes().items() if before[item_id] != digest}
    assert changed == {"a"}


def test_deleted_items_are_gone_with_their_facts(facts: Facts) -> None:
    facts.delete(["a", "nobody"])
    assert facts.ids([where("genres", "eq", "Crime")]) == ["c"]
    assert facts.get(["a"]) == []


def test_a_reader_sees_what_another_connection_wrote(facts: Facts, tmp_path: Path) -> None:
    reader = Facts.open(tmp_path / "facts.db")
    assert reader.count() == 4
    facts.upsert([book(1)])
    assert reader.count() == 5
    reader.close()


def test_an_item_read_before_is_read_afresh_once_it_changed(facts: Facts, tmp_path: Path) -> None:
    reader = Facts.open(tmp_path / "facts.db")
    assert [item.title for item in reader.get(["a"])] == ["Amélie's Garden"]
    facts.upsert([Item(id="a", title="Another Garden")])
    assert [item.title for item in reader.get(["a"])] == ["Another Garden"]
    facts.delete(["a"])
    assert reader.get(["a"]) == []
    reader.close()


def test_items_are_read_once_and_those_not_asked_for_of_late_are_forgotten() -> None:
    asked: list[list[str]] = []

    def read(ids: Sequence[str]) -> list[Item]:
        asked.append(list(ids))
        return [book(int(item_id[1:])) for item_id in ids if item_id != "b9"]

    items = ReadItems(2)
    items.get(["b1", "b2"], 1, read)
    items.get(["b1"], 1, read)
    items.get(["b3"], 1, read)
    assert [item.id for item in items.get(["b1", "b9", "b2", "b1"], 1, read)] == ["b1", "b2", "b1"]
    items.get(["b1"], 2, read)
    assert asked == [["b1", "b2"], ["b3"], ["b9", "b2"], ["b1"]]


def test_more_values_than_sqlite_takes_variables(facts: Facts) -> None:
    many = tuple(str(number) for number in range(100_000))
    assert facts.ids([where("pages", "in", (*many, "96.5"))]) == ["b", "a", "d"]
    assert [item.id for item in facts.get([*many, "c"])] == ["c"]


def test_readers_share_one_database_between_threads(facts: Facts) -> None:
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(facts.count([where("genres", "eq", "Crime")]))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2] * 16


def test_a_missing_or_foreign_file_says_how_to_rebuild(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="palate index build"):
        Facts.open(tmp_path / "none.db")
    foreign = tmp_path / "foreign.db"
    foreign.write_text("not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(IndexMismatchError, match="palate index build"):
        Facts.open(foreign)


def test_unknown_attributes_are_refused(facts: Facts) -> None:
    with pytest.raises(ConstraintError, match="No attribute is named 'tempo'"):
        facts.facets("tempo")


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    optional = {
        "pages": st.sampled_from([0, 1, 99, 99.5, 100, -3]),
        "published": st.sampled_from(DATES),
        "genres": st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique_by=str.casefold).map(tuple),
        "publisher": st.sampled_from(LABELS),
        "signed": st.booleans(),
    }
    facts = draw(st.lists(st.fixed_dictionaries({}, optional=optional), min_size=1, max_size=12))
    return [book(number, **chosen) for number, chosen in enumerate(facts)]


def constraints() -> st.SearchStrategy[Constraint]:
    number = st.sampled_from([0, 1, 99, 99.5, 100, 101])
    ends = st.tuples(number, number).map(lambda pair: tuple(sorted(pair)))
    label = st.sampled_from(LABELS)
    several = st.lists(label, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(where, st.just("pages"), st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), number),
        st.builds(where, st.just("pages"), st.sampled_from(["between", "outside"]), ends),
        st.builds(where, st.just("published"), st.sampled_from(["eq", "lt", "le", "gt", "ge"]), st.sampled_from(DATES)),
        st.builds(where, st.sampled_from(["genres", "publisher"]), st.sampled_from(["eq", "ne"]), label),
        st.builds(where, st.just("genres"), st.sampled_from(["in", "not_in"]), several),
        st.builds(where, st.just("signed"), st.sampled_from(["eq", "ne"]), st.booleans()),
    )


@given(catalog=items(), wanted=st.lists(constraints(), max_size=3))
@settings(max_examples=30, deadline=None)
def test_sql_and_filters_agree_on_every_item(
    tmp_path_factory: pytest.TempPathFactory, catalog: list[Item], wanted: list[Constraint]
) -> None:
    database = Facts.create(tmp_path_factory.mktemp("facts") / "facts.db", SCHEMA)
    try:
        database.upsert(catalog)
        expected = {item.id for item in catalog if satisfies_all(item, wanted, SCHEMA)}
        assert set(database.ids(wanted)) == expected
        assert database.count(wanted) == len(expected)
        assert database.get([item.id for item in catalog]) == catalog
    finally:
        database.close()
