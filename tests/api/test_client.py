"""The typed client against a real server: everything it can ask, and what it does when things break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from inspect import signature
from typing import Any

import httpx
import pytest

from agent.access import AccessStore, AuthConfig, Gate
from agent.errors import StoreError
from ui.api.app import create_app
from ui.api.models import NewPreference, PreferencesPatch
from ui.client import ApiError, AsyncPalate, ConnectionFailedError, Palate
from ui.client.requests import EventReader, SentEvent


@pytest.fixture
async def address(echo: Any, access: AccessStore, serving: Any) -> AsyncIterator[str]:
    async with serving(create_app(echo, Gate(AuthConfig(), access))) as address:
        yield address


class Flaky(httpx.AsyncHTTPTransport):
    """Answer the first requests with these statuses, or break, without asking the server."""

    def __init__(self, *first: int | Exception, cut: int = 0) -> None:
        super().__init__()
        self.first = list(first)
        self.cut = cut
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self.first:
            now = self.first.pop(0)
            if isinstance(now, Exception):
                raise now
            return httpx.Response(now, headers={"retry-after": "0"}, request=request)
        response = await super().handle_async_request(request)
        if self.cut:
            self.cut -= 1
            response.stream = _Cut(response.stream)
        return response


class _Cut(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self.inner:
            yield piece
            if b"event: items" in piece:
                raise httpx.ReadError("cut off")

    async def aclose(self) -> None:
        await self.inner.aclose()


async def test_everything_can_be_asked(address: str) -> None:
    async with AsyncPalate(address) as palate:
        session = (await palate.start("ada")).session_id
        reply = await palate.say(session, "hello", k=3)
        assert reply.text == "You said: hello"
        events = [event async for event in palate.stream(session, "again")]
        assert [event.kind for event in events] == ["state", "items", "sentence", "done"]
        seen = await palate.etag(session)
        patch = PreferencesPatch(add=(NewPreference(attribute="genres", value="Crime"),))
        state = await palate.edit(session, patch, if_match=seen)
        assert [wish.value for wish in state.preferences] == ["Crime"]
        with pytest.raises(ApiError) as stale:
            await palate.edit(session, patch, if_match=seen)
        assert stale.value.status == 412 and stale.value.hint
        assert (await palate.feedback(session, "b", "seen")).seen_ids == ("b",)
        page = await palate.turns(session, limit=1)
        rest = await palate.turns(session, cursor=page.next_cursor or "")
        assert [turn.user for turn in (*page.turns, *rest.turns)] == ["hello", "again"]
        assert len((await palate.session(session)).turns) == 2
        assert (await palate.recommend("space", k=2)).recommendations[0].item_id == "a/1"
        assert (await palate.items("alien")).items[0] == await palate.item("a/1")
        assert [one["session_id"] for one in (await palate.export("ada"))["sessions"]] == [session]
        assert (await palate.erase("ada")).sessions_erased == 1


async def test_the_sync_client_does_the_same(address: str) -> None:
    def talk() -> list[str]:
        with Palate(address) as palate:
            session = palate.start().session_id
            palate.say(session, "hello")
            return [event.kind for event in palate.stream(session, "again")]

    assert await asyncio.to_thread(talk) == ["state", "items", "sentence", "done"]


def test_the_sync_client_offers_all_that_the_async_one_does_with_the_same_arguments() -> None:
    def offered(client: type) -> dict[str, list[str]]:
        methods = {name: call for name, call in vars(client).items() if callable(call) and not name.startswith("_")}
        return {name.replace("aclose", "close"): list(signature(call).parameters) for name, call in methods.items()}

    assert offered(Palate) == offered(AsyncPalate)
    assert list(signature(Palate).parameters) == list(signature(AsyncPalate).parameters)


async def test_the_sync_client_reads_a_broken_stream_on_and_closes_one_that_is_left(address: str) -> None:
    transport = Flaky(cut=1)

    def talk() -> list[str]:
        with Palate(address, transport=transport) as palate:
            session = palate.start().session_id
            heard = [event.kind for event in palate.stream(session, "hello")]
            for event in palate.stream(session, "again"):
                return [*heard, event.kind]
            return heard

    assert await asyncio.to_thread(talk) == ["state", "items", "sentence", "done", "state"]


async def test_the_sync_client_can_be_called_where_a_loop_runs(address: str) -> None:
    with Palate(address) as palate:
        started = await asyncio.to_thread(palate.start)
        assert started.session_id
    with Palate("http://127.0.0.1:9", tries=1) as palate, pytest.raises(httpx.ConnectError):
        palate.start()


async def test_a_key_is_sent_and_a_refusal_is_told(address: str, access: AccessStore) -> None:
    key = access.create_key("ada", ("chat",)).secret.get_secret_value()
    async with AsyncPalate(address, key=key) as palate, AsyncPalate(address) as stranger:
        session = (await palate.start()).session_id
        for refused in (stranger.session(session), palate.items()):
            with pytest.raises(ApiError) as told:
                await refused
            assert told.value.status in (401, 403) and told.value.problem.request_id


@pytest.mark.parametrize("failure", [503, 429, 502, httpx.ConnectError("no"), httpx.ReadTimeout("slow")])
async def test_what_may_pass_is_tried_again_under_the_same_key(address: str, echo: Any, failure: Any) -> None:
    transport = Flaky()
    async with AsyncPalate(address, transport=transport) as palate:
        session = (await palate.start()).session_id
        transport.first, transport.sent = [failure], []
        assert (await palate.say(session, "hello")).text == "You said: hello"
    first, second = transport.sent
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len((await echo.conversation(session)).turns) == 1


async def test_what_will_not_pass_is_told_at_once(address: str) -> None:
    transport = Flaky()
    async with AsyncPalate(address, transport=transport) as palate:
        with pytest.raises(ApiError, match="There is no session 'nobody'"):
            await palate.say("nobody", "hello")
        assert len(transport.sent) == 1
        transport.first = [500]
        with pytest.raises(ApiError, match="500"):
            await palate.items()
        transport.first = [503] * 9
        with pytest.raises(ApiError, match="503"):
            await palate.items()
        assert len(transport.first) == 5


async def test_a_stream_that_breaks_off_is_read_on(address: str, echo: Any) -> None:
    echo.pause = 0.1
    transport = Flaky(cut=1)
    async with AsyncPalate(address, transport=transport) as palate:
        transport.cut = 0
        session = (await palate.start()).session_id
        transport.cut, transport.sent = 1, []
        events = [event.kind async for event in palate.stream(session, "hello")]
    assert events == ["state", "items", "sentence", "done"] and echo.turns == 1
    assert [request.method for request in transport.sent] == ["POST", "GET"]
    assert transport.sent[1].headers["last-event-id"].endswith(".2")


async def test_a_failing_turn_ends_the_stream_with_its_error(address: str, echo: Any) -> None:
    async with AsyncPalate(address) as palate:
        session = (await palate.start()).session_id
        echo.failure = StoreError("disk full")
        events = [event async for event in palate.stream(session, "hello")]
        assert events[-1].kind == "error" and events[-1].retryable


async def test_a_server_that_is_not_there_is_told() -> None:
    async with AsyncPalate("http://127.0.0.1:9", tries=1) as palate:
        with pytest.raises(httpx.ConnectError):
            await palate.items()
        with pytest.raises((httpx.ConnectError, ConnectionFailedError)):
            await anext(palate.stream("s", "hello"))


def test_lines_become_events() -> None:
    reader = EventReader()
    lines = [": ping", "", "id: t.1", "event: state", "data: {", "data:}", "", "retry: 5", ""]
    assert [event for line in lines if (event := reader.feed(line))] == [SentEvent("t.1", "state", "{\n}")]
