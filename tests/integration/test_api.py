"""The API over the real recommender: a conversation by HTTP, in JSON and in events, that survives a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from agent import Recommender, Settings
from agent.types import Reply
from ui.api.app import create_app


@asynccontextmanager
async def api(recommender: Recommender) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(recommender))
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as client:
        yield client


@pytest.fixture
async def client(recommender: Recommender) -> AsyncIterator[httpx.AsyncClient]:
    async with api(recommender) as client:
        yield client


async def begin(client: httpx.AsyncClient, **body: Any) -> str:
    return str((await client.post("/v1/sessions", json=body)).json()["session_id"])


async def say(client: httpx.AsyncClient, session: str, text: str, **body: Any) -> Reply:
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": text} | body)
    assert response.status_code == 200, response.text
    return Reply.model_validate(response.json())


async def test_hard_constraints_hold_for_every_item_of_a_conversation(client: httpx.AsyncClient) -> None:
    session = await begin(client)
    reply = await say(client, session, "Just recommend crime films from before 1990, no questions please")
    assert reply.recommendations
    assert all("Crime" in r.attributes["genres"] and r.attributes["year"] < 1990 for r in reply.recommendations)
    again = await say(client, session, "something else please")
    assert again.recommendations
    assert not {r.item_id for r in again.recommendations} & {r.item_id for r in reply.recommendations}
    detail = (await client.get(f"/v1/sessions/{session}")).json()
    assert [turn["user"] for turn in detail["turns"]][-1] == "something else please"
    assert detail["turns"][0]["reply"] == reply.model_dump(mode="json")
    assert detail["preferences"] == [p.model_dump(mode="json") for p in again.preferences]


async def test_events_and_json_tell_the_same(client: httpx.AsyncClient) -> None:
    session = await begin(client)
    body = {"text": "comedies from the nineties, no questions", "stream": True}
    response = await client.post(f"/v1/sessions/{session}/messages", json=body)
    events = [
        (block.split("event: ", 1)[1].split("\n")[0], json.loads(block.split("data: ", 1)[1]))
        for block in response.text.strip().split("\n\n")
        if "event: " in block
    ]
    names = [name for name, _ in events]
    assert names[0] == "state" and names[-1] == "done" and "items" in names
    reply = Reply.model_validate(events[-1][1])
    items = next(data for name, data in events if name == "items")
    assert [r["item_id"] for r in items["recommendations"]] == [r.item_id for r in reply.recommendations]
    sentences = [data["text"] for name, data in events if name == "sentence"]
    assert sentences and all(sentence in reply.text for sentence in sentences)
    detail = (await client.get(f"/v1/sessions/{session}")).json()
    assert detail["turns"][-1]["reply"] == reply.model_dump(mode="json")


async def test_preferences_can_be_edited_and_undone_by_hand(client: httpx.AsyncClient) -> None:
    session = await begin(client)
    path = f"/v1/sessions/{session}/preferences"
    wish = {"attribute": "genres", "value": "Horror", "hard": True}
    added = (await client.patch(path, json={"add": [wish]})).json()
    (first,) = added["preferences"]
    reply = await say(client, session, "recommend something, no questions")
    assert reply.recommendations and all("Horror" in r.attributes["genres"] for r in reply.recommendations)
    changed = (await client.patch(path, json={"change": [{"id": first["id"], "value": "Comedy"}]})).json()
    assert [p["value"] for p in changed["preferences"] if p["attribute"] == "genres"] == ["Comedy"]
    undone = (await client.patch(path, json={"undo": 1})).json()
    assert [p["value"] for p in undone["preferences"] if p["attribute"] == "genres"] == ["Horror"]
    removed = (await client.patch(path, json={"remove": [first["id"]]})).json()
    assert not [p for p in removed["preferences"] if p["attribute"] == "genres"]


@pytest.mark.parametrize(
    "wish",
    [
        {"attribute": "flavour", "value": "sour"},
        {"attribute": "year", "op": "lt", "value": "soon"},
        {"attribute": "item", "value": "no-such-film"},
    ],
)
async def test_a_wish_that_the_catalogue_cannot_express_is_refused(client: httpx.AsyncClient, wish: Any) -> None:
    session = await begin(client)
    response = await client.patch(f"/v1/sessions/{session}/preferences", json={"add": [wish]})
    assert response.status_code in (404, 422), response.text
    assert response.json()["hint"]
    assert (await client.get(f"/v1/sessions/{session}")).json()["preferences"] == []


async def test_a_film_marked_as_seen_does_not_return(client: httpx.AsyncClient) -> None:
    session = await begin(client)
    reply = await say(client, session, "horror films, no questions")
    seen = reply.recommendations[0].item_id
    response = await client.post(f"/v1/sessions/{session}/feedback", json={"item_id": seen, "kind": "seen"})
    assert seen in response.json()["seen_ids"]
    again = await say(client, session, "horror films")
    assert seen not in {r.item_id for r in again.recommendations}
    wrong = await client.post(f"/v1/sessions/{session}/feedback", json={"item_id": "nothing", "kind": "seen"})
    assert wrong.status_code == 404


async def test_a_conversation_survives_a_restart(demo_settings: Settings) -> None:
    first = Recommender.from_settings(demo_settings)
    async with api(first) as client:
        session = await begin(client, user_id="ada")
        before = await say(client, session, "crime films before 1990, no questions")
    await first.aclose()
    second = Recommender.from_settings(demo_settings)
    async with api(second) as client:
        after = await say(client, session, "more please")
        export = (await client.get("/v1/users/ada/export")).json()
    await second.aclose()
    assert all("Crime" in r.attributes["genres"] and r.attributes["year"] < 1990 for r in after.recommendations)
    assert not {r.item_id for r in before.recommendations} & {r.item_id for r in after.recommendations}
    assert [event["kind"] for event in export["sessions"][0]["events"]] == ["message", "reply", "message", "reply"]


async def test_turns_of_one_session_wait_for_each_other_and_sessions_do_not_mix(client: httpx.AsyncClient) -> None:
    one, other = await begin(client), await begin(client)
    await asyncio.gather(
        *(say(client, one, f"crime films before {year}, no questions") for year in (1970, 1980, 1990)),
        *(say(client, other, "comedies, no questions") for _ in range(3)),
    )
    detail = (await client.get(f"/v1/sessions/{one}")).json()
    assert len(detail["turns"]) == 3 and all(turn["reply"] for turn in detail["turns"])
    genres = {p["value"] for p in detail["preferences"] if p["attribute"] == "genres"}
    assert genres == {"Crime"}


async def test_recommend_without_a_dialogue_keeps_hard_constraints(client: httpx.AsyncClient) -> None:
    constraints = [
        {"attribute": "year", "op": "ge", "value": 2000},
        {"attribute": "genres", "op": "eq", "value": "Drama"},
    ]
    body = {"text": "loss and memory", "constraints": constraints, "k": 5}
    response = await client.post("/v1/recommend", json=body)
    ranked = response.json()["recommendations"]
    assert [r["rank"] for r in ranked] == [1, 2, 3, 4, 5]
    assert all(r["attributes"]["year"] >= 2000 and "Drama" in r["attributes"]["genres"] for r in ranked)
    liked = ranked[0]["item_id"]
    similar = (await client.post("/v1/recommend", json={"like_ids": [liked], "k": 3})).json()
    assert liked not in {r["item_id"] for r in similar["recommendations"]}
    wrong = await client.post("/v1/recommend", json={"constraints": [{"attribute": "mood!", "op": "eq", "value": 1}]})
    assert wrong.status_code == 422 and "mood!" in wrong.json()["detail"]


async def test_items_have_facts_and_covers(client: httpx.AsyncClient) -> None:
    page = (await client.get("/v1/items", params={"query": "godfather"})).json()
    assert any("Godfather" in item["title"] for item in page["items"])
    item = page["items"][0]
    assert (await client.get(f"/v1/items/{item['item_id']}")).json() == item
    cover = await client.get(item["image_url"])
    assert cover.status_code == 200
    assert cover.text.startswith("<svg") and item["title"].split()[0].lower() in cover.text.lower()


async def test_health_names_the_parts(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok"
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"]["index"] == "ok" and ready.json()["parts"]["store"] == "ok"
