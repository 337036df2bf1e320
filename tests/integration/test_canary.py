"""What a user said, sent and liked is in their export, and after erasure in no file, table, index or log.

A mark that stands nowhere else goes in by every door; then every byte under the data folder is searched for it, free
pages of SQLite included, and every column of text in Postgres.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image
from typer.testing import CliRunner

from agent import Recommender, Settings, find_personal
from evals import read_pii
from evals.benchmarks.pii import PII_FILE
from evals.data import data_file
from evals.errors import DataMissingError
from ui.api.app import create_app
from ui.cli import app

MARK = "zqcanary7319"
USER = f"user-{MARK}"
OTHER = "zqother5527"


def places(folder: Path, mark: str) -> list[str]:
    """Return the files in whose bytes, or name, a mark stands, in any of the ways that text is written."""
    ways = [mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be"), mark.encode().hex().encode()]
    found = []
    for path in sorted(folder.rglob("*")):
        if mark in path.name or (path.is_file() and any(way in path.read_bytes() for way in ways)):
            found.append(str(path.relative_to(folder)))
    return found


def columns(url: str, mark: str) -> list[str]:
    """Return the tables and columns of a database in which a mark stands."""
    engine = sa.create_engine(url)
    found = []
    with engine.begin() as connection:
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            for column in inspector.get_columns(table):
                name = f'"{table}"."{column["name"]}"'
                query = sa.text(f'SELECT COUNT(*) FROM "{table}" WHERE CAST({name} AS TEXT) LIKE :mark')
                if connection.execute(query, {"mark": f"%{mark}%"}).scalar():
                    found.append(f"{table}.{column['name']}")
    engine.dispose()
    return found


def picture(mark: str) -> bytes:
    """A JPEG with the mark in its EXIF."""
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = f"description {mark}"
    exif[0x013B] = mark
    Image.new("RGB", (64, 64), (20, 120, 60)).save(data, "JPEG", exif=exif, comment=mark.encode())
    assert mark.encode() in data.getvalue()
    return data.getvalue()


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, shelf: Settings, tmp_path: Path) -> Settings:
    url = str(request.getfixturevalue("postgres")) if request.param == "postgres" else ""
    log = shelf.feedback.model_copy(update={"enabled": True, "who": "everyone"})
    store = shelf.store.model_copy(update={"url": url})
    return shelf.model_copy(update={"store": store, "data_dir": tmp_path / "data", "feedback": log})


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    recommender = Recommender.from_settings(settings)
    transport = httpx.ASGITransport(create_app(recommender, config=settings.api))
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as client:
        yield client
    await recommender.aclose()


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Take down all that parts of ours log, and what libraries would log in production."""
    caplog.set_level(logging.INFO)
    for ours in ("agent", "retrieval", "ui", "palate"):
        caplog.set_level(logging.DEBUG, logger=ours)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return what was logged, but for what the test's own client says of its requests."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


async def talk(client: httpx.AsyncClient, user: str, mark: str) -> str:
    """Use every door that keeps something of a user; return the id of the session."""
    await client.put(f"/v1/users/{user}/memory", json={"consent": True, "profile": {"genres": ["Western"]}})
    session = str((await client.post("/v1/sessions", json={"user_id": user})).json()["session_id"])
    path = f"/v1/sessions/{session}"
    kept = []
    for owner in ({"session_id": session}, {}):
        files = {"file": (f"{mark}.jpg", picture(mark), "image/jpeg")}
        kept.append((await client.post("/v1/uploads", files=files, data=owner)).json()["upload_id"])
    said = [
        {"text": f"Remember that I love crime films, {mark}"},
        {"text": f"a story with a lighthouse keeper named {mark}"},
        {"text": f"like this {mark}", "upload_ids": kept[:1]},
        {"text": "like that", "upload_ids": kept[1:]},
    ]
    for body in said:
        answer = await client.post(
            f"{path}/messages", json=body, headers={"Idempotency-Key": f"{mark}-{len(str(body))}"}
        )
        assert answer.status_code == 200, answer.text
    item = (await client.get("/v1/items", params={"limit": 1})).json()["items"][0]["item_id"]
    for kind in ("like", "accept"):
        assert (await client.post(f"{path}/feedback", json={"item_id": item, "kind": kind})).status_code == 200
    wish = {"add": [{"attribute": "text", "value": f"words {mark}"}]}
    assert (await client.patch(f"{path}/preferences", json=wish)).status_code == 200
    chat = {"model": "palate", "user": user, "messages": [{"role": "user", "content": f"a quiet film {mark}"}]}
    assert (await client.post("/v1/chat/completions", json=chat)).status_code == 200
    return session


async def erase_by_api(client: httpx.AsyncClient, _settings: Settings, user: str) -> None:
    gone = (await client.delete(f"/v1/users/{user}")).json()
    assert gone["sessions_erased"] >= 1 and gone["uploads_erased"] == 2


async def erase_by_command(_client: httpx.AsyncClient, settings: Settings, user: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "load", lambda *_a, **_k: settings)
        result = await asyncio.to_thread(CliRunner().invoke, app, ["erase", user, "--yes"])
    assert result.exit_code == 0, result.output
    assert "and 2 uploads" in result.output


@pytest.mark.parametrize("erase", [erase_by_api, erase_by_command])
async def test_what_a_user_left_is_exported_and_then_nowhere(
    client: httpx.AsyncClient, settings: Settings, erase: Any, caplog: pytest.LogCaptureFixture
) -> None:
    listen(caplog)
    session = await talk(client, USER, MARK)
    await talk(client, f"user-{OTHER}", OTHER)
    exported = (await client.get(f"/v1/users/{USER}/export")).json()
    text = json.dumps(exported)
    for what in (f"Remember that I love crime films, {MARK}", f"words {MARK}", session, "Western"):
        assert what in text
    assert {kind["kind"] for kind in exported["memory"]} >= {"consent", "seen"}
    assert len(exported["uploads"]) == 2 and all(upload["data"] for upload in exported["uploads"])
    assert OTHER not in text
    postgres = settings.store.url.startswith("postgresql")
    there = columns(settings.store.url, MARK) if postgres else places(settings.data_dir, MARK)
    assert there, "the search must be able to find the mark"
    assert not [place for place in places(settings.data_dir, MARK) if place.startswith("uploads")], "EXIF was kept"

    await erase(client, settings, USER)
    assert places(settings.data_dir, MARK) == []
    left = places(settings.data_dir, session)
    if postgres:
        assert columns(settings.store.url, MARK) == [] and columns(settings.store.url, session) == []
        assert columns(settings.store.url, OTHER), "others are left as they are"
    else:
        assert places(settings.data_dir, OTHER), "others are left as they are"
    assert left == []
    assert len(list((settings.data_dir / "uploads").glob("*.json"))) == 2, "the other user's files are there"
    assert (await client.get(f"/v1/users/{USER}/export")).json()["sessions"] == []
    assert MARK not in logged(caplog)
    await client.delete(f"/v1/users/user-{OTHER}")
    assert places(settings.data_dir, OTHER) == [] and not list((settings.data_dir / "uploads").iterdir())


def test_the_search_sees_what_sqlite_would_leave_in_free_pages(tmp_path: Path) -> None:
    """Without overwriting, deleted rows stay in the file: the search must see them there."""
    with sqlite3.connect(tmp_path / "careless.db") as raw:
        raw.execute("PRAGMA secure_delete = OFF")
        raw.execute("CREATE TABLE said (text TEXT)")
        raw.execute("INSERT INTO said VALUES (?)", (f"{'x' * 9000}{MARK}",))
        raw.commit()
        raw.execute("DELETE FROM said")
    raw.close()
    assert places(tmp_path, MARK) == ["careless.db"]


async def test_personal_data_is_taken_out_before_anything_is_stored_or_logged(
    client: httpx.AsyncClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages of every kind of the test data: what redaction finds is in no byte of the store and in no log."""
    try:
        folder = data_file(PII_FILE.as_posix()).parents[1]
    except DataMissingError as error:
        pytest.skip(f"NOT TESTED: {error}")
    listen(caplog)
    session = str((await client.post("/v1/sessions", json={"user_id": "ada"})).json()["session_id"])
    taken: dict[str, list[str]] = {}
    for text in read_pii(folder, "development"):
        found = [text.text[one.start : one.end] for one in find_personal(text.text)]
        kinds = {kind for start, end, kind in text.spans if text.text[start:end] in found}
        # A value that the rest of the text repeats in other letters proves nothing here, nor does one of few letters.
        long = [value for value in found if len(value) >= 8]
        if len(text.text) > 300 or not long or all(len(taken.get(kind, ())) >= 3 for kind in kinds):
            continue
        for kind in kinds:
            taken.setdefault(kind, []).extend(long)
        answer = await client.post(f"/v1/sessions/{session}/messages", json={"text": text.text})
        assert answer.status_code == 200, answer.text
    assert len(taken) >= 5, f"only {sorted(taken)} were tried"
    values = {value for values in taken.values() for value in values}
    postgres = settings.store.url.startswith("postgresql")
    for value in values:
        assert places(settings.data_dir, value) == []
        assert not postgres or columns(settings.store.url, value) == []
        assert value not in logged(caplog)
    stored = await client.get(f"/v1/sessions/{session}")
    assert len(stored.json()["turns"]) >= len(taken)


async def test_an_upload_that_cannot_be_deleted_is_told_and_found_again(
    client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the user may be called erased while a file of theirs is left."""
    await talk(client, USER, MARK)

    def denied(*_given: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", denied)
        refused = await client.delete(f"/v1/users/{USER}")
    assert refused.status_code == 503
    assert (await client.delete(f"/v1/users/{USER}")).json()["uploads_erased"] == 2
    assert places(settings.data_dir, MARK) == []


async def test_published_counts_hold_no_user_and_state_their_privacy(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(client, USER, MARK)
    monkeypatch.setattr(Settings, "load", lambda *_a, **_k: settings)
    out = tmp_path / "counts.json"
    command = ["feedback", "publish", "--out", str(out), "--epsilon", "0.5"]
    result = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert result.exit_code == 0, result.output
    published = json.loads(out.read_text())
    assert (published["epsilon"], published["per_user"], published["scale"]) == (0.5, 10, 20.0)
    assert len(published["items"]) == 300 and MARK not in out.read_text()
    assert (await asyncio.to_thread(CliRunner().invoke, app, [*command, "--per-user", "0"])).exit_code == 2
