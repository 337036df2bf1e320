"""Ids, columns and rough scores as arrays: they must agree with the plain way of doing the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.coarse import Coarse, CoarseWriter, quantised
from retrieval.errors import RetrievalError
from retrieval.facts import Facts
from retrieval.places import Among, ItemIds, Strings
from retrieval.places.files import PlacesWriter, read_places
from retrieval.testing import unit_rows
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item
from retrieval.vectors import VectorTable

IDS = ["b", "ä", "", "a b", "映画", "a"]
SCHEMA = CatalogSchema(
    name="books",
    attributes=(
        AttributeSpec(name="pages", kind="number"),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="published", kind="date"),
    ),
)


def test_strings_and_ids_come_back_from_disk(tmp_path: Path) -> None:
    Strings.of(IDS).write(tmp_path, "words")
    assert list(Strings.read(tmp_path, "words")) == IDS
    assert Strings.read(tmp_path, "words")[-1] == "a"
    ItemIds.of(IDS).write(tmp_path)
    again = ItemIds.read(tmp_path)
    assert list(again) == IDS
    assert again.places(["a", "nobody", "b"]).tolist() == [5, -1, 0]
    assert "映画" in again
    assert "nobody" not in again
    assert again.same_as(ItemIds.of(IDS))
    assert not again.same_as(ItemIds.of(IDS[::-1]))


def test_no_ids_know_nobody() -> None:
    assert ItemIds.of([]).places(["a"]).tolist() == [-1]
    assert len(Among.of([])) == 0


def test_the_same_id_twice_is_refused_by_name() -> None:
    with pytest.raises(RetrievalError, match="'a' and 'a'"):
        ItemIds.of(["a", "b", "a"])


ITEMS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "pages": st.integers(0, 6),
            "genres": st.lists(st.sampled_from(["Crime", "crime", "Sea", "Höhe"]), min_size=1, max_size=3).map(tuple),
            "published": st.sampled_from(["1999-12-31", "2000-01-01"]),
        },
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(ITEMS)
def test_columns_from_disk_say_what_columns_in_memory_say(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:  # type: ignore[type-arg]
    folder = tmp_path_factory.mktemp("places")
    facts = Facts.create(folder / "facts.db", SCHEMA)
    facts.upsert(
        Item(id=f"b{n}", title="Book", popularity=n % 3, attributes=attributes) for n, attributes in enumerate(rows)
    )
    asked = [
        Constraint(attribute="pages", op="between", value=(2, 4)),
        Constraint(attribute="pages", op="gt", value=3),
        Constraint(attribute="genres", op="in", value=("crime", "Sea")),
        Constraint(attribute="genres", op="ne", value="Crime"),
        Constraint(attribute="published", op="lt", value="2000-01-01"),
    ]

    def answers(of: Facts) -> list[object]:
        return [
            *(of.ids([one]) for one in asked),
            *(of.facets(spec.name, [asked[1]], None) for spec in SCHEMA.attributes),
            of.range("pages"),
            *(of.coverage(spec.name) for spec in SCHEMA.attributes),
            *(of.nearest(one, []) for one in asked),
        ]

    in_memory = answers(facts)
    writer = PlacesWriter(folder, SCHEMA)
    writer.append(facts.ordered())
    writer.finish(facts.revision())
    again = Facts.open(folder / "facts.db")
    assert read_places(folder / "places", facts.revision(), SCHEMA) is not None
    assert answers(again) == in_memory
    again.upsert([Item(id="new", title="New", attributes={"pages": 4})])
    assert "new" in again.ids([asked[1]]), "places of an earlier revision are not used"
    facts.close()
    again.close()


def test_facts_wait_on_disk_and_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from retrieval.places import columns

    monkeypatch.setattr(columns, "_SPILL", 3)
    writer = PlacesWriter(tmp_path, SCHEMA)
    writer.append(Item(id=f"b{n}", title="Book", attributes={"pages": n % 5}) for n in range(20))
    assert (tmp_path / "places" / "0.pairs").exists()
    writer.finish(1)
    found = read_places(tmp_path / "places", 1, SCHEMA)
    assert found is not None
    assert found[1]["pages"].spread(None).most_frequent() == [(float(n), 4) for n in range(5)]
    assert not (tmp_path / "places" / "0.pairs").exists()


def table(folder: Path, rows: np.ndarray) -> VectorTable:
    writer = CoarseWriter(folder, len(rows), rows.shape[1])
    writer.put(0, rows)
    writer.finish()
    return VectorTable([f"i{n}" for n in range(len(rows))], rows, Coarse.read(folder))


@pytest.mark.parametrize("share", [1.0, 0.6, 0.05])
def test_what_rough_scores_leave_holds_the_best(tmp_path: Path, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near-duplicates lie closer together than the rough scores are exact."""
    monkeypatch.setattr("retrieval.vectors._FEW", 10)
    rows = np.repeat(unit_rows(300, 48), 10, axis=0) + 1e-4 * unit_rows(3000, 48, seed=1)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    allowed = np.random.default_rng(0).random(3000) < share
    query = unit_rows(1, 48, seed=2)
    found, scores = table(tmp_path, rows).nearest(query[0], allowed, 25)
    cosines = np.where(allowed, rows @ query[0], -2.0)
    np.testing.assert_allclose(scores, np.sort(cosines)[::-1][:25], atol=1e-6)
    assert allowed[found].all()


def test_a_score_of_several_directions_is_exact_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.vectors._FEW", 10)
    rows, directions = unit_rows(2000, 32), unit_rows(3, 32, seed=5)

    def score(cosines: np.ndarray) -> np.ndarray:
        return np.asarray(cosines[0] - 0.5 * cosines[1:].max(axis=0), dtype=np.float32)

    _, scores = table(tmp_path, rows).best(directions, score, 1.5, np.ones(2000, dtype=np.bool_), 30)
    np.testing.assert_allclose(scores, np.sort(score(directions @ rows.T))[::-1][:30], atol=1e-6)


def test_the_bound_on_the_error_holds(tmp_path: Path) -> None:
    rows, directions = unit_rows(500, 64), 0.7 * unit_rows(4, 64, seed=3)
    rows[0] = 0.0
    rows[1, 0] = 40.0
    writer = CoarseWriter(tmp_path, 500, 64)
    writer.put(0, rows[:200])
    writer.put(200, rows[200:])
    writer.finish()
    coarse = Coarse.read(tmp_path)
    some = np.arange(0, 500, 20)
    for asked in (np.arange(500), some):
        off = np.abs(coarse.cosines(directions, asked) - directions @ rows[asked].T)
        assert off.max() <= coarse.error(directions)
    assert quantised(np.zeros((1, 4), dtype=np.float32))[0].tolist() == [[0, 0, 0, 0]]
