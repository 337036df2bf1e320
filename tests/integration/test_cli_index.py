"""``palate index ...`` and ``palate recommend`` on a small catalogue with the bundled encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retrieval.errors import ConstraintError, IndexMissingError
from ui.cli import app
from ui.conditions import read_condition

BOOKS = [
    {"id": "b1", "title": "Salt", "about": "Sailors are lost in a storm at sea.", "year": 1990, "kinds": ["Adventure"]},
    {
        "id": "b2",
        "title": "Ledger",
        "about": "An accountant finds a strange tax return.",
        "year": 2001,
        "kinds": ["Crime"],
    },
    {
        "id": "b3",
        "title": "Harbour",
        "about": "A lighthouse keeper watches the ocean.",
        "year": 2010,
        "kinds": ["Drama"],
    },
]
SETTINGS = """
[catalog]
path = "{folder}/books.jsonl"
name = "books"
columns = {{ description = "about" }}
attributes = [{{ name = "year", kind = "number" }}, {{ name = "kinds", kind = "categories" }}]
[index]
path = "{folder}/index"
[rerank]
enabled = false
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("books")
    (folder / "books.jsonl").write_text("\n".join(map(json.dumps, BOOKS)), "utf-8")
    (folder / "palate.toml").write_text(SETTINGS.format(folder=folder), "utf-8")
    return str(folder / "palate.toml")


def run(*args: str) -> str:
    result = CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_build_show_verify_and_recommend(config: str) -> None:
    with pytest.raises(IndexMissingError, match="palate index build"):
        run("index", "update", "-c", config)
    built = json.loads(run("index", "build", "--json", "-c", config))
    assert (built["items"], built["encoder"], built["catalog"]) == (3, "bundled:minilm", "books")
    assert json.loads(run("index", "show", "--json", "-c", config)) == built
    assert json.loads(run("index", "update", "--json", "-c", config)) == built
    assert "books: 3 items" in run("index", "show", "-c", config)
    assert "The index is sound." in run("index", "verify", "-c", config)

    found = json.loads(run("recommend", "a boat in bad weather", "--json", "-k", "2", "-c", config))
    assert found["recommendations"][0]["item_id"] == "b1"
    found = json.loads(run("recommend", "the sea", "--where", "year>=2000", "--json", "-c", config))
    assert found["recommendations"][0]["item_id"] == "b3"
    assert found["eligible"] == 2
    assert "Without year ge" in run("recommend", "the sea", "--where", "year>=2050", "-c", config)


def test_verify_leaves_with_three_when_the_catalogue_has_moved_on(config: str) -> None:
    run("index", "build", "-q", "-c", config)
    books = Path(config).with_name("books.jsonl")
    books.write_text("\n".join(map(json.dumps, BOOKS[:2])), "utf-8")
    result = CliRunner().invoke(app, ["index", "verify", "-c", config])
    assert result.exit_code == 3
    assert "the catalogue or its mapping has changed" in result.stdout
    books.write_text("\n".join(map(json.dumps, BOOKS)), "utf-8")


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("year>=1990", "ge", "1990"),
        (" year < 1990 ", "lt", "1990"),
        ("kinds=Crime|Drama", "in", ("Crime", "Drama")),
        ("kinds!=Crime", "ne", "Crime"),
        ("kinds != Crime | Drama", "not_in", ("Crime", "Drama")),
        ("kinds=A = B", "eq", "A = B"),
    ],
)
def test_conditions_are_read(text: str, op: str, value: object) -> None:
    constraint = read_condition(text)
    assert (constraint.op, constraint.value, constraint.hard) == (op, value, True)


@pytest.mark.parametrize("text", ["", "year", "year>=", ">=3", "year is 3"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConstraintError, match="is not a condition"):
        read_condition(text)
