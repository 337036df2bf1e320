"""Suites are data: what does not fit is refused by name, and editors get a schema that is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import Suite, SuiteError, bundled, check_suite, find_suite, json_schema, load_suite, select
from evals.suite import SCHEMA, expectations
from evals.types import Expect
from retrieval import Facts


def write(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{name: a, turns: [{say: hi, expct: {}}]}", "Case 'a' does not fit: 'turns.0.expct' is not a known key"),
        ("{name: a, turns: [{say: hi, expect: {evry: []}}]}", "'turns.0.expect.evry' is not a known key"),
        ("{name: a, turns: [{say: hi, edit: {undo: 1}}]}", "exactly one of say, feedback and edit"),
        ("{name: a, turns: [{say: hi, expect: {action: recomend}}]}", "recomend"),
        ("{name: a, turns: []}", "Case 'a'"),
        ("{turns: [{say: hi}]}", "Case 1 does not fit"),
        ("{name: a, turns: [{feedback: {kind: like, item: {rank: 1, title: Heat}}}]}", "either rank or title"),
        ("{name: a, turns: [{say: x, expect: {every: [{any: [{attribute: y, value: 1}]}]}}]}", "turns.0.expect.every"),
    ],
)
def test_a_case_that_does_not_fit_is_named_with_the_reason(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(SuiteError) as caught:
        load_suite(write(tmp_path, f"name: own\ncases:\n  - {case}\n"))
    assert said in str(caught.value)
    assert caught.value.hint


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    case = "{name: twin, turns: [{say: hi}]}"
    with pytest.raises(SuiteError, match="twin"):
        load_suite(write(tmp_path, f"name: own\ncases: [{case}, {case}]\n"))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: own\n", "name: own\ncases: 3\n", "a: b: c\n"])
def test_what_is_no_suite_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SuiteError):
        load_suite(write(tmp_path, text))


def test_an_unknown_key_of_the_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="allways"):
        load_suite(write(tmp_path, "name: own\nallways: {}\ncases: [{name: a, turns: [{say: hi}]}]\n"))


def test_an_unknown_suite_names_the_bundled_ones() -> None:
    with pytest.raises(SuiteError, match="main"):
        find_suite("mian")


@pytest.mark.parametrize("name", bundled())
def test_bundled_suites_load_and_name_their_schema(name: str) -> None:
    path = find_suite(name)
    assert load_suite(path).cases
    assert path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={SCHEMA.name}\n")


def test_the_schema_for_editors_is_current() -> None:
    """Regenerate it with: palate eval schema > evals/suites/suite.schema.json"""
    assert SCHEMA.read_text(encoding="utf-8") == json_schema()
    assert json.loads(json_schema())["additionalProperties"] is False


def test_a_turn_says_otherwise_than_the_suite() -> None:
    suite = Suite.model_validate(
        {"name": "s", "always": {"sound": True, "grounded": True}, "cases": [{"name": "a", "turns": [{"say": "hi"}]}]}
    )
    merged = expectations(suite, Expect(grounded=False, question=True))
    assert (merged.sound, merged.grounded, merged.question) == (True, False, True)


def test_select_keeps_any_of_the_tags_and_refuses_to_keep_none() -> None:
    suite = load_suite(find_suite("main"))
    chosen = select(suite, tags=("undo", "count"))
    assert {tag for case in chosen.cases for tag in case.tags} >= {"undo", "count"}
    assert all({"undo", "count"} & set(case.tags) for case in chosen.cases)
    with pytest.raises(SuiteError, match="undo"):
        select(suite, tags=("nonsense",))


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"every": [{"attribute": "genre", "value": "Comedy"}]}, "no attribute 'genre'"),
        ({"some": [{"attribute": "genres", "op": "ne", "value": "Comdey"}]}, "no item has genres 'Comdey'"),
        ({"preferences": {"has_not": [{"attribute": "lenght"}]}}, "no attribute 'lenght'"),
        ({"answer_names": [{"title": "Heta"}]}, "no item 'Heta'"),
        ({"every": [{"attribute": "genres", "value": "Comedy"}], "answer_names": [{"title": "Heat"}]}, ""),
    ],
)
def test_what_the_catalogue_does_not_have_is_told_before_anything_is_played(
    demo_facts: Facts, expect: dict[str, object], said: str
) -> None:
    raw = {"name": "own", "cases": [{"name": "one", "turns": [{"say": "hi"}, {"say": "a comedy", "expect": expect}]}]}
    suite = Suite.model_validate(raw)
    if not said:
        check_suite(suite, demo_facts.schema, demo_facts)
        return
    with pytest.raises(SuiteError, match=f"one, turn 2: {said}"):
        check_suite(suite, demo_facts.schema, demo_facts)
