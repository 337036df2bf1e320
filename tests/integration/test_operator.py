"""The operator's page: what it tells, to whom, and that no word of a user is in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from agent import Recommender, Settings
from agent.access import AccessStore, Gate
from ui.api.app import create_app
from ui.operator import Recent
from ui.operator.gather import reports, stages
from ui.operator.recent import TurnSeen

SAID = "a gloomy crime film, please"


@pytest.fixture
async def client(recommender: Recommender) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(recommender)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_it_shows_parts_index_turns_and_reactions(client: httpx.AsyncClient, recommender: Recommender) -> None:
    reply = await recommender.reply(SAID, "ada", user="ada")
    await recommender.feedback("ada", reply.recommendations[0].item_id, "like")
    seen = (await client.get("/operator/overview")).json()
    assert seen["parts"]["index"] == "ok"
    assert seen["index"]["items"] == recommender.retriever.manifest.items
    assert seen["actions"] == {"recommend": 1}
    assert [turn["picks"] for turn in seen["turns"]] == [len(reply.recommendations)]
    assert {stage["name"] for stage in seen["stages"]} >= {"understand", "retrieve", "compose"}
    assert sum(stage["share"] for stage in seen["stages"]) == pytest.approx(1.0)
    assert seen["reactions"] == {"like": 1}
    assert seen["degraded"], "there is no language model, and that is told"


@pytest.mark.parametrize("path", ["/operator/overview", "/operator/view"])
async def test_no_word_of_a_user_and_no_id_is_in_it(
    client: httpx.AsyncClient, recommender: Recommender, path: str
) -> None:
    await recommender.reply(SAID, "session-4711", user="user-4712")
    text = (await client.get(path)).text
    assert len(text) > 500
    for private in ("gloomy", "session-4711", "user-4712"):
        assert private not in text


async def test_it_speaks_the_browsers_language(client: httpx.AsyncClient, recommender: Recommender) -> None:
    await recommender.reply(SAID, "ada")
    german = {"accept-language": "de-AT,en;q=0.5"}
    frame = await client.get("/operator", headers=german)
    assert '<html lang="de">' in frame.text and "für den Betrieb" in frame.text
    assert "(<code>palate keys create</code>)" in frame.text, "what is typed is the same in every language"
    assert frame.headers["vary"] == "Accept-Language"
    view = (await client.get("/operator/view", headers=german)).text
    for told in ("Teile", "Modell", "empfohlen", "Verstehen", "Rückmeldungen der letzten 7 Tage"):
        assert told in view
    assert "Feedback" not in view and "understand" not in view.replace("stage-understand", "")
    assert "Feedback of the last 7 days" in (await client.get("/operator/view", headers={"accept-language": "pt"})).text


async def test_what_is_shown_is_escaped(client: httpx.AsyncClient, recommender: Recommender) -> None:
    await recommender.reply(SAID, "ada")
    recent: Recent = client._transport.app.state.recent  # type: ignore[attr-defined]
    recent._turns[0] = recent._turns[0].model_copy(update={"degraded": ("<script>alert(1)</script>",)})
    text = (await client.get("/operator/view")).text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


async def test_where_keys_are_on_it_wants_one_of_an_operator(recommender: Recommender) -> None:
    store = AccessStore(recommender.store)  # type: ignore[arg-type]
    gate = Gate(recommender.settings.auth, store, host="0.0.0.0")
    app = create_app(recommender, gate)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        page = await client.get("/operator")
        assert page.status_code == 200
        assert "films" not in page.text
        for path in ("overview", "view", "reports/any"):
            assert (await client.get(f"/operator/{path}")).status_code == 401


def test_tails_are_told_from_twenty_turns_on() -> None:
    turn = TurnSeen(at=datetime.now(UTC), action="answer", picks=0, degraded=(), timings_ms={"guard": 2.0, "talk": 6.0})
    assert stages(()) == ()
    assert [stage.p95 for stage in stages([turn] * 19)] == [None, None]
    assert [(stage.median, stage.p95, stage.share) for stage in stages([turn] * 20)] == [(2, 2, 0.25), (6, 6, 0.75)]


async def test_reports_are_listed_and_nothing_else_is_served(
    client: httpx.AsyncClient, recommender: Recommender, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    (folder / "nightly").mkdir(parents=True)
    (folder / "nightly" / "report.html").write_text("<h1>Nightly</h1>", encoding="utf-8")
    (tmp_path / "report.html").write_text("secret", encoding="utf-8")
    assert [report.name for report in reports(folder)] == ["nightly"]
    server = recommender.settings.server.model_copy(update={"reports": folder})
    recommender.settings = recommender.settings.model_copy(update={"server": server})
    found = await client.get("/operator/reports/nightly")
    assert found.text == "<h1>Nightly</h1>"
    assert found.headers["content-security-policy"].startswith("sandbox")
    for name in ("%2e%2e", "nightly%2f..%2f..", "..%2freports", "missing"):
        answer = await client.get(f"/operator/reports/{name}")
        assert "secret" not in answer.text
        assert answer.status_code == 404 or answer.text == (await client.get("/operator")).text


def test_reports_without_a_folder_are_none(tmp_path: Path) -> None:
    assert reports(None) == ()
    assert reports(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("name", ["operator.css", "operator.js"])
async def test_its_files_are_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/operator/static/{name}")).status_code == 200
    assert (await client.get("/operator/static/routes.py")).status_code == 404


def test_settings_name_the_folder(tmp_path: Path) -> None:
    assert Settings.load(server={"reports": tmp_path}).server.reports == tmp_path
