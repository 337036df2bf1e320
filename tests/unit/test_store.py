"""What only the SQL store promises: durability, versions, privacy of the file, clear errors."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.errors import StoreError
from agent.memory.types import ConsentGiven, TasteForgotten, TasteSeen
from agent.store import SqlStore, StoreConfig
from agent.types import MessageReceived, PreferenceUpdate

WRITER = """
import asyncio, sys
from agent.store import SqlStore
from agent.types import MessageReceived, PreferenceUpdate

async def main(url):
    store = SqlStore(url)
    await store.create_session("s")
    for n in range(1_000_000):
        pair = [MessageReceived(turn_id=f"{n}{half}", text="x" * 500, update=PreferenceUpdate()) for half in "ab"]
        await store.append("s", pair)
        sys.stdout.write(f"{n}\\n"); sys.stdout.flush()

asyncio.run(main(sys.argv[1]))
"""


def message(text: str) -> MessageReceived:
    return MessageReceived(turn_id="t1", text=text, update=PreferenceUpdate())


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_the_default_address_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert StoreConfig().address(tmp_path) == f"sqlite:///{tmp_path}/palate.db"
    assert StoreConfig(url="sqlite://").address(tmp_path) == "sqlite://"


async def test_a_conversation_survives_closing_and_opening(tmp_path: Path) -> None:
    url = url_of(tmp_path / "deep" / "palate.db")
    before = SqlStore(url)
    await before.create_session("s", "ada")
    await before.append("s", [message("hello")])
    await before.close()
    after = SqlStore(url)
    assert await after.events("s") == [message("hello")]
    await after.close()


async def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    """A process is killed outright in the middle of writing; every append it had announced is there, and whole."""
    url = url_of(tmp_path / "palate.db")
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(0.3)
        writer.kill()
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    store = SqlStore(url)
    turns = [event.turn_id for event in await store.events("s")]
    await store.close()
    assert acknowledged > 0
    assert turns[: 2 * (acknowledged + 1)] == [f"{n}{half}" for n in range(acknowledged + 1) for half in "ab"]
    assert len(turns) % 2 == 0, "half of an append was kept"


async def test_a_store_written_by_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "palate.db"
    await SqlStore(url_of(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE palate_schema SET version = 99")
    raw.close()
    with pytest.raises(StoreError, match="schema version 99") as caught:
        SqlStore(url_of(path))
    assert "Upgrade" in caught.value.hint


async def test_erased_words_are_gone_from_every_file(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path / "palate.db"))
    await store.create_session("s", "ada")
    await store.append("s", [message("MYSECRETWISH")])
    assert b"MYSECRETWISH" in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    await store.erase_user("ada")
    assert b"MYSECRETWISH" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    await store.close()


async def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path / "palate.db"))
    await store.create_session("s")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    await store.close()
    assert set(modes.values()) == {0o600}, modes


async def test_a_failing_append_writes_nothing_and_is_retryable(tmp_path: Path) -> None:
    path = tmp_path / "palate.db"
    store = SqlStore(url_of(path))
    await store.create_session("s")
    with sqlite3.connect(path) as raw:
        raw.execute(
            "CREATE TRIGGER full BEFORE INSERT ON events WHEN new.seq = 2 BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    raw.close()
    with pytest.raises(StoreError, match="disk full") as caught:
        await store.append("s", [message("one"), message("two")])
    assert caught.value.retryable
    assert await store.events("s") == []
    await store.close()


async def test_an_event_of_another_version_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "palate.db"
    store = SqlStore(url_of(path))
    await store.create_session("s")
    await store.append("s", [message("one")])
    with sqlite3.connect(path) as raw:
        raw.execute('UPDATE events SET payload = \'{"kind": "message", "turn_id": "t", "mood": 1}\'')
    raw.close()
    with pytest.raises(StoreError, match="cannot be read"):
        await store.events("s")
    await store.close()


@pytest.mark.parametrize("url", ["not a url", "sqlite:////proc/nowhere/palate.db"])
def test_an_unusable_address_is_a_clear_error(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        SqlStore(url)
    assert caught.value.hint


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "palate.db"
    path.write_bytes(os.urandom(4096))
    with pytest.raises(StoreError, match="not a database"):
        SqlStore(url_of(path))


async def test_health_says_ok_or_why(tmp_path: Path) -> None:
    path = tmp_path / "palate.db"
    store = SqlStore(url_of(path))
    assert await store.health() is None
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TABLE sessions")
    raw.close()
    assert "sessions" in str(await store.health())
    await store.close()


async def test_forgotten_words_are_gone_from_every_file(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path / "palate.db"))
    at = "2026-01-01T00:00:00+00:00"
    taste = TasteSeen(
        at=at, taste="t", attribute="genres", value="MYSECRETTASTE", strength=0.5, source="lasting"
    )  # fmt: skip
    await store.remember("ada", [ConsentGiven(at=at)])
    await store.remember("ada", [taste])
    assert b"MYSECRETTASTE" in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    await store.forget("ada", ["t"], TasteForgotten(at=at, tastes=1))
    assert b"MYSECRETTASTE" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    await store.close()


async def test_memory_survives_closing_and_opening(tmp_path: Path) -> None:
    url, consent = url_of(tmp_path / "palate.db"), ConsentGiven(at="2026-01-01T00:00:00+00:00")
    before = SqlStore(url)
    await before.remember("ada", [consent])
    await before.close()
    after = SqlStore(url)
    assert await after.memory("ada") == [consent]
    await after.close()
