"""Interactions are read with nothing dropped in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.collaborative import CollaborativeConfig, HistoryConfig, history_matrix, read_interactions
from retrieval.errors import InteractionsError

ITEMS = ("a", "b", "c", "d")


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("user_id,item_id,value,timestamp", *lines)) + "\n", encoding="utf-8")
    return path


def test_rows_are_sorted_by_user_and_time(tmp_path: Path) -> None:
    file = write(tmp_path / "i.csv", "u2,a,5,30", "u1,b,1,20", "u1,a,4,10", "u2,d,2,2001-01-01T00:00:00")
    known, report = read_interactions(file, ITEMS)
    assert known.users == ("u2", "u1")
    assert [known.items[item] for item in known.item] == ["a", "d", "a", "b"]
    assert known.time[1] == 978307200
    assert (report.rows, report.kept, report.users, report.items) == (4, 4, 2, 3)


def test_what_cannot_be_used_is_counted_and_told_with_line_and_value(tmp_path: Path) -> None:
    file = write(
        tmp_path / "i.csv", "u1,a,4,1", "u1,zzz,4,2", "u2,zzz,4,2", "u1,b,many,3", "u1,c,-1,3", ",c,1,3", "u1,a,2,9"
    )
    known, report = read_interactions(file, ITEMS)
    assert report.unknown_rows == 2 and report.unknown_items == 1 and report.unknown_examples == ("zzz",)
    assert report.bad == 3 and [one.line for one in report.problems] == [5, 6, 7]
    assert "'many'" in report.problems[0].reason
    assert report.repeated == 1 and known.value.tolist() == [2.0]
    told = "\n".join(report.lines())
    assert "zzz" in told and "line 5" in told and "replaced" in told
    assert report.kept + report.unknown_rows + report.bad + report.repeated == report.rows


def test_jsonl_and_parquet_read_the_same_and_missing_columns_have_defaults(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    lines = tmp_path / "i.jsonl"
    lines.write_text('{"who": 1, "what": "b"}\n{"who": 1, "what": "a"}\n', encoding="utf-8")
    table = tmp_path / "i.parquet"
    write_table(pa.table({"who": [1, 1], "what": ["b", "a"]}), table)
    config = CollaborativeConfig(user_column="who", item_column="what")
    for file in (lines, table):
        known, _ = read_interactions(file, ITEMS, config)
        assert known.item.tolist() == [1, 0], "without times the file stands in order"
        assert known.value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("lines", "words"),
    [(("u1,zzz,1,1",), "zzz"), ((), "no rows")],
)
def test_a_file_without_a_usable_row_is_an_error(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(InteractionsError, match=words):
        read_interactions(write(tmp_path / "i.csv", *lines), ITEMS)


def test_a_missing_column_or_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "i.csv"
    file.write_text("userId,item_id\n1,a\n", encoding="utf-8")
    with pytest.raises(InteractionsError, match="no column 'user_id'; it has userId, item_id"):
        read_interactions(file, ITEMS)
    with pytest.raises(InteractionsError, match="no file"):
        read_interactions(tmp_path / "none.csv", ITEMS)


def test_the_last_of_each_user_are_held_out_but_never_more_than_half(tmp_path: Path) -> None:
    file = write(tmp_path / "i.csv", *(f"u1,{item},1,{time}" for time, item in enumerate(ITEMS)), "u2,a,1,1")
    known, _ = read_interactions(file, ITEMS)
    early, late = known.last(3)
    assert [known.items[item] for item in late.item] == ["c", "d"]
    assert len(early) == 3 and early.counts().tolist() == [2, 1]


def test_recent_interactions_weigh_more_and_those_of_one_moment_the_same(tmp_path: Path) -> None:
    file = write(tmp_path / "i.csv", "u1,a,2,1", "u1,b,4,5", "u1,c,4,5", "u1,d,4,9")
    known, _ = read_interactions(file, ITEMS)
    weights = history_matrix(known, HistoryConfig(strength="value", half_life=1.0)).toarray()[0]
    assert weights == pytest.approx([0.5 * 0.5**3, 0.5**1.5, 0.5**1.5, 1.0])
    liked = history_matrix(known, HistoryConfig(strength="liked"), liked=4.0).toarray()[0]
    assert np.array_equal(liked, [0, 1, 1, 1])
