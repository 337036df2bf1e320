"""Turns that meet a long line are ranked with less and say so in their language, or are refused for a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import httpx
import pytest

from agent import Recommender, Settings
from agent.access import ApiConfig
from agent.errors import OverloadedError
from agent.shedding import Level, Waits
from retrieval import RerankConfig
from retrieval.types import Query
from ui.api.app import create_app

ASK = "crime films from before 1990, no questions"


@pytest.fixture
async def recommender(demo_settings: Settings) -> AsyncIterator[Recommender]:
    settings = demo_settings.model_copy(update={"rerank": RerankConfig(enabled=True, depth=30)})
    opened = Recommender.from_settings(settings)
    yield opened
    await opened.aclose()


def waiting(recommender: Recommender, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(recommender._parts.load.waits, "seconds", lambda: seconds)
    monkeypatch.setattr(Waits, "line", property(lambda _: 1))


@pytest.mark.parametrize(("wait_s", "most"), [(0.0, 30), (0.03, 16), (0.2, 0)])
async def test_the_longer_the_line_the_fewer_are_reranked(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch, wait_s: float, most: int
) -> None:
    waiting(recommender, monkeypatch, wait_s)
    found = await recommender.search(Query(text="a heist that goes wrong", k=50))
    reranked = [hit for hit in (*found.hits, *found.spare) if "rerank" in hit.stages]
    assert len(found.hits) == 50
    assert len(reranked) <= most
    assert bool(reranked) is (most > 0)
    assert bool(found.degraded) is (most < 30)


@pytest.mark.parametrize(
    ("ask", "wait_s", "said"),
    [
        (ASK, 0.03, "fewer candidates"),
        (ASK, 0.2, "rougher than usual"),
        ("Krimis von vor 1990, keine Fragen", 0.2, "Gerade wird viel gefragt"),
        ("des films policiers d'avant 1990, pas de questions", 0.2, "Beaucoup de demandes"),
        ("películas policíacas de antes de 1990, sin preguntas", 0.2, "Hay muchas peticiones"),
        ("1990年以前的犯罪片，不要提问", 0.2, "现在请求很多"),
    ],
)
async def test_the_reply_says_so_in_its_language(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch, ask: str, wait_s: float, said: str
) -> None:
    waiting(recommender, monkeypatch, wait_s)
    reply = await recommender.reply(ask, "s")
    assert reply.recommendations
    assert any(said in line for line in reply.degraded), reply.degraded


async def test_turns_one_at_a_time_are_never_spared_anything(recommender: Recommender) -> None:
    for turn in range(3):
        reply = await recommender.reply(ASK, f"s{turn}")
        assert any("rerank" in pick.scores for pick in reply.recommendations)


async def test_the_wait_behind_busy_threads_is_measured(recommender: Recommender) -> None:
    """The figure that decides is the pool's own, from calls that really wait."""
    parts, go = recommender._parts, threading.Event()
    holding = [asyncio.create_task(parts.blocking(go.wait)) for _ in range(parts.load.config.pool_size())]
    behind = asyncio.create_task(parts.blocking(str))
    while not parts.load.waits.line:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert parts.load.waits.seconds() > 0.05
    go.set()
    await asyncio.gather(*holding, behind)
    assert parts.load.waits.line == 0


async def test_a_call_that_is_cancelled_in_line_waits_no_longer(recommender: Recommender) -> None:
    parts, go = recommender._parts, threading.Event()
    holding = [asyncio.create_task(parts.blocking(go.wait)) for _ in range(parts.load.config.pool_size())]
    behind = asyncio.create_task(parts.blocking(str))
    while not parts.load.waits.line:
        await asyncio.sleep(0.01)
    behind.cancel()
    with pytest.raises(asyncio.CancelledError):
        await behind
    assert parts.load.waits.line == 0
    go.set()
    await asyncio.gather(*holding)


async def test_a_new_turn_is_refused_before_anything_of_it_is_kept(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recommender.new_session(session_id="s")
    waiting(recommender, monkeypatch, 3.0)
    with pytest.raises(OverloadedError):
        await recommender.reply(ASK, "s")
    assert await recommender.events("s") == []
    app = create_app(recommender, config=ApiConfig())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for path, body in (("/v1/sessions/s/messages", {"text": ASK}), ("/v1/recommend", {"text": ASK})):
            answer = await client.post(path, json=body)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "6"
            assert answer.json()["type"] == "urn:palate:problem:overloaded"
            assert "Try again" in answer.json()["hint"]
        assert (await client.get("/v1/sessions/s")).status_code == 200
    taken: dict[Level, int] = recommender._parts.load.taken
    assert taken["refuse"] == 3
