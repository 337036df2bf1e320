"""Walks over shared facts, on a small catalogue of real films, by hand and on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.facts_snapshot import gathered
from retrieval.graph import Connections, GraphConfig, gather_graph, graph_of, open_graph, shared_facts, write_graph
from retrieval.places import ItemIds
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item, Query

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="year", kind="number"),
        AttributeSpec(name="director", kind="categories", names=True),
        AttributeSpec(name="cast", kind="categories", names=True),
        AttributeSpec(name="genre", kind="category"),
    ),
)


def film(item_id: str, year: int, director: str, cast: tuple[str, ...], genre: str) -> Item:
    facts = {"year": year, "director": (director,), "cast": cast, "genre": genre}
    return Item(id=item_id, title=item_id, attributes=facts)


FILMS = (
    film("Rear Window", 1954, "Alfred Hitchcock", ("James Stewart", "Grace Kelly"), "Mystery"),
    film("Vertigo", 1958, "Alfred Hitchcock", ("James Stewart", "Kim Novak"), "Mystery"),
    film("Psycho", 1960, "Alfred Hitchcock", ("Anthony Perkins", "Janet Leigh"), "Horror"),
    film("Touch of Evil", 1958, "Orson Welles", ("Charlton Heston", "Janet Leigh"), "Mystery"),
    film("High Noon", 1952, "Fred Zinnemann", ("Gary Cooper", "Grace Kelly"), "Western"),
    film("Paris Texas", 1984, "Wim Wenders", ("Harry Dean Stanton",), "Drama"),
)
GRAPH = graph_of(FILMS, SCHEMA)
IDS, COLUMNS = ItemIds.of([one.id for one in FILMS]), gathered(FILMS, SCHEMA)[1]
PLACES = {one.id: place for place, one in enumerate(FILMS)}


def reached(likes: tuple[str, ...], config: GraphConfig | None = None) -> dict[str, float]:
    mass = GRAPH.walk({PLACES[title]: 1.0 for title in likes}, config=config)
    return {one.id: float(amount) for one, amount in zip(FILMS, mass, strict=True) if amount > 0}


def test_only_labels_and_names_that_are_shared_join_items() -> None:
    assert GRAPH.attributes == ("director", "cast", "genre")
    owned = {"Alfred Hitchcock": 3, "Grace Kelly": 2, "Kim Novak": 1}
    director, cast = COLUMNS["director"], COLUMNS["cast"]
    assert director.spread(None).most_frequent(1) == [("Alfred Hitchcock", owned["Alfred Hitchcock"])]
    held = {GRAPH.attribute_of(int(node)) for node in GRAPH.values_of(PLACES["Vertigo"])}
    spelled = {COLUMNS[name].shown(np.array([code]))[0] for name, code in held}
    assert spelled == {"Alfred Hitchcock", "James Stewart", "Mystery"}, "Kim Novak leads nowhere"
    assert len(cast.ends) == 8


def test_a_step_goes_to_rare_facts_sooner_and_a_walk_loses_nothing() -> None:
    start, end = GRAPH.forward.indptr[PLACES["Vertigo"] : PLACES["Vertigo"] + 2]
    chances = {
        COLUMNS[name].shown(np.array([code]))[0]: float(chance)
        for node, chance in zip(GRAPH.forward.indices[start:end], GRAPH.forward.data[start:end], strict=True)
        for name, code in [GRAPH.attribute_of(int(node))]
    }
    assert sum(chances.values()) == pytest.approx(1.0)
    assert chances["James Stewart"] > chances["Alfred Hitchcock"] == pytest.approx(chances["Mystery"])
    assert sum(reached(("Vertigo",), GraphConfig(spread=1.0)).values()) == pytest.approx(1.0)


def test_one_round_reaches_what_shares_a_fact_and_more_rounds_what_lies_behind() -> None:
    near = reached(("Vertigo",))
    assert set(near) == {"Vertigo", "Rear Window", "Psycho", "Touch of Evil"}
    assert near["Rear Window"] > near["Psycho"], "who shares more comes first"
    far = reached(("Vertigo",), GraphConfig(rounds=3, spread=1.0))
    assert set(far) == {*near, "High Noon"}, "by way of Grace Kelly"
    assert far["High Noon"] < min(far[title] for title in near)
    assert reached(("Paris Texas",)) == {}


def test_page_rank_is_that_of_the_matrices_written_out() -> None:
    forward, backward = GRAPH.forward.toarray(), GRAPH.backward.toarray()
    step = forward @ (backward / backward.sum(axis=1, keepdims=True))
    start = np.zeros(len(FILMS))
    start[PLACES["Psycho"]] = 1.0
    expected = sum(0.8**n * start @ np.linalg.matrix_power(step, n + 1) for n in range(4))
    found = GRAPH.walk({PLACES["Psycho"]: 2.0}, config=GraphConfig(rounds=4, restart=0.2, spread=1.0))
    assert found == pytest.approx(expected, abs=1e-6)


def test_many_facts_hold_an_item_back() -> None:
    plain, held = reached(("Psycho",)), reached(("Psycho",), GraphConfig(degree=1.0))
    degrees = np.diff(GRAPH.forward.indptr)
    assert {title: mass / degrees[PLACES[title]] for title, mass in plain.items()} == pytest.approx(held)


def test_shared_facts_are_true_of_both_and_rarest_first() -> None:
    facts = shared_facts(GRAPH, COLUMNS, PLACES["Rear Window"], {t: PLACES[t] for t in ("Vertigo", "High Noon")})
    told = [(fact.value, fact.owners, fact.liked_id) for fact in facts]
    assert told == [
        ("Grace Kelly", 2, "High Noon"),
        ("James Stewart", 2, "Vertigo"),
        ("Alfred Hitchcock", 3, "Vertigo"),
        ("Mystery", 3, "Vertigo"),
    ]
    for fact in facts:
        for title in ("Rear Window", fact.liked_id):
            value = FILMS[PLACES[title]].attributes[fact.attribute]
            assert fact.value in (value if isinstance(value, tuple) else (value,))
    assert shared_facts(GRAPH, COLUMNS, 0, {"Rear Window": 0}) == (), "an item is not like itself"


def test_a_channel_yields_the_nearest_first_and_nothing_without_likes() -> None:
    def channel(query: Query, config: GraphConfig) -> Connections:
        return Connections(GRAPH, IDS, COLUMNS, SCHEMA, query, config)

    found = channel(Query(like_ids=("Vertigo", "unknown")), GraphConfig())
    assert list(found.best())[:2] == ["Rear Window", "Vertigo"], "it shares all of them; of equals the better known"
    assert set(found.of(["Psycho", "Paris Texas", "unknown"])) == {"Psycho"}
    assert not channel(Query(text="a mystery"), GraphConfig())
    named = Query(constraints=(Constraint(attribute="cast", op="eq", value="janet leigh", hard=False),))
    assert not channel(named, GraphConfig()), "names start no walk unless that is switched on"
    assert list(channel(named, GraphConfig(names=1.0)).best()) == ["Psycho", "Touch of Evil"]


def test_a_long_order_is_sorted_in_parts_and_comes_whole() -> None:
    many = [film(f"{n:05}", 1950, "One", (f"Actor {n % 7}",), f"Kind {n % 3}") for n in range(3_000)]
    ids, columns = gathered(many, SCHEMA)
    graph = gather_graph(columns, SCHEMA, len(many))
    everyone = Connections(graph, ids, columns, SCHEMA, Query(like_ids=("00000",)), GraphConfig(degree=0.0))
    assert not everyone, "what more than a tenth of the items have joins nothing"
    few = [film(f"{n:05}", 1950, f"Maker {n % 11}", (f"Actor {n % 13}",), "Drama") for n in range(3_000)]
    ids, columns = gathered(few, SCHEMA)
    graph = gather_graph(columns, SCHEMA, len(few))
    found = list(Connections(graph, ids, columns, SCHEMA, Query(like_ids=("00005",)), GraphConfig()).best())
    mass = graph.walk({5: 1.0})
    assert len(found) == len(set(found)) == int((mass > 0).sum())
    falling = [float(mass[int(item_id)]) for item_id in found]
    assert falling == sorted(falling, reverse=True)


def test_a_written_graph_opens_as_it_was_and_is_made_anew_where_it_does_not_fit(tmp_path: Path) -> None:
    write_graph(tmp_path, COLUMNS, SCHEMA, len(FILMS))
    for _ in range(3):
        opened = open_graph(tmp_path, COLUMNS, SCHEMA, len(FILMS))
        assert np.array_equal(opened.forward.toarray(), GRAPH.forward.toarray())
        assert np.array_equal(opened.backward.toarray(), GRAPH.backward.toarray())
        spoiled = next((path for path in sorted((tmp_path / "graph").glob("*.npy")) if path.stat().st_size), None)
        if spoiled is not None:
            spoiled.write_bytes(b"")
    other = graph_of(FILMS[:3], SCHEMA)
    columns = gathered(FILMS[:3], SCHEMA)[1]
    assert open_graph(tmp_path, columns, SCHEMA, 3).edges == other.edges


def test_a_catalogue_without_labels_or_items_makes_an_empty_graph(tmp_path: Path) -> None:
    bare = CatalogSchema(name="numbers", attributes=(AttributeSpec(name="size", kind="number"),))
    items = [Item(id="a", title="a", attributes={"size": 3})]
    for given in (items, []):
        columns = gathered(given, bare)[1]
        write_graph(tmp_path, columns, bare, len(given))
        graph = open_graph(tmp_path, columns, bare, len(given))
        assert graph.edges == 0
        assert graph.walk(dict.fromkeys(range(len(given)), 1.0)).tolist() == [0.0] * len(given)
