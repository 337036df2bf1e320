"""``palate init`` and ``palate catalog check``, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from retrieval.errors import CatalogError
from ui.commands.catalog import app


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PALATE_CONFIG", raising=False)
    (tmp_path / "books.csv").write_text("isbn,title,genre\n" + "".join(f"{n},Book {n},Crime\n" for n in range(60)))
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def test_init_writes_settings_that_check_accepts(folder: Path) -> None:
    wrote = run("init", "books.csv")
    assert wrote.exit_code == 0 and "palate catalog check books.csv" in wrote.output
    assert 'id = "isbn"' in (folder / "palate.toml").read_text()
    checked = run("catalog", "check")
    assert checked.exit_code == 0 and "60 of 60 rows loaded" in checked.output


def test_init_never_replaces_settings_unasked(folder: Path) -> None:
    (folder / "palate.toml").write_text("# mine\n")
    refused = run("init", "books.csv")
    assert refused.exit_code == 2 and "--force" in refused.output
    assert (folder / "palate.toml").read_text() == "# mine\n"
    assert run("init", "books.csv", "--force").exit_code == 0
    assert "isbn" in (folder / "palate.toml").read_text()


def test_check_reports_bad_rows_and_strict_fails(folder: Path) -> None:
    run("init", "books.csv")
    (folder / "more.csv").write_text("isbn,title,genre\n1,One,Crime\n1,Two,Crime\n3,,Crime\n")
    loose = run("catalog", "check", "more.csv")
    assert loose.exit_code == 0
    assert "1 of 3 rows loaded; 2 rows were left out." in loose.output
    assert "line 3 (id '1'): The id '1' is taken by line 2." in loose.output
    assert "line 4 (id '3'): There is no title in column 'title'. The row has: isbn, genre." in loose.output
    assert run("catalog", "check", "more.csv", "--strict").exit_code == 2
    report = json.loads(run("catalog", "check", "more.csv", "--json").output)
    assert [problem["code"] for problem in report["problems"]] == ["duplicate_id", "missing_title"]


def test_a_file_without_settings_is_checked_by_a_guess() -> None:
    assert "60 of 60 rows loaded" in run("catalog", "check", "books.csv").output


def test_a_missing_file_is_the_callers_mistake() -> None:
    assert isinstance(run("init", "none.csv").exception, CatalogError)
