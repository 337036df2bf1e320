"""Every door lets users see, change and forget what is remembered of them, and shows nothing while memory is off."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from agent import Recommender, Settings
from agent.memory import MemoryConfig
from ui.api.app import create_app
from ui.cli import app
from ui.terminal import Terminal

PATH = "/v1/users/ada/memory"


@pytest.fixture
async def recommender(demo_settings: Settings, enabled: bool) -> AsyncIterator[Recommender]:
    memory = MemoryConfig(enabled=enabled)
    recommender = Recommender.from_settings(demo_settings.model_copy(update={"memory": memory}))
    yield recommender
    await recommender.aclose()


@pytest.fixture
def enabled() -> bool:
    return True


@pytest.fixture
async def client(recommender: Recommender) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(recommender))
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as client:
        yield client


async def teach(client: httpx.AsyncClient, user: str = "ada") -> None:
    await client.put(f"/v1/users/{user}/memory", json={"consent": True})
    session = (await client.post("/v1/sessions", json={"user_id": user})).json()["session_id"]
    reply = await client.post(f"/v1/sessions/{session}/messages", json={"text": "Remember that I love Westerns"})
    assert reply.status_code == 200, reply.text


def assert_problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"urn:palate:problem:{kind}" and problem["hint"]
    return problem


async def test_tastes_are_listed_changed_and_forgotten(client: httpx.AsyncClient) -> None:
    empty = (await client.get(PATH)).json()
    assert empty == {
        "user_id": "ada", "enabled": True, "consent": False, "since": "", "tastes": [], "pending": [],
    }  # fmt: skip
    await teach(client)
    held = (await client.get(PATH)).json()
    (taste,) = held["tastes"]
    assert (held["consent"], taste["value"], taste["polarity"], taste["times"]) == (True, "Western", "like", 1)
    assert 0 < taste["strength"] <= 1 and taste["first_seen"] and taste["origins"][0]["source"] == "lasting"
    changed = await client.patch(PATH, json={"change": [{"id": taste["id"], "polarity": "dislike", "strength": 0.2}]})
    assert [(t["polarity"], t["strength"]) for t in changed.json()["tastes"]] == [("dislike", 0.2)]
    assert (await client.patch(PATH, json={"remove": [taste["id"]]})).json()["tastes"] == []
    await teach(client)
    assert (await client.delete(PATH)).json() == {"user_id": "ada", "tastes_forgotten": 1}
    left = (await client.get(PATH)).json()
    assert (left["consent"], left["tastes"]) == (True, [])


async def test_a_profile_gives_first_tastes(client: httpx.AsyncClient) -> None:
    body = {"consent": True, "profile": {"genres": ["Western", "Drama"]}}
    view = (await client.put(PATH, json=body)).json()
    assert {taste["value"] for taste in view["tastes"]} == {"Western", "Drama"}
    wrong = await client.put(PATH, json={"consent": True, "profile": {"shoe_size": "42"}})
    assert "shoe_size" in assert_problem(wrong, 422, "message")["detail"]
    assert_problem(await client.put(PATH, json={"consent": False, "profile": {"genres": "Drama"}}), 422, "message")


async def test_withdrawing_deletes_and_export_and_erasure_cover_memory(client: httpx.AsyncClient) -> None:
    await teach(client)
    await teach(client, "bob")
    exported = (await client.get("/v1/users/ada/export")).json()
    assert [event["kind"] for event in exported["memory"]] == ["consent", "seen"]
    assert (await client.put(PATH, json={"consent": False})).json()["tastes"] == []
    assert [e["kind"] for e in (await client.get("/v1/users/ada/export")).json()["memory"]] == ["withdrawn"]
    await client.delete("/v1/users/ada")
    assert (await client.get("/v1/users/ada/export")).json()["memory"] == []
    assert len((await client.get("/v1/users/bob/memory")).json()["tastes"]) == 1


async def test_mistakes_are_told_as_problems(client: httpx.AsyncClient) -> None:
    assert_problem(await client.patch(PATH, json={"change": [{"id": "x", "strength": 0.1}]}), 409, "consent")
    await client.put(PATH, json={"consent": True})
    assert_problem(await client.patch(PATH, json={"change": [{"id": "x", "strength": 0.1}]}), 404, "taste-not-found")
    assert_problem(await client.patch(PATH, json={"remove": ["x"]}), 404, "taste-not-found")
    assert_problem(await client.patch(PATH, json={}), 422, "message")
    assert_problem(await client.patch(PATH, json={"change": [{"id": "x", "strength": 2}]}), 422, "invalid-request")


@pytest.mark.parametrize("enabled", [False])
async def test_while_memory_is_off_nobody_can_be_remembered(client: httpx.AsyncClient) -> None:
    assert_problem(await client.put(PATH, json={"consent": True}), 409, "memory-off")
    assert (await client.get(PATH)).json()["enabled"] is False
    assert (await client.put(PATH, json={"consent": False})).status_code == 200


def test_the_command_line_shows_permits_and_forgets(
    demo_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PALATE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PALATE_MEMORY__ENABLED", "true")

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        return result.output

    assert "no consent" in run("memory", "show", "ada")
    assert "remembered since" in run("memory", "consent", "ada", "--yes")
    run("chat", "--once", "Remember that I love Westerns", "--json", "--user", "ada")
    assert "Western" in run("memory", "show", "ada")
    assert [taste["value"] for taste in json.loads(run("memory", "show", "ada", "--json"))["tastes"]] == ["Western"]
    assert "Western" in run("export", "ada")
    assert "Forgot 1 taste of 'ada'." in run("memory", "forget", "ada", "--yes")
    assert "is not remembered" in run("memory", "consent", "ada", "--no")


def test_the_terminal_shows_and_forgets(demo_settings: Settings) -> None:
    settings = demo_settings.model_copy(update={"memory": MemoryConfig(enabled=True)})
    lines = iter(["/memory", "/memory on", "Remember that I love Westerns", "/memory", "/memory forget", "/quit"])
    out = io.StringIO()
    console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
    Terminal(Recommender.from_settings(settings), console=console, read=lambda _: next(lines)).run(None, None, "ada")
    text = out.getvalue()
    assert "/memory on lets me" in text
    assert "genre: Western  80 %" in text
    assert text.count("Nothing yet.") == 2
