"""The demo catalogue: all the films, tidied only where ``merge.toml`` says so, and words that fit its values."""

from __future__ import annotations

import re

import pytest

from retrieval.demo import films, read_notes, schema
from retrieval.demo.films import split_names
from retrieval.demo.notes import check_notes, vocabulary
from retrieval.facts_tables import title_key
from retrieval.filters import matcher, text_key
from retrieval.types import Constraint, Item

SCHEMA = schema()


@pytest.fixture(scope="module")
def snapshot() -> list[Item]:
    return list(films())


@pytest.fixture(scope="module")
def demo(snapshot: list[Item]) -> dict[str, Item]:
    return {film.id: film for film in snapshot}


def test_every_film_of_the_snapshot_has_an_id_of_its_own(snapshot: list[Item], demo: dict[str, Item]) -> None:
    assert len(demo) == len(snapshot) == 17_472
    assert demo["tt0078788"].title == "Apocalypse Now"
    assert demo["tt0078788-2"].title == "Apocalypse Now Redux"
    assert [item_id for item_id in demo if not item_id.startswith("tt") or "-" in item_id] == [
        "tt0078788-2",
        "tt0850669-2",
    ]
    assert demo["tt0078788-2"].url == "https://www.imdb.com/title/tt0078788/"


def test_facts_are_typed_and_unknown_ones_absent(demo: dict[str, Item]) -> None:
    specs = {spec.name: spec for spec in SCHEMA.attributes}
    kinds = {"number": (int, float), "categories": tuple, "category": str}
    for film in demo.values():
        for name, value in film.attributes.items():
            assert isinstance(value, kinds[specs[name].kind]), (film.id, name, value)
            assert value != () and value != ""
    assert all(isinstance(film.attributes["oscars"], int) for film in demo.values())


def test_a_known_film_has_its_facts_and_its_notes(demo: dict[str, Item]) -> None:
    film = demo["tt0032551"]
    assert film.title == "The Grapes of Wrath"
    assert film.attributes["director"] == ("John Ford",)
    assert "Henry Fonda" in film.attributes["cast"]  # type: ignore[operator]
    assert film.attributes["year"] == 1940
    assert film.attributes["pace"] in range(1, 6)
    assert film.description.endswith(".")
    assert film.popularity == film.attributes["reviews"]


def test_one_language_and_country_has_one_name(demo: dict[str, Item]) -> None:
    languages = {name for film in demo.values() for name in film.attributes.get("language", ())}  # type: ignore[union-attr]
    countries = {name for film in demo.values() for name in film.attributes.get("country", ())}  # type: ignore[union-attr]
    assert {"Mandarin", "Cantonese", "Greek"} <= languages
    assert not {"Standard Chinese", "Yue Chinese", "American English", "multiple languages"} & languages
    assert "China" in countries and "People's Republic of China" not in countries


def test_names_torn_apart_by_commas_are_put_together() -> None:
    assert split_names("Don Cheadle, Robert Downey, Jr., Don Cheadle") == ("Don Cheadle", "Robert Downey Jr.")
    assert split_names("") == ()


def test_amounts_that_lost_their_unit_count_as_unknown(demo: dict[str, Item]) -> None:
    amounts = [film.attributes["box_office"] for film in demo.values() if "box_office" in film.attributes]
    assert len(amounts) == 2754
    assert min(amounts) >= 1000  # type: ignore[type-var]


def test_the_notes_are_complete_and_keep_to_their_vocabulary(demo: dict[str, Item]) -> None:
    assert check_notes(read_notes(), {film.id: film.title for film in demo.values()}, vocabulary()) == []


def test_the_check_of_the_notes_finds_what_is_wrong() -> None:
    good = next(iter(read_notes()))
    titles = {good["id"]: good["title"]}

    def wrong(**changes: object) -> str:
        return "\n".join(check_notes([{**good, **changes}], titles, vocabulary()))

    assert wrong() == "1 notes; at least 700 are wanted"
    assert "title 'Else'" in wrong(title="Else")
    assert "synopsis of 3 words" in wrong(synopsis="Far too short.")
    assert "unknown: ['meh']" in wrong(moods=["meh", "funny"])
    assert "themes ['war']" in wrong(themes=["war"])
    assert "pace 6" in wrong(pace=6)
    assert "fields" in wrong(extra=1)
    assert "the same id 2 times" in "\n".join(check_notes([good, good], titles, vocabulary()))


def test_synonyms_lead_to_values_that_films_have(demo: dict[str, Item]) -> None:
    specs = SCHEMA.attributes
    assert sum(len(spec.synonyms) for spec in specs) > 1000
    for spec in specs:
        values = {value for film in demo.values() for value in _labels(film, spec.name)}
        assert set(spec.synonyms.values()) <= values, spec.name
        # A wording that is itself another value would make that value impossible to ask for.
        folded = {text_key(value): value for value in values}
        clashes = {said for said, value in spec.synonyms.items() if folded.get(said, value) != value}
        assert clashes == set(), spec.name
        assert all(said == text_key(said) for said in (*spec.synonyms, *spec.phrases, *spec.comparatives))


def test_the_vocabulary_of_the_notes_can_be_asked_for(demo: dict[str, Item]) -> None:
    said = {spec.name: spec for spec in SCHEMA.attributes}
    words = vocabulary()
    assert {said["moods"].synonyms[wording] for wording in ("feel good", "sad", "spooky", "thought provoking")} == {
        "feel-good",
        "heartbreaking",
        "eerie",
        "thought-provoking",
    }
    for name in ("moods", "themes"):
        assert set(said[name].synonyms.values()) <= set(words[name])
    for name in ("pace", "tone", "intensity"):
        assert list(said[name].scale) == [1, 2, 3, 4, 5]


def test_phrases_are_conditions_that_some_films_meet_and_some_do_not(demo: dict[str, Item]) -> None:
    for spec in SCHEMA.attributes:
        for condition in set(spec.phrases.values()):
            found = re.fullmatch(r"(<=|>=) (\d+)|(\d+) to (\d+)", condition)
            assert found, (spec.name, condition)
            op = {"<=": "le", ">=": "ge", None: "between"}[found[1]]
            value = int(found[2]) if found[1] else (float(found[3]), float(found[4]))
            test = matcher(Constraint.model_validate({"attribute": spec.name, "op": op, "value": value}), SCHEMA)
            met = sum(test(film) for film in demo.values())
            assert 0 < met < len(demo), (spec.name, condition)


def test_every_attribute_can_be_said_and_the_common_ones_asked_for() -> None:
    for spec in SCHEMA.attributes:
        assert spec.sentence.count("{value}") == 1, spec.name
        assert spec.aliases and spec.description, spec.name
        assert bool(spec.question) == (spec.askable > 0), spec.name
    assert {"genres", "moods", "year", "tone"} <= {spec.name for spec in SCHEMA.attributes if spec.askable >= 0.7}


def test_title_keys_ignore_accents() -> None:
    assert title_key("Amélie") == title_key("AMELIE")


def _labels(film: Item, attribute: str) -> tuple[str, ...]:
    value = film.attributes.get(attribute, ())
    return value if isinstance(value, tuple) else (str(value),)  # type: ignore[return-value]
