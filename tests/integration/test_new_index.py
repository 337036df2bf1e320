"""A new index is taken up while serving: no restart, no turn disturbed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent import Recommender, Settings
from agent.parts import Parts
from agent.serving import Serving
from agent.types import DoneEvent
from retrieval import CatalogConfig, build_index
from retrieval.catalog import AttributeColumn, Columns

SONGS = [
    {"id": "s1", "title": "Paper Boats", "mood": "calm", "plays": 30},
    {"id": "s2", "title": "Iron Orchard", "mood": "wild", "plays": 20},
]
NEW = {"id": "s3", "title": "Glass Harbour", "mood": "calm", "plays": 90}


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write(tmp_path / "songs.jsonl", SONGS)
    made = Settings.load(
        data_dir=tmp_path / "data",
        catalog=CatalogConfig(
            path=tmp_path / "songs.jsonl",
            noun="song",
            noun_plural="songs",
            columns=Columns(popularity="plays"),
            attributes=(AttributeColumn(name="mood", kind="category", column="mood"),),
        ),
        llm={"engine": "none"},
        rerank={"enabled": False},
        server={"refresh_s": 0.001},
    )
    build_index(made.retrieval())
    return made


@pytest.fixture
async def recommender(settings: Settings) -> AsyncIterator[Recommender]:
    opened = Recommender.from_settings(settings)
    yield opened
    await opened.aclose()


async def titles(recommender: Recommender, session: str) -> set[str]:
    reply = await recommender.reply("something calm", session)
    return {pick.title for pick in reply.recommendations}


async def taken_up(recommender: Recommender, generation: str) -> None:
    async with asyncio.timeout(60):
        while recommender.retriever.manifest.generation != generation:
            await recommender.reply("hello", "someone else")
            await asyncio.sleep(0.02)


async def test_the_next_turn_finds_what_is_new(recommender: Recommender, settings: Settings, tmp_path: Path) -> None:
    assert await titles(recommender, "ada") == {"Paper Boats"}
    write(tmp_path / "songs.jsonl", [*SONGS, NEW])
    manifest = await asyncio.to_thread(build_index, settings.retrieval())
    await taken_up(recommender, manifest.generation)
    assert await titles(recommender, "bob") == {"Paper Boats", "Glass Harbour"}
    reply = await recommender.reply("something wild", "bob")
    assert reply.run.index["generation"] == manifest.generation
    assert [event.kind for event in await recommender.events("ada")] == ["message", "reply"], "ada's session is kept"


async def test_a_slow_look_is_not_begun_again_and_holds_up_no_turn(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Parts] = []
    ended = threading.Event()

    def slow(old: Parts) -> None:
        looks.append(old)
        ended.wait(60)

    monkeypatch.setattr(recommender._serving, "_newer", slow)
    try:
        for session in ("ada", "bob", "eve"):
            assert await titles(recommender, session) == {"Paper Boats"}
        assert len(looks) == 1
        assert recommender.load.waits.seconds() == 0.0
    finally:
        ended.set()


async def test_a_turn_that_runs_ends_on_the_index_it_began_with(
    recommender: Recommender, settings: Settings, tmp_path: Path
) -> None:
    before = recommender.retriever
    stream = recommender.stream("something calm", "ada")
    first = await anext(stream)
    write(tmp_path / "songs.jsonl", [*SONGS, NEW])
    manifest = await asyncio.to_thread(build_index, settings.retrieval())
    await taken_up(recommender, manifest.generation)
    events = [first] + [event async for event in stream]
    assert isinstance(events[-1], DoneEvent)
    assert events[-1].reply.run.index["generation"] == before.manifest.generation
    assert {pick.title for pick in events[-1].reply.recommendations} == {"Paper Boats"}


async def test_a_replaced_index_is_closed_once_its_turns_are_over(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = recommender._serving.now
    closed: list[bool] = []
    monkeypatch.setattr(generation.parts.retriever, "close", lambda: closed.append(True))
    with generation.turn():
        retiring = asyncio.create_task(generation.retire(grace_s=0))
        await asyncio.sleep(0.05)
        assert closed == [], "a turn is still reading it"
    await asyncio.wait_for(retiring, 5)
    assert closed == [True]


async def test_an_index_of_other_attributes_waits_for_a_restart(
    recommender: Recommender, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    serving = recommender.retriever.manifest.generation
    catalog = settings.catalog.model_copy(
        update={
            "attributes": (
                *settings.catalog.attributes,
                AttributeColumn(name="plays", kind="number", column="plays"),
            )
        }
    )
    await asyncio.to_thread(build_index, settings.retrieval().model_copy(update={"catalog": catalog}))
    await recommender._serving.refresh()
    assert recommender.retriever.manifest.generation == serving
    assert "at the next start" in caplog.text
    assert await titles(recommender, "ada") == {"Paper Boats"}


async def test_a_damaged_pointer_leaves_the_old_index_serving(
    recommender: Recommender, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.retrieval().index.path / "current").write_text("nowhere", encoding="utf-8")
    await recommender._serving.refresh()
    assert "the old one goes on" in caplog.text
    assert await titles(recommender, "ada") == {"Paper Boats"}


async def test_looking_can_be_switched_off(recommender: Recommender, settings: Settings) -> None:
    off = settings.model_copy(update={"server": settings.server.model_copy(update={"refresh_s": 0.0})})
    serving = Serving(off, recommender._parts, recommender._finish)
    serving.look()
    assert serving._tasks == set()
