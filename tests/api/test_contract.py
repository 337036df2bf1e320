"""Requests that are repeated, cut off, resumed, outdated, too many or too slow."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest

from agent.access import AccessStore, ApiConfig, AuthConfig, Gate
from agent.errors import StoreError
from ui.api.app import create_app
from ui.api.paging import cursor_at


async def begin(client: httpx.AsyncClient) -> str:
    return str((await client.post("/v1/sessions", json={})).json()["session_id"])


async def say(
    client: httpx.AsyncClient, session: str, text: str, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post(f"/v1/sessions/{session}/messages", json={"text": text} | body, headers=headers)


def events_of(text: str) -> list[tuple[str, str, Any]]:
    """Return id, name and data of each event."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines.get("id", ""), lines["event"], json.loads(lines["data"])))
    return found


async def said(echo: Any, session: str) -> list[str]:
    return [turn.user for turn in (await echo.conversation(session)).turns]


# --- repeated requests


async def test_a_message_that_is_sent_twice_is_answered_once(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    first, again = [await say(client, session, "hello", "k-1") for _ in range(2)]
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert echo.turns == 1 and await said(echo, session) == ["hello"]
    streamed = await say(client, session, "hello", "k-1", stream=True)
    assert [name for _, name, _ in events_of(streamed.text)] == ["state", "items", "done"]
    assert events_of(streamed.text)[-1][2] == first.json()
    await say(client, session, "hello", "k-2")
    assert await said(echo, session) == ["hello", "hello"]


async def test_a_key_of_one_session_says_nothing_of_another(door: Any, echo: Any) -> None:
    client = await door()
    one, other = await begin(client), (await echo.new_session("someone")).session_id
    await say(client, one, "hello", "k")
    assert (await say(client, other, "something else", "k")).status_code == 200
    assert await said(echo, other) == ["something else"]


async def test_another_body_under_the_same_key_is_refused(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    await say(client, session, "hello", "k")
    refused = await say(client, session, "hello!", "k")
    assert refused.status_code == 422 and refused.json()["type"] == "urn:palate:problem:repeated"
    path = f"/v1/sessions/{session}/feedback"
    body = {"item_id": "b", "kind": "like"}
    assert (await client.post(path, json=body, headers={"Idempotency-Key": "k"})).status_code == 422
    assert await said(echo, session) == ["hello"]


async def test_while_the_first_runs_the_second_is_told_where_to_read_it(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    echo.pause = 0.3
    first = asyncio.create_task(say(client, session, "hello", "k"))
    while not echo.turns:
        await asyncio.sleep(0.01)
    second = await say(client, session, "hello", "k")
    assert second.status_code == 409 and second.headers["retry-after"] == "1"
    assert "/events" in second.json()["hint"]
    assert (await first).status_code == 200
    assert (await say(client, session, "hello", "k")).json() == (await first).json()
    assert echo.turns == 1


async def test_what_failed_may_be_repeated(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    echo.failure = StoreError("disk full")
    assert (await say(client, session, "hello", "k")).status_code == 503
    echo.failure = None
    assert (await say(client, session, "hello", "k")).status_code == 200
    assert await said(echo, session) == ["hello"]


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
async def test_a_key_that_cannot_be_one_is_refused(door: Any, key: str) -> None:
    client = await door()
    session = await begin(client)
    headers = {"Idempotency-Key": key.encode("latin-1")}
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "x"}, headers=headers)
    assert response.status_code == 422


async def test_a_reaction_that_is_sent_twice_counts_once(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    path, headers = f"/v1/sessions/{session}/feedback", {"Idempotency-Key": "k"}
    first = await client.post(path, json={"item_id": "b", "kind": "like"}, headers=headers)
    await client.post(path, json={"item_id": "a/1", "kind": "like"})
    again = await client.post(path, json={"item_id": "b", "kind": "like"}, headers=headers)
    assert again.json() == first.json() and len(await echo.store.events(session)) == 2


# --- streams that are cut off


async def test_a_cut_off_stream_is_read_on_where_it_ended(echo: Any, access: AccessStore, serving: Any) -> None:
    echo.pause = 0.5
    app = create_app(echo, Gate(AuthConfig(), access))
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        session = await begin(client)
        body, headers = {"text": "hello", "stream": True}, {"Idempotency-Key": "k"}
        path = f"/v1/sessions/{session}/messages"
        got = ""
        async with client.stream("POST", path, json=body, headers=headers) as response:
            where = response.headers["content-location"]
            async for piece in response.aiter_text():
                got += piece
                if "event: items" in got:
                    break
        last = events_of(got[: got.rindex("\n\n")])[-1][0]
        rest = await client.get(where, headers={"Last-Event-ID": last})
        assert [name for _, name, _ in events_of(rest.text)] == ["sentence", "done"]
        done, reply = events_of(rest.text)[-1][0], events_of(rest.text)[-1][2]
        # Without the header the turn is told from its start; with the last id there is nothing more.
        assert events_of((await client.get(where)).text)[0][1] == "state"
        assert (await client.get(where, headers={"Last-Event-ID": done})).status_code == 204
    assert echo.turns == 1 and await said(echo, session) == ["hello"] and not echo.cancelled.is_set()
    # Another process, or this one later, has the end.
    app = create_app(echo, Gate(AuthConfig(), access))
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        later = events_of((await client.get(where, headers={"Last-Event-ID": last})).text)
        assert [(name, data) for _, name, data in later] == [("done", reply)]


async def test_a_turn_that_nobody_reads_on_is_given_up(echo: Any, access: AccessStore, serving: Any) -> None:
    echo.pause = 30.0
    app = create_app(echo, Gate(AuthConfig(), access), ApiConfig(resume_s=0.1))
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        session = await begin(client)
        path, body = f"/v1/sessions/{session}/messages", {"text": "hello", "stream": True}
        async with client.stream("POST", path, json=body, headers={"Idempotency-Key": "k"}) as response:
            await anext(response.aiter_text())
        await asyncio.wait_for(echo.cancelled.wait(), 5)
        echo.pause = 0.0
        while (again := await say(client, session, "hello", "k")).status_code == 409:
            await asyncio.sleep(0.02)
        assert again.status_code == 200
    assert await said(echo, session) == ["hello"]


async def test_a_turn_that_is_not_there_cannot_be_resumed(door: Any) -> None:
    client = await door()
    session = await begin(client)
    response = await client.get(f"/v1/sessions/{session}/turns/nothing/events")
    assert response.status_code == 404 and response.json()["type"] == "urn:palate:problem:turn-not-found"


async def test_events_of_others_cannot_be_read(door: Any, echo: Any) -> None:
    ada, eve = await door("ada"), await door("eve")
    session = await begin(ada)
    turn = (await say(ada, session, "CANARY", "k")).json()["turn_id"]
    assert (await ada.get(f"/v1/sessions/{session}/turns/{turn}/events")).status_code == 200
    for path in (f"turns/{turn}/events", "turns"):
        assert (await eve.get(f"/v1/sessions/{session}/{path}")).status_code == 404
    replay = await say(eve, session, "CANARY", "k")
    assert replay.status_code == 404 and "CANARY" not in replay.text
    # Under her own session the same key finds nothing of ada's.
    own = await begin(eve)
    assert (await eve.get(f"/v1/sessions/{own}/turns/{turn}/events")).status_code == 404


# --- preferences that others change


async def test_an_edit_of_outdated_preferences_is_refused(door: Any, echo: Any) -> None:
    client = await door()
    session = await begin(client)
    path = f"/v1/sessions/{session}/preferences"
    add = {"add": [{"attribute": "genres", "value": "Crime"}]}
    seen = (await client.get(f"/v1/sessions/{session}")).headers["etag"]
    first = await client.patch(path, json=add, headers={"If-Match": seen})
    assert first.status_code == 200 and first.headers["etag"] != seen
    late = await client.patch(path, json={"undo": 1}, headers={"If-Match": seen})
    assert late.status_code == 412 and late.json()["type"] == "urn:palate:problem:stale"
    both = f"{seen}, {first.headers['etag']}"
    assert (await client.patch(path, json={"undo": 1}, headers={"If-Match": both})).status_code == 200
    assert (await client.patch(path, json=add, headers={"If-Match": "*"})).status_code == 200
    assert (await client.patch(path, json=add)).status_code == 200


# --- pages


async def test_transcripts_and_items_come_in_pages(door: Any) -> None:
    client = await door()
    session = await begin(client)
    for text in ("one", "two", "three"):
        await say(client, session, text)
    first = (await client.get(f"/v1/sessions/{session}/turns?limit=2")).json()
    second = (await client.get(first["next"])).json()
    assert [turn["user"] for turn in (*first["turns"], *second["turns"])] == ["one", "two", "three"]
    assert second["next"] is None and second["next_cursor"] is None
    items = (await client.get("/v1/items", params={"limit": 2})).json()
    rest = (await client.get("/v1/items", params={"limit": 2, "cursor": items["next_cursor"]})).json()
    assert [item["item_id"] for item in (*items["items"], *rest["items"])] == ["a/1", "b", "c"]


@pytest.mark.parametrize("cursor", ["x", "é", "!!!!", cursor_at(-1), cursor_at(10**9), "YXQ6eA"])
async def test_a_cursor_that_is_none_is_refused(door: Any, cursor: str) -> None:
    client = await door()
    session = await begin(client)
    for path in (f"/v1/sessions/{session}/turns", "/v1/items"):
        assert (await client.get(path, params={"cursor": cursor})).status_code == 422


# --- too much


async def test_calls_are_counted_by_key(door: Any) -> None:
    config = ApiConfig(per_minute=3)
    ada, eve = await door("ada", config=config), await door("eve", config=config)
    assert [(await ada.get("/v1/items")).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = await ada.get("/v1/items")
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await eve.get("/v1/items")).status_code == 200


async def test_guessing_keys_is_slowed_down(door: Any) -> None:
    client = await door(secret="palate_wrong", config=ApiConfig(per_minute=2), auth=AuthConfig(mode="required"))
    assert [(await client.get("/v1/items")).status_code for _ in range(3)] == [401, 401, 429]


async def test_turns_have_a_limit_of_their_own_and_openais_shape(door: Any) -> None:
    client = await door(config=ApiConfig(turns_per_minute=1))
    session = await begin(client)
    assert (await say(client, session, "one")).status_code == 200
    assert (await say(client, session, "two")).status_code == 429
    assert (await client.get(f"/v1/sessions/{session}")).status_code == 200
    body = {"model": "palate", "messages": [{"role": "user", "content": "x"}]}
    refused = await client.post("/v1/chat/completions", json=body)
    assert refused.status_code == 429 and refused.json()["error"]["type"] == "rate_limit_error"
    assert "retry-after" in refused.headers


async def test_turns_wait_and_what_does_not_fit_is_refused(door: Any, echo: Any) -> None:
    client = await door(config=ApiConfig(turns=1, waiting=1))
    sessions = [(await echo.new_session(f"u{n}")).session_id for n in range(4)]
    echo.pause = 0.2
    answers = await asyncio.gather(*(say(client, session, "hello") for session in sessions))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 503, 503]
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.json()["type"] == "urn:palate:problem:saturated" and refused.headers["retry-after"] == "1"
    # Whoever was refused is served as soon as there is room.
    assert (await say(client, sessions[3], "hello")).status_code == 200


@pytest.mark.parametrize("stream", [False, True])
async def test_a_turn_that_takes_too_long_is_given_up(
    door: Any, echo: Any, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    client = await door(config=ApiConfig(seconds=0.1, turns=1))
    session = await begin(client)
    echo.pause = 30.0
    with caplog.at_level(logging.CRITICAL):
        answer = await say(client, session, "hello", stream=stream)
    if stream:
        assert events_of(answer.text)[-1][1:][0] == "error" and "given up" in answer.text
    else:
        assert answer.status_code == 503 and "given up" in answer.json()["detail"]
    assert echo.cancelled.is_set() and await said(echo, session) == []
    echo.pause = 0.0
    assert (await say(client, session, "hello")).status_code == 200


async def test_a_body_that_is_too_large_is_refused(door: Any) -> None:
    client = await door(config=ApiConfig(body_kb=1))
    session = await begin(client)
    assert (await say(client, session, "x" * 2000)).status_code == 413
