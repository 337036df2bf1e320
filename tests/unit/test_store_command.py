"""``palate store``: what stands in the store, its upgrade, and the end of what is too old."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.store_schema import SCHEMA_VERSION
from ui import cli

RELEASED = Path(__file__).parent / "data" / "stores" / "0.1.0.sqlite.sql"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store as release 0.1.0 left it, which is upgraded by hand only."""
    path = tmp_path / "palate.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(RELEASED.read_text("utf-8"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALATE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PALATE_STORE__URL", f"sqlite:///{path}")
    monkeypatch.setenv("PALATE_STORE__UPGRADE", "by_hand")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run ``palate store`` and return its status, what it printed and what it complained of."""
    with pytest.raises(SystemExit) as left:
        cli.main(["store", *arguments])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def sessions(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM sessions").fetchone()[0])


def dump(path: Path) -> list[str]:
    """Return the tables and rows as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_show_tells_an_older_store_and_changes_nothing(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = dump(store)
    status, said, _ = run(capsys, "show")
    assert status == 0
    assert "older: palate store upgrade" in said and f"reads {SCHEMA_VERSION}" in said
    _, described, _ = run(capsys, "show", "--json")
    found = json.loads(described)
    assert found["version"] < found["reads"] == SCHEMA_VERSION
    assert found["rows"]["sessions"] == sessions(store) > 0
    assert dump(store) == before


def test_upgrade_brings_it_to_this_version_with_all_that_it_held(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = sessions(store)
    status, said, _ = run(capsys, "upgrade")
    assert status == 0 and f"to {SCHEMA_VERSION}." in said
    assert "up to date" in run(capsys, "show")[1]
    assert f"is at schema version {SCHEMA_VERSION} already" in run(capsys, "upgrade")[1]
    assert sessions(store) == held


def test_an_older_store_is_not_pruned_before_it_is_upgraded(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = sessions(store)
    status, said, complaint = run(capsys, "prune")
    assert status != 0 and not said
    assert "palate store upgrade" in complaint
    assert sessions(store) == held


def test_prune_deletes_what_is_older_than_the_settings_keep_it(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "upgrade")
    held = sessions(store)
    assert json.loads(run(capsys, "prune", "--json")[1])["sessions"] == 0, "kept until erased"
    with closing(sqlite3.connect(store)) as connection:
        for table in ("sessions", "events"):
            connection.execute(f"UPDATE {table} SET created_at = '2001-01-01T00:00:00.000+00:00'")
        connection.commit()
    monkeypatch.setenv("PALATE_STORE__RETENTION_DAYS", "30")
    assert "30 days" in run(capsys, "prune", "--limits")[1]
    assert sessions(store) == held, "--limits only tells"
    assert json.loads(run(capsys, "prune", "--json")[1])["sessions"] == held
    assert sessions(store) == 0
