"""How catalogues are written about in other languages: as data, and never part of an index."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from retrieval import demo
from retrieval.catalog import CatalogConfig
from retrieval.fingerprint import catalog_hash, schema_hash
from retrieval.types import AttributeSpec, CatalogSchema, CatalogWords, parse_condition

LANGUAGES = tuple(sorted(demo.schema().languages))
WORDS = CatalogWords(
    noun="Lied",
    noun_plural="Lieder",
    labels={"mood": "Stimmung"},
    units={"length": "Minuten"},
    scales={"pace": {"1": "langsam"}},
    values={"mood": {"sad": "traurig"}},
)
SCHEMA = CatalogSchema(
    name="songs",
    noun="song",
    noun_plural="songs",
    attributes=(
        AttributeSpec(name="mood", kind="categories"),
        AttributeSpec(name="length", kind="number", unit="min"),
        AttributeSpec(name="pace", kind="number", scale={1: "slow", 2: "fast"}),
    ),
    languages={"de": WORDS},
)


def test_a_schema_speaks_a_language_as_far_as_it_has_words() -> None:
    german = SCHEMA.in_language("de")
    mood, length, pace = german.attributes
    assert (german.noun, german.noun_plural) == ("Lied", "Lieder")
    assert (mood.display, mood.written) == ("Stimmung", {"sad": "traurig"})
    assert (length.display, length.unit) == ("length", "Minuten")
    assert pace.scale == {1: "langsam", 2: "fast"}


def test_the_words_shown_in_the_documentation_are_settings_of_a_catalogue() -> None:
    page = (Path(__file__).parents[2] / "docs" / "languages.md").read_text(encoding="utf-8")
    shown = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.S)[0])
    french = CatalogConfig.model_validate(shown["catalog"]).languages["fr"]
    assert french.values == {"genre": {"Rock": "rock"}} and french.many == "{n} chansons"


def test_a_language_without_words_leaves_the_schema_as_it_is() -> None:
    assert SCHEMA.in_language("xx") is SCHEMA


def test_how_people_talk_does_not_make_an_index_stale() -> None:
    first, *rest = SCHEMA.attributes
    taught = first.model_copy(update={"synonyms": {"new": "word"}, "absences": {"none": "word"}, "question": "Which?"})
    assert schema_hash(SCHEMA.model_copy(update={"attributes": (taught, *rest)})) == schema_hash(SCHEMA)
    renamed = first.model_copy(update={"name": "another"})
    assert schema_hash(SCHEMA.model_copy(update={"attributes": (renamed, *rest)})) != schema_hash(SCHEMA)


def test_words_of_other_languages_do_not_make_an_index_stale() -> None:
    plain = SCHEMA.model_copy(update={"languages": {}})
    written = SCHEMA.model_copy(update={"attributes": SCHEMA.in_language("de").attributes[:1]})
    assert schema_hash(SCHEMA) == schema_hash(plain)
    relabelled = written.attributes[0].model_copy(update={"label": ""})
    assert schema_hash(SCHEMA.model_copy(update={"attributes": (relabelled, *SCHEMA.attributes[1:])})) == schema_hash(
        plain
    )
    assert catalog_hash(CatalogConfig()) == catalog_hash(CatalogConfig(languages={"de": WORDS}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_is_written_about_in_each_language(language: str) -> None:
    schema = demo.schema()
    words = schema.languages[language]
    shown = {spec.name for spec in schema.attributes if spec.shown}
    assert shown <= set(words.labels)
    assert {spec.name for spec in schema.attributes if spec.question} <= set(words.questions)
    for spec in schema.attributes:
        assert set(words.scales.get(spec.name, {})) == {str(step) for step in spec.scale}
    every = [*words.sentences.values(), *words.facts.values()]
    assert all("{value}" in pattern for pattern in every)
    assert "{n}" in words.one and "{n}" in words.many and words.mood and words.samples


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_values_of_the_demo_are_written_alike(language: str) -> None:
    """A clicked answer would be ambiguous."""
    for name, written in demo.schema().languages[language].values.items():
        twice = [text for text, times in Counter(written.values()).items() if times > 1]
        assert not twice, f"{language}: {name}: {twice}"


def test_all_languages_write_the_same_values_of_the_demo() -> None:
    languages = demo.schema().languages
    known = {language: {(n, v) for n, vs in languages[language].values.items() for v in vs} for language in LANGUAGES}
    assert all(known[language] == known["fr"] for language in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "condition"),
    [("<= 2", ("le", 2)), (" > 1.5 ", ("gt", 1.5)), ("=3", ("eq", 3)), ("1958 to 1970", ("between", (1958.0, 1970.0)))],
)
def test_conditions_of_phrases_are_read(text: str, condition: tuple[str, object]) -> None:
    assert parse_condition(text) == condition


@pytest.mark.parametrize("text", ["about 2", "2", "=> 2", "1958-1970", ""])
def test_a_phrase_whose_condition_cannot_be_read_is_refused_when_the_schema_is_loaded(text: str) -> None:
    """It used to be passed over, so that the phrase silently meant nothing."""
    with pytest.raises(ValidationError, match=f"phrase 'slow': '{text}' is no condition on a number"):
        AttributeSpec(name="pace", kind="number", phrases={"slow": text})
