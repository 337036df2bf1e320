"""``palate init``: what is guessed from a file names its columns rightly and loads without a problem."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from retrieval.catalog import CatalogConfig, load_catalog
from retrieval.catalog_types import AttributeColumn
from retrieval.errors import CatalogError
from retrieval.guess import guess_catalog, guess_config


def courses(folder: Path) -> Path:
    header = "course_id,course_name,what,topics,length,fee,level,starts,online,teacher,score,page,hash,empty\n"
    topics = ["art; music", "music", "art; history", "history"]
    rows = [
        f'{100 + n},Course {n},"{"A long description of the course, with commas. " * 3}",{topics[n % 4]},{n + 1} h,'
        f"${n * 10:,}.50,{('easy', 'hard')[n % 2]},2024-01-{n % 28 + 1:02d},{('yes', 'no')[n % 2]},"
        f"{('Ann Lee', 'Bo Ek')[n % 2]},{n % 5},https://example.org/{n},{n:032x},\n"
        for n in range(1, 80)
    ]
    path = folder / "courses.csv"
    path.write_text(header + "".join(rows))
    return path


def by_name(config: CatalogConfig) -> dict[str, AttributeColumn]:
    return {column.name: column for column in config.attributes}


def test_roles_kinds_separators_and_units_are_found(tmp_path: Path) -> None:
    config = guess_catalog(courses(tmp_path))
    columns = config.columns
    assert (columns.id, columns.title, columns.description, columns.url) == ("course_id", "course_name", "what", "page")
    assert (config.noun, config.noun_plural, config.verb) == ("course", "courses", "take")
    attributes = by_name(config)
    kinds = {name: column.kind for name, column in attributes.items()}
    assert kinds == {
        "topics": "categories",
        "length": "number",
        "fee": "number",
        "level": "category",
        "starts": "date",
        "online": "boolean",
        "teacher": "category",
        "score": "number",
    }
    assert attributes["topics"].separator == ";"
    assert attributes["length"].unit == "h"
    assert attributes["teacher"].names and not attributes["level"].names
    assert attributes["level"].askable > 0


def test_the_guess_loads_without_a_problem_and_splits_labels(tmp_path: Path) -> None:
    items, report = load_catalog(guess_catalog(courses(tmp_path)))
    assert report.problem_count == 0
    assert items[1].attributes["topics"] == ("art", "history")
    assert items[0].attributes["fee"] == 10.5


def test_the_text_says_what_was_seen_and_what_was_left_out(tmp_path: Path) -> None:
    text = guess_config(courses(tmp_path))
    assert "Guessed from 79 rows of courses.csv" in text
    assert "# topics: known for 100%, 3 values such as " in text
    assert "#   hash: looks like another identifier" in text
    assert "#   empty: empty" in text
    assert "palate catalog check" in text
    assert tomllib.loads(text)


def test_json_types_and_odd_names_survive(tmp_path: Path) -> None:
    rows = [
        {
            "Id": n,
            "Title": f"T{n}",
            'My "Tags"': ["a", "b"][: n % 3],
            "deep": {"x": 1},
            "same": 1,
            "a\nb": f"x{n % 2}\x01",
            "A b": f"y{n % 2}",
            "ok": n % 2 == 0,
        }
        for n in range(20)
    ]
    path = tmp_path / "things.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    config = guess_catalog(path)
    attributes = by_name(config)
    assert set(attributes) == {"my_tags", "a_b", "a_b_2", "ok"}
    assert attributes["my_tags"].column == 'My "Tags"'
    assert attributes["ok"].kind == "boolean"
    items, report = load_catalog(config)
    assert report.problem_count == 0
    assert items[2].attributes == {"my_tags": ("a", "b"), "a_b": "x0\x01", "a_b_2": "y0", "ok": True}


def test_a_few_repeated_ids_do_not_hide_the_id_column(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    path.write_text("id,title\n" + "".join(f"{min(n, 97)},Song {n % 90}\n" for n in range(100)))
    assert guess_catalog(path).columns.id == "id"
    assert "# 2 rows repeat an id" in guess_config(path)
    assert load_catalog(guess_catalog(path))[1].problem_count == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,title\n", "no rows"),
        ("name,kind\nx,y\nx,y\n", "different value in every row"),
        ("id,year\n1,2000\n2,2001\n", "looks like a title"),
    ],
)
def test_a_file_without_id_title_or_rows_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(CatalogError, match=said):
        guess_config(path)
