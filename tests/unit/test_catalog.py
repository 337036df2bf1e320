"""The importer: good rows load whatever stands between them, and each bad one is named with its line and reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from retrieval.catalog import CatalogConfig, load_catalog, read_catalog, scan_catalog
from retrieval.catalog_types import AttributeColumn, Columns, RowProblem
from retrieval.errors import CatalogError, CatalogRejectedError

GOOD = {"id": "1", "title": "Kind of Blue"}


def write(folder: Path, *lines: str | bytes, name: str = "tracks.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def jsonl(folder: Path, *rows: dict[str, object]) -> Path:
    return write(folder, *(json.dumps(row) for row in rows))


def config(path: Path, attributes: Sequence[AttributeColumn] = (), **columns: str) -> CatalogConfig:
    return CatalogConfig(path=path, columns=Columns(**columns), attributes=tuple(attributes))


def only_problem(settings: CatalogConfig) -> RowProblem:
    items, report = load_catalog(settings)
    assert len(report.problems) == report.problem_count == 1, report.summary()
    assert report.loaded == len(items) == report.rows - 1
    return report.problems[0]


def test_the_mapping_names_columns_kinds_units_and_words(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path,
        {
            "sku": 7,
            "name": " So What ",
            "about": "Modal.",
            "plays": "1,204",
            "len": "9 min",
            "tags": "jazz|Jazz|modal",
            "out": "1959-08-17T00:00:00",
            "live": "no",
            "web": "https://example.org/7",
        },
    )
    settings = config(
        path,
        [
            AttributeColumn(name="length", kind="number", column="len", unit="min"),
            AttributeColumn(name="tags", kind="categories", separator="|", synonyms={"modal": "modal"}),
            AttributeColumn(name="released", kind="date", column="out"),
            AttributeColumn(name="live", kind="boolean"),
        ],
        id="sku",
        title="name",
        description="about",
        popularity="plays",
        url="web",
    )
    (track,), report = load_catalog(settings)
    assert (track.id, track.title, track.description, track.popularity) == ("7", "So What", "Modal.", 1204.0)
    assert track.attributes == {"length": 9, "tags": ("jazz", "modal"), "released": "1959-08-17", "live": False}
    assert track.url == "https://example.org/7"
    assert report.summary() == "1 of 1 rows loaded; 0 rows were left out."
    assert settings.schema().get("tags").synonyms == {"modal": "modal"}  # type: ignore[union-attr]
    assert not hasattr(settings.schema().attributes[0], "column")


def test_unknown_facts_are_absent(tmp_path: Path) -> None:
    rows = {"tags": [], "year": None, "label": " ", "mood": "N/A"}
    attributes = [
        AttributeColumn(name="tags", kind="categories"),
        AttributeColumn(name="year", kind="number"),
        AttributeColumn(name="label", kind="category"),
        AttributeColumn(name="mood", kind="text"),
        AttributeColumn(name="never", kind="boolean"),
    ]
    (track,), _ = load_catalog(config(jsonl(tmp_path, GOOD | rows), attributes))
    assert track.attributes == {}


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ({"title": "No id"}, "missing_id", "no id in column 'id'. The row has: title."),
        ({"id": "  ", "title": "x"}, "missing_id", "no id"),
        ({"id": True, "title": "x"}, "wrong_type", "True, not an id"),
        ({"id": "a\nb", "title": "x"}, "wrong_type", "printable"),
        ({"id": "1", "title": "Again"}, "duplicate_id", "'1' is taken by line 1"),
        ({"id": "2"}, "missing_title", "no title"),
        ({"id": "2", "title": ["a", "b"]}, "wrong_type", "not text"),
        ({"id": "2", "title": "x", "year": "soon"}, "wrong_type", "'year' holds 'soon', not a number"),
        ({"id": "2", "title": "x", "year": True}, "wrong_type", "not a number"),
        ({"id": "2", "title": "x", "year": 1e999}, "wrong_type", "not a number"),
        ({"id": "2", "title": "x", "year": 10**400}, "wrong_type", "not a number"),
        ({"id": "2", "title": "x", "year": "9" * 5000}, "wrong_type", "not a number"),
        ({"id": "2", "title": "x", "year": {"from": 1}}, "wrong_type", "not a number"),
        ({"id": "2", "title": "x", "tags": [["a"]]}, "wrong_type", "list of labels"),
        ({"id": "2", "title": "x", "plays": -1}, "wrong_type", "cannot be negative"),
        ({"id": "2", "title": "x", "web": "javascript:alert(1)"}, "wrong_type", "web address"),
        ({"id": "2", "title": "half \ud83d"}, "encoding", "half a character"),
        ({"id": "2", "title": "nul \0"}, "encoding", "NUL"),
        ({"id": "2", "title": "x", "about": "y" * 10_000_000}, "too_long", "more than 1,000,000 bytes"),
        ({"id": "2", "title": "x", "about": "é" * 600_000}, "too_long", "more than 1,000,000 bytes"),
    ],
)
def test_a_bad_row_is_reported_and_the_good_ones_load(
    tmp_path: Path, row: dict[str, object], code: str, said: str
) -> None:
    attributes = [AttributeColumn(name="year", kind="number"), AttributeColumn(name="tags", kind="categories")]
    path = jsonl(tmp_path, GOOD, row, {"id": "9", "title": "Last"})
    problem = only_problem(config(path, attributes, popularity="plays", url="web", description="about"))
    assert (problem.line, problem.code) == (2, code)
    assert said in problem.text()


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (b'{"id": "2", "title": "caf\xe9"}', "encoding", "not utf-8: invalid continuation byte at byte 26"),
        (b'{"id": "2", "title": ', "malformed", "not JSON"),
        (b"[1, 2]", "malformed", "a JSON list, not an object"),
        (b"[" * 100_000, "malformed", "not JSON"),
        (b'{"id": "2", "title": "' + b"x" * 17_000_000 + b'"}', "too_long", "row is too long"),
    ],
)
def test_a_line_that_is_not_an_object_is_reported(tmp_path: Path, line: bytes, code: str, said: str) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), line, "", '{"id": "9", "title": "Last"}')
    problem = only_problem(config(path))
    assert (problem.line, problem.code) == (2, code)
    assert said in problem.reason


def test_csv_cells_may_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "id,title,tags", '1,"a ""b"", c",jazz', '2,"two', 'lines",', "3,x,pop", name="tracks.csv")
    items, report = load_catalog(config(path, [AttributeColumn(name="tags", kind="category")]))
    assert [item.title for item in items] == ['a "b", c', "two\nlines", "x"]
    assert [item.attributes for item in items] == [{"tags": "jazz"}, {}, {"tags": "pop"}]
    assert report.rows == 3


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (b"2,too,many,cells", "malformed", "4 cells; the header has 2"),
        (b"2", "malformed", "1 cells; the header has 2"),
        (b'2,"quote"x', "malformed", "not CSV"),
        (b"2,caf\xe9", "encoding", "not utf-8"),
        (b'2,"never closed', "malformed", "not CSV"),
    ],
)
def test_a_bad_csv_row_costs_only_itself(tmp_path: Path, line: bytes, code: str, said: str) -> None:
    path = write(tmp_path, "id,title", "1,First", line, "8,Next", "9,Last", name="tracks.csv")
    items, report = load_catalog(config(path))
    assert [item.id for item in items] == ["1", "8", "9"]
    assert [(problem.line, problem.code) for problem in report.problems] == [(3, code)]
    assert said in report.problems[0].reason


def test_bad_bytes_inside_a_row_of_several_lines_cost_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, "id,title", b'1,"caf\xe9', b'and, more"', "2,Next", name="tracks.csv")
    problem = only_problem(config(path))
    assert (problem.line, problem.code) == (2, "encoding")


def test_an_unclosed_quote_gives_up_at_the_row_limit_and_reads_the_rest(tmp_path: Path) -> None:
    lines = [f"{number},{'x' * 900}" for number in range(10, 60)]
    path = write(tmp_path, "id,title", '1,"open', *lines, name="tracks.csv")
    settings = CatalogConfig(path=path, max_field_bytes=1000)
    items, report = load_catalog(settings)
    assert len(items) == 50
    assert [(problem.line, problem.code) for problem in report.problems] == [(2, "too_long")]


def test_tabs_other_delimiters_and_encodings(tmp_path: Path) -> None:
    tabs = write(tmp_path, "id\ttitle", "1\ta, b", name="tracks.tsv")
    assert load_catalog(config(tabs))[0][0].title == "a, b"
    semicolons = write(tmp_path, "id;title", "1;café".encode("cp1252"), name="tracks.csv")
    settings = CatalogConfig(path=semicolons, delimiter=";", encoding="cp1252")
    assert load_catalog(settings)[0][0].title == "café"


def test_parquet_keeps_types_and_counts_rows(tmp_path: Path) -> None:
    path = tmp_path / "tracks.parquet"
    table = {"id": [1, 2, 2], "title": ["a", "b", "c"], "tags": [["x", "y"], None, []], "year": [1959.5, None, 3.0]}
    pq.write_table(pa.table(table), path)
    attributes = [AttributeColumn(name="tags", kind="categories"), AttributeColumn(name="year", kind="number")]
    items, report = load_catalog(config(path, attributes))
    assert [item.attributes for item in items] == [{"tags": ("x", "y"), "year": 1959.5}, {}]
    assert [(problem.line, problem.code) for problem in report.problems] == [(3, "duplicate_id")]


def test_parquet_text_that_is_not_utf8_costs_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "tracks.parquet"
    titles = pa.array([b"a", b"caf\xe9", b"c"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": ["1", "2", "3"], "title": titles}), path)
    problem = only_problem(config(path))
    assert (problem.line, problem.code) == (2, "encoding")


def test_pictures_must_be_there_readable_and_inside_the_folder(tmp_path: Path) -> None:
    Image.new("RGB", (2, 3)).save(tmp_path / "good.png")
    (tmp_path / "fake.png").write_text("not a picture")
    (tmp_path / "empty.png").touch()
    names = ["good.png", "none.png", "fake.png", "empty.png", "../outside.png", "https://example.org/a.png"]
    path = jsonl(tmp_path, *({"id": name, "title": "x", "image": name} for name in names))
    items, report = load_catalog(config(path, image="image"))
    assert [item.image for item in items] == [
        str(tmp_path / "good.png"),
        *[None] * 4,
        "https://example.org/a.png",
    ]
    assert (report.loaded, report.problem_count, report.media_problems) == (6, 0, 4)
    assert [(problem.line, problem.code) for problem in report.problems] == [(line, "media") for line in (2, 3, 4, 5)]
    assert "No such file" in report.problems[0].hint
    assert "outside" in report.problems[3].hint


def test_strict_refuses_and_says_which_rows(tmp_path: Path) -> None:
    path = jsonl(tmp_path, GOOD, {"id": "2"}, {"title": "x"})
    with pytest.raises(CatalogRejectedError, match=r"1 of 3 rows loaded(.|\n)*line 2(.|\n)*line 3"):
        load_catalog(config(path), strict=True)
    with pytest.raises(CatalogRejectedError, match="line 2"):
        list(read_catalog(config(path), strict=True))


def test_problems_reach_the_caller_while_reading(tmp_path: Path) -> None:
    seen: list[RowProblem] = []
    path = jsonl(tmp_path, {"id": "2"}, GOOD)
    assert [item.id for item in read_catalog(config(path), on_problem=seen.append)] == ["1"]
    assert [problem.code for problem in seen] == ["missing_title"]


def test_the_report_of_a_very_bad_file_stays_small(tmp_path: Path) -> None:
    path = write(tmp_path, *["nonsense"] * 3000)
    report = scan_catalog(config(path))
    assert (report.rows, report.loaded, report.problem_count, len(report.problems)) == (3000, 0, 3000, 1000)
    assert report.summary().endswith("... and 2,980 more.")


def test_a_file_that_cannot_be_used_at_all_is_refused(tmp_path: Path) -> None:
    def refused(settings: CatalogConfig) -> str:
        with pytest.raises(CatalogError) as error:
            load_catalog(settings)
        return str(error.value)

    assert "Check the path" in refused(config(tmp_path / "none.csv"))
    assert "set format" in refused(config(write(tmp_path, "x", name="tracks.xls")))
    assert "has no header" in refused(config(write(tmp_path, name="empty.csv")))
    assert "twice: ['id']" in refused(config(write(tmp_path, "id,id", name="twice.csv")))
    assert "Save it as UTF-8" in refused(config(write(tmp_path, "id,title".encode("utf-16"), name="wide.csv")))
    assert "not a Parquet file" in refused(config(write(tmp_path, "text", name="fake.parquet")))
    settings = config(write(tmp_path, "id,name", name="named.csv"))
    assert "no column 'title' (for title). It has: id, name." in refused(settings)
