"""Two serving processes on one Postgres are one service: whichever answers, a session goes on as if there were one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent import Settings
from ui.breaking.killable import KillableServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="serving from forked processes needs os.fork")

GENRES = ("Western", "Crime", "Horror", "War", "Musical", "Sport", "Animation", "Mystery")


@pytest.fixture
def replicas(shelf: Settings, postgres: str, tmp_path: Path) -> Iterator[list[KillableServer]]:
    changes: dict[str, Any] = {"store": shelf.store.model_copy(update={"url": postgres}), "data_dir": tmp_path}
    both = [KillableServer(shelf.model_copy(update=changes)) for _ in range(2)]
    yield both
    for server in both:
        server.kill()


@pytest.fixture
async def doors(replicas: list[KillableServer]) -> AsyncIterator[list[httpx.AsyncClient]]:
    clients = [httpx.AsyncClient(base_url=server.start(), timeout=60) for server in replicas]
    yield clients
    for client in clients:
        await client.aclose()


async def begin(door: httpx.AsyncClient, **body: str) -> str:
    return str((await door.post("/v1/sessions", json=body)).raise_for_status().json()["session_id"])


async def say(door: httpx.AsyncClient, session: str, text: str, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await door.post(f"/v1/sessions/{session}/messages", json={"text": text}, headers=headers)


async def look(door: httpx.AsyncClient, session: str) -> dict[str, Any]:
    found: dict[str, Any] = (await door.get(f"/v1/sessions/{session}")).raise_for_status().json()
    return found


async def test_a_session_goes_on_at_the_other_replica(doors: list[httpx.AsyncClient]) -> None:
    first, second = doors
    session = await begin(first)
    shown = (await say(first, session, "crime films after 2000, no questions")).json()["recommendations"]
    more = (await say(second, session, "more please")).json()["recommendations"]
    assert shown and more
    assert not {pick["item_id"] for pick in shown} & {pick["item_id"] for pick in more}
    assert all("Crime" in pick["attributes"]["genres"] and pick["attributes"]["year"] > 2000 for pick in more)
    assert await look(first, session) == await look(second, session)


async def test_messages_at_once_to_both_are_answered_one_after_another(doors: list[httpx.AsyncClient]) -> None:
    """Each reply knows of every message that stands before it, so no turn was answered on an old state."""
    session = await begin(doors[0])
    texts = [f"no {genre} films" for genre in GENRES]
    answers = await asyncio.gather(*(say(doors[n % 2], session, text) for n, text in enumerate(texts)))
    assert [answer.status_code for answer in answers] == [200] * len(texts)
    found, other = [await look(door, session) for door in doors]
    assert found == other
    turns = found["turns"]
    assert sorted(turn["user"] for turn in turns) == sorted(texts)
    given = {answer.json()["turn_id"]: answer.json() for answer in answers}
    said: list[str] = []
    for turn in turns:
        assert turn["reply"] == given[turn["turn_id"]]
        said.append(next(genre for genre in GENRES if genre in turn["user"]))
        assert [wish["value"] for wish in turn["reply"]["preferences"]] == said


async def test_one_request_sent_to_both_is_done_once(doors: list[httpx.AsyncClient]) -> None:
    session = await begin(doors[0])
    answers = await asyncio.gather(*(say(door, session, "crime films", key="k-1") for door in doors))
    assert 200 in {answer.status_code for answer in answers} <= {200, 409}
    again = [(await say(door, session, "crime films", key="k-1")).json() for door in doors]
    assert again[0] == again[1]
    assert len((await look(doors[1], session))["turns"]) == 1


async def test_edits_and_reactions_at_once_are_all_there(doors: list[httpx.AsyncClient]) -> None:
    session = await begin(doors[0])
    items = (await doors[0].get("/v1/items", params={"limit": 6})).json()["items"]
    path = f"/v1/sessions/{session}"
    edits = [
        doors[n % 2].patch(f"{path}/preferences", json={"add": [{"attribute": "genres", "value": genre}]})
        for n, genre in enumerate(GENRES)
    ]
    likes = [
        doors[n % 2].post(f"{path}/feedback", json={"item_id": item["item_id"], "kind": "like"})
        for n, item in enumerate(items)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*edits, *likes)} == {200}
    values = [wish["value"] for wish in (await look(doors[1], session))["preferences"]]
    assert sorted(values) == sorted([*GENRES, *(item["item_id"] for item in items)])


async def test_the_other_replica_goes_on_after_one_was_killed_in_a_turn(
    replicas: list[KillableServer], doors: list[httpx.AsyncClient]
) -> None:
    session = await begin(doors[0])
    assert (await say(doors[0], session, "crime films")).status_code == 200
    cut = asyncio.create_task(say(doors[0], session, "I love Western films"))
    await asyncio.sleep(0.03)
    replicas[0].kill()
    with pytest.raises(httpx.TransportError):
        await cut
    assert (await say(doors[1], session, "only after 2000")).status_code == 200
    said = [turn["user"] for turn in (await look(doors[1], session))["turns"]]
    assert [text for text in said if text != "I love Western films"] == ["crime films", "only after 2000"]
    assert all(turn["reply"] for turn in (await look(doors[1], session))["turns"])


async def test_who_is_erased_at_one_replica_is_gone_at_the_other(doors: list[httpx.AsyncClient]) -> None:
    session = await begin(doors[0], user_id="ada")
    assert (await say(doors[0], session, "crime films")).status_code == 200
    assert (await doors[1].delete("/v1/users/ada")).json()["sessions_erased"] == 1
    assert (await doors[0].get(f"/v1/sessions/{session}")).status_code == 404
    assert (await say(doors[0], session, "more")).status_code == 404
