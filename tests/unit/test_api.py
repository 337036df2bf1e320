"""The API over a recommender that can be told to be slow, to fail and to be cut off."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn

from agent.errors import MessageError, StoreError
from agent.shedding import LoadConfig, Shedder
from agent.store import SqlStore
from agent.tracing import Tracing
from agent.types import (
    AnswerAction,
    Conversation,
    DoneEvent,
    Preference,
    PreferenceUpdate,
    Reply,
    RunRecord,
    SentenceEvent,
    SessionInfo,
    StateEvent,
    StreamEvent,
)
from agent.uploads import UploadConfig, UploadKeeper
from retrieval.types import AttributeSpec, CatalogSchema, Hit, Item, Query, SearchResult
from ui.api.app import create_app

ITEMS = {
    "a/1": Item(id="a/1", title="Alien", attributes={"year": 1979, "genres": ("Horror",)}, popularity=9),
    "b": Item(id="b", title="Arrival & more", attributes={"year": 2016}, image="/nowhere/b.png"),
    "c": Item(id="c", title="Brazil", image="https://pictures.example/c.jpg"),
    "d": Item(id="d", title="Cloak & Dagger"),
}


class Facts:
    def get(self, ids: list[str]) -> list[Item]:
        return [ITEMS[i] for i in ids if i in ITEMS]

    def ids(self, constraints: Any = (), limit: int | None = None) -> list[str]:
        return list(ITEMS)[:limit]

    def search_title(self, text: str, limit: int = 20, offset: int = 0) -> list[Item]:
        return [i for i in ITEMS.values() if text.lower() in i.title.lower()][offset : offset + limit]


class Retriever:
    manifest = SimpleNamespace(built_at="2026-01-01T00:00:00+00:00")

    def search(self, query: Query) -> SearchResult:
        hits = tuple(Hit(item=item, rank=n, score=1 / n) for n, item in enumerate(ITEMS.values(), start=1))
        return SearchResult(hits=hits[: query.k], eligible=3, plan="exact", timings_ms={"dense": 1.0})


class FakeRecommender:
    """Echo what is said; ``failure`` is raised where a turn would begin, ``pause`` delays the second event."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.schema = CatalogSchema(
            name="films",
            noun="film",
            attributes=(AttributeSpec(name="year", kind="number"), AttributeSpec(name="genres", kind="categories")),
        )
        self.facts = Facts()
        self.retriever = Retriever()
        self.uploads = UploadKeeper(Path("absent"), UploadConfig())
        self.failure: Exception | None = None
        self.late_failure: Exception | None = None
        self.pause = 0.0
        self.cancelled = asyncio.Event()
        self.warmed = False
        self.closed = False
        self.parts = {"index": "ok", "store": "ok", "model": "ok"}
        self.wishes: tuple[Preference, ...] = (
            Preference(id="p1", attribute="genres", value="Crime", hard=True, turn_id="t1", quote="crime"),
        )
        self.updates: list[PreferenceUpdate] = []
        self.dialled: list[float | None] = []
        self.watchers: list[Any] = []
        self.tracing = Tracing()
        self.load = Shedder(LoadConfig())

    async def stream(
        self, text: str, session: str, adventure: float | None = None, **_: Any
    ) -> AsyncIterator[StreamEvent]:
        self.dialled.append(adventure)
        try:
            if self.failure:
                raise self.failure
            yield StateEvent(preferences=self.wishes)
            await asyncio.sleep(self.pause)
            if self.late_failure:
                raise self.late_failure
            yield SentenceEvent(text=text)
            reply = self._reply(text, session)
            for seen in self.watchers:
                seen(reply)
            yield DoneEvent(reply=reply)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    def _reply(self, text: str, session: str) -> Reply:
        run = RunRecord(timings_ms={"retrieve": 12.0})
        return Reply(session_id=session, turn_id="t1", text=text, action=AnswerAction(), run=run)

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        return await self.store.create_session(session_id or "s1", user_id)

    async def search(self, query: Query) -> SearchResult:
        return self.retriever.search(query)

    async def transcript(self, session_id: str) -> tuple[SessionInfo, Conversation]:
        conversation = await self.conversation(session_id)
        info = await self.store.session(session_id)
        assert info is not None
        return info, conversation

    async def conversation(self, session_id: str) -> Conversation:
        await self.store.events(session_id)
        return Conversation(session_id=session_id, preferences=self.wishes)

    async def edit(self, session_id: str, update: PreferenceUpdate, check: Any = None) -> Conversation:
        self.updates.append(update)
        return await self.conversation(session_id)

    async def feedback(self, session_id: str, item_id: str, kind: str, turn_id: Any = None) -> Conversation:
        await self.store.events(session_id)
        return Conversation(session_id=session_id, seen_ids=(item_id,))

    async def health(self) -> dict[str, str]:
        return self.parts

    def watch(self, seen: Any) -> None:
        self.watchers.append(seen)

    async def warm(self) -> None:
        self.warmed = True

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
async def recommender() -> AsyncIterator[FakeRecommender]:
    store = SqlStore("sqlite://")
    yield FakeRecommender(store)
    await store.close()


@pytest.fixture
async def client(recommender: FakeRecommender) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(recommender))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.fixture
async def session(client: httpx.AsyncClient) -> str:
    created = await client.post("/v1/sessions", json={"user_id": "ada"})
    assert created.status_code == 201
    return str(created.json()["session_id"])


def assert_problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """Every problem has the same six members, the right type, and the id that the header has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "hint", "request_id"} <= problem.keys()
    assert problem["type"] == f"urn:palate:problem:{kind}"
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"] != ""
    assert "Traceback" not in response.text
    return problem


def events_of(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        yield lines["event"], json.loads(lines["data"])


async def test_a_turn_as_json_is_the_reply(client: httpx.AsyncClient, session: str) -> None:
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "hello"})
    assert response.status_code == 200
    assert response.json() == Reply.model_validate(response.json()).model_dump(mode="json")
    assert response.json()["text"] == "hello"


async def test_a_turn_as_events_ends_with_the_same_reply(client: httpx.AsyncClient, session: str) -> None:
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "two\nlines", "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = list(events_of(response.text))
    assert [name for name, _ in events] == ["state", "sentence", "done"]
    assert events[0][1]["preferences"][0]["value"] == "Crime"
    assert Reply.model_validate(events[-1][1]).text == "two\nlines"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_message_that_cannot_be_taken_is_422_also_when_streaming(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str, stream: bool
) -> None:
    recommender.failure = MessageError("The message says nothing.", hint="Say what you like.")
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "?", "stream": stream})
    problem = assert_problem(response, 422, "message")
    assert (problem["detail"], problem["hint"]) == ("The message says nothing.", "Say what you like.")


async def test_a_failure_in_the_middle_of_a_stream_is_an_error_event(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str
) -> None:
    recommender.late_failure = StoreError("disk full at /secret/palate.db")
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "x", "stream": True})
    name, data = list(events_of(response.text))[-1]
    assert name == "error"
    assert data["retryable"] is True
    assert "/secret" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/sessions/nobody", None),
        ("POST", "/v1/sessions/nobody/messages", {"text": "hi"}),
        ("POST", "/v1/sessions/nobody/messages", {"text": "hi", "stream": True}),
        ("PATCH", "/v1/sessions/nobody/preferences", {"undo": 1}),
        ("POST", "/v1/sessions/nobody/feedback", {"item_id": "b", "kind": "like"}),
    ],
)
async def test_an_unknown_session_is_404(client: httpx.AsyncClient, method: str, path: str, body: Any) -> None:
    problem = assert_problem(await client.request(method, path, json=body), 404, "session-not-found")
    assert "'nobody'" in problem["detail"]


@pytest.mark.parametrize("path", ["/v1/items/nothing", "/v1/items/nothing/cover"])
async def test_an_unknown_item_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 404, "item-not-found")


async def test_an_unknown_example_item_is_404(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/recommend", json={"like_ids": ["b", "nothing"]})
    assert "'nothing'" in assert_problem(response, 404, "item-not-found")["detail"]


@pytest.mark.parametrize("path", ["/v1/nowhere", "/nowhere", "/v1/sessions/a/b/c"])
async def test_an_unknown_address_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 404, "not-found")


async def test_a_wrong_method_is_405_and_says_which_are_right(client: httpx.AsyncClient) -> None:
    response = await client.put("/v1/sessions/x/preferences", json={})
    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "PATCH"


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"{not json", 400, "invalid-json"),
        (b"", 422, "invalid-request"),
        (b'{"text": "a", "k": 99}', 422, "invalid-request"),
        (b'{"text": "a", "mood": 1}', 422, "invalid-request"),
        (b'{"text": 5}', 422, "invalid-request"),
        (b'{"text": " "}', 422, "invalid-request"),
        (b'{"text": "' + b"x" * 30_000 + b'"}', 422, "invalid-request"),
        (b'{"text": "' + b"x" * 300_000 + b'"}', 413, "content-too-large"),
        (b"\xff\xfe", 400, "invalid-json"),
    ],
)
async def test_an_unusable_body_is_refused_clearly(
    client: httpx.AsyncClient, session: str, content: bytes, status: int, kind: str
) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post(f"/v1/sessions/{session}/messages", content=content, headers=headers)
    assert_problem(response, status, kind)


async def test_a_body_that_is_not_json_by_its_type_is_refused(client: httpx.AsyncClient, session: str) -> None:
    response = await client.post(f"/v1/sessions/{session}/messages", content=b"text=hi")
    assert response.status_code in (415, 422)
    assert response.headers["content-type"] == "application/problem+json"


async def test_invalid_fields_are_named_and_their_values_not_echoed(client: httpx.AsyncClient, session: str) -> None:
    body = {"text": "a", "k": 987654}
    response = await client.post(f"/v1/sessions/{session}/messages", json=body)
    problem = assert_problem(response, 422, "invalid-request")
    assert problem["errors"][0]["field"] == "body.k"
    assert "987654" not in response.text


async def test_a_crash_is_500_without_a_traceback_and_logged_under_the_id(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str, caplog: pytest.LogCaptureFixture
) -> None:
    recommender.failure = ZeroDivisionError("secret detail")
    with caplog.at_level(logging.ERROR, "palate.api"):
        response = await client.post(
            f"/v1/sessions/{session}/messages", json={"text": "x"}, headers={"x-request-id": "abc-1"}
        )
    problem = assert_problem(response, 500, "internal")
    assert problem["request_id"] == "abc-1"
    assert "secret" not in response.text
    assert "abc-1" in caplog.text and "secret detail" in caplog.text


async def test_a_failing_store_is_503_and_hides_its_address(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str
) -> None:
    recommender.failure = StoreError("postgres at db.internal failed")
    response = await client.post(f"/v1/sessions/{session}/messages", json={"text": "x"})
    assert_problem(response, 503, "store")
    assert response.headers["retry-after"] == "1"
    assert "db.internal" not in response.text


async def test_request_ids_that_could_forge_log_lines_are_replaced(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz", headers={"x-request-id": "a b<script>"})
    assert "<" not in response.headers["x-request-id"]


async def test_edits_become_updates(client: httpx.AsyncClient, recommender: FakeRecommender, session: str) -> None:
    patch = {"change": [{"id": "p1", "hard": False}], "add": [{"attribute": "year", "op": "lt", "value": 1990}]}
    response = await client.patch(f"/v1/sessions/{session}/preferences", json=patch)
    assert response.status_code == 200
    (update,) = recommender.updates
    assert [(r.attribute, r.value) for r in update.remove] == [("genres", "p1")]
    assert [(p.attribute, p.op, p.value, p.hard) for p in update.add] == [
        ("genres", "eq", "Crime", False),
        ("year", "lt", 1990, False),
    ]


async def test_the_dial_is_turned_by_an_edit_and_by_a_message(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str
) -> None:
    edited = await client.patch(f"/v1/sessions/{session}/preferences", json={"adventure": 0.9})
    assert edited.status_code == 200
    assert [update.adventure for update in recommender.updates] == [0.9]
    await client.post(f"/v1/sessions/{session}/messages", json={"text": "hello", "adventure": 0.2})
    assert recommender.dialled == [0.2]
    for path, body in (("preferences", {"adventure": 1.5}), ("messages", {"text": "hello", "adventure": -0.1})):
        send = client.patch if path == "preferences" else client.post
        assert (await send(f"/v1/sessions/{session}/{path}", json=body)).status_code == 422


async def test_an_item_wished_for_by_hand_gets_its_title(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str
) -> None:
    patch = {"add": [{"attribute": "item", "value": "a/1"}, {"attribute": "text", "value": "lonely ships"}]}
    assert (await client.patch(f"/v1/sessions/{session}/preferences", json=patch)).status_code == 200
    assert [wish.label for wish in recommender.updates[0].add] == ["Alien", ""]


@pytest.mark.parametrize(
    ("patch", "status", "kind"),
    [
        ({}, 422, "message"),
        ({"undo": 1, "remove": ["p1"]}, 422, "message"),
        ({"remove": ["p9"]}, 404, "preference-not-found"),
        ({"add": [{"attribute": "year", "op": "about", "value": 1}]}, 422, "invalid-request"),
        ({"add": [{"attribute": "year", "op": "lt", "value": "soon"}]}, 422, "constraint"),
        ({"add": [{"attribute": "flavour", "value": "sour"}]}, 422, "constraint"),
        ({"add": [{"attribute": "item", "value": "nothing"}]}, 404, "item-not-found"),
        ({"add": [{"attribute": "text", "value": "  "}]}, 422, "message"),
    ],
)
async def test_unusable_edits_are_refused(
    client: httpx.AsyncClient, recommender: FakeRecommender, session: str, patch: Any, status: int, kind: str
) -> None:
    assert_problem(await client.patch(f"/v1/sessions/{session}/preferences", json=patch), status, kind)
    assert recommender.updates == []


async def test_feedback_returns_the_state(client: httpx.AsyncClient, session: str) -> None:
    response = await client.post(f"/v1/sessions/{session}/feedback", json={"item_id": "b", "kind": "seen"})
    assert response.json()["seen_ids"] == ["b"]


async def test_items_are_found_and_paged(client: httpx.AsyncClient) -> None:
    first = (await client.get("/v1/items?limit=2")).json()
    assert [item["item_id"] for item in first["items"]] == ["a/1", "b"]
    second = (await client.get(first["next"])).json()
    assert [item["item_id"] for item in second["items"]] == ["c", "d"]
    assert second["next"] is None
    found = (await client.get("/v1/items", params={"query": "alien"})).json()
    assert [item["title"] for item in found["items"]] == ["Alien"]


async def test_the_next_page_keeps_a_query_with_special_characters(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/items", params={"query": "&", "limit": 1})).json()
    assert [item["item_id"] for item in found["items"]] == ["b"]
    rest = (await client.get(found["next"])).json()
    assert [item["item_id"] for item in rest["items"]] == ["d"]


async def test_an_item_whose_id_holds_a_slash_has_facts_and_a_cover(client: httpx.AsyncClient) -> None:
    item = (await client.get("/v1/items/a%2F1")).json()
    assert item["title"] == "Alien"
    cover = await client.get(item["image_url"])
    assert cover.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in cover.headers["content-security-policy"]
    assert cover.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_elsewhere_is_not_fetched_but_pointed_at(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/items/c/cover")
    assert (response.status_code, response.headers["location"]) == (307, "https://pictures.example/c.jpg")


async def test_recommend_ranks_without_a_session(client: httpx.AsyncClient) -> None:
    body = (await client.post("/v1/recommend", json={"text": "space", "k": 2})).json()
    assert [(r["item_id"], r["rank"]) for r in body["recommendations"]] == [("a/1", 1), ("b", 2)]
    assert body["eligible"] == 3


async def test_a_user_can_take_everything_and_have_it_erased(client: httpx.AsyncClient, session: str) -> None:
    export = (await client.get("/v1/users/ada/export")).json()
    assert [s["session_id"] for s in export["sessions"]] == [session]
    assert (await client.delete("/v1/users/ada")).json() == {
        "user_id": "ada",
        "sessions_erased": 1,
        "uploads_erased": 0,
    }
    assert (await client.get("/v1/users/ada/export")).json()["sessions"] == []
    assert_problem(await client.get(f"/v1/sessions/{session}"), 404, "session-not-found")


@pytest.mark.parametrize(
    ("broken", "code", "status"),
    [({}, 200, "ready"), ({"model": "no file"}, 200, "degraded"), ({"store": "disk full"}, 503, "unavailable")],
)
async def test_readiness_names_the_parts(
    client: httpx.AsyncClient, recommender: FakeRecommender, broken: dict[str, str], code: int, status: str
) -> None:
    recommender.parts |= broken
    response = await client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (code, status)
    assert broken.items() <= response.json()["parts"].items()


async def test_metrics_count_by_route_and_hold_no_ids(client: httpx.AsyncClient, session: str) -> None:
    await client.post(f"/v1/sessions/{session}/messages", json={"text": "MYWORDS"})
    await client.post(f"/v1/sessions/{session}/messages", json={"text": "MYWORDS", "stream": True})
    await client.get("/v1/whatever/somebody/tried")
    text = (await client.get("/metrics")).text
    assert 'palate_turns_total{action="answer",degraded="false"} 2.0' in text
    assert 'route="/v1/sessions/{session_id}/messages",status="200"} 2.0' in text
    assert "MYWORDS" not in text and "somebody" not in text and f"/{session}" not in text


async def test_the_description_is_complete(client: httpx.AsyncClient) -> None:
    """Every operation has a summary, and describes its problems as problem documents."""
    description = (await client.get("/openapi.json")).json()
    operations = [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) >= 14
    for path, method, operation in operations:
        assert operation["summary"], (method, path)
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")) and path != "/readyz":
                own = path.startswith(("/v1/chat", "/v1/models"))
                media = "application/json" if own else "application/problem+json"
                assert list(response["content"]) == [media], (method, path, status)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))
    assert references <= description["components"]["schemas"].keys()
    message = description["components"]["schemas"]["NewMessage"]
    assert message["examples"]


async def test_there_is_no_cross_origin_permission(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers


@pytest.fixture
async def address(recommender: FakeRecommender) -> AsyncIterator[str]:
    """A real server on a free port: only there can a client hang up."""
    server = uvicorn.Server(uvicorn.Config(create_app(recommender), port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task
    assert recommender.warmed and recommender.closed


async def first_lines(response: httpx.Response, count: int) -> AsyncIterator[str]:
    lines = response.aiter_lines()
    for _ in range(count):
        yield await anext(lines)


async def test_hanging_up_on_a_stream_ends_the_turn(address: str, recommender: FakeRecommender) -> None:
    recommender.pause = 30.0
    async with httpx.AsyncClient(base_url=address) as client:
        session = (await client.post("/v1/sessions", json={})).json()["session_id"]
        body = {"text": "x", "stream": True}
        async with client.stream("POST", f"/v1/sessions/{session}/messages", json=body) as response:
            assert "event: state" in [line async for line in first_lines(response, 2)]
    await asyncio.wait_for(recommender.cancelled.wait(), 5)


async def test_hanging_up_before_the_reply_ends_the_turn(address: str, recommender: FakeRecommender) -> None:
    recommender.pause = 30.0
    async with httpx.AsyncClient(base_url=address) as client:
        session = (await client.post("/v1/sessions", json={})).json()["session_id"]
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"/v1/sessions/{session}/messages", json={"text": "x"}, timeout=0.3)
    await asyncio.wait_for(recommender.cancelled.wait(), 5)
