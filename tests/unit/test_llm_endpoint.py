"""The endpoint client against real sockets: timeouts, cancelling, broken connections and named errors."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from agent.errors import ModelOutputError, ModelUnavailableError
from agent.llm.config import LlmConfig
from agent.llm.endpoint import EndpointModel
from agent.llm.testing import Behaviour, FakeServer
from agent.types import ChatMessage

HELLO = (ChatMessage(role="system", content="Be kind."), ChatMessage(role="user", content="Hello"))
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}


def always(**how: Any) -> FakeServer:
    return FakeServer(lambda body: Behaviour(**how))


def impatient(server: FakeServer, **limits: float) -> EndpointModel:
    return EndpointModel(server.config.model_copy(update=limits))


async def test_the_request_carries_what_was_asked() -> None:
    async with always(pieces=['{"a":', ' "b"}']).serving() as server:
        answer = await EndpointModel(server.config).complete(HELLO, schema=SCHEMA, max_tokens=9, temperature=0.3)
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == ('{"a": "b"}', 7, 2)
    body = server.requests[0]
    assert body["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("fake", 9, 0.3)
    assert body["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}


async def test_the_key_is_sent() -> None:
    async with always().serving() as server:
        config = LlmConfig.model_validate(server.config.model_dump() | {"api_key": "s3cret"})
        await EndpointModel(config).complete(HELLO)
    assert server.keys == ["bearer s3cret"]
    assert "s3cret" not in repr(config) + config.model_dump_json()


async def test_an_answer_that_is_not_json_names_the_cause() -> None:
    async with always(pieces=["Sure! {"], finish="stop").serving() as server:
        with pytest.raises(ModelOutputError, match="response_format"):
            await EndpointModel(server.config).complete(HELLO, schema=SCHEMA)
    async with always(pieces=['{"a": "'], finish="length").serving() as server:
        with pytest.raises(ModelOutputError, match="Allow more than 5 tokens"):
            await EndpointModel(server.config).complete(HELLO, schema=SCHEMA, max_tokens=5)


async def test_a_silent_server_is_given_up_at_the_first_token_limit() -> None:
    async with always(wait_s=30).serving() as server:
        start = time.perf_counter()
        with pytest.raises(ModelUnavailableError, match=r"first piece 0\.1 s"):
            await impatient(server, first_token_timeout_s=0.1).complete(HELLO)
        assert time.perf_counter() - start < 2
        await asyncio.sleep(0.05)
        assert server.left_early == 1, "a request given up must be cancelled at the server too"


async def test_a_slow_answer_is_given_up_at_the_total_limit() -> None:
    async with always(pieces=["word "] * 50, pause_s=0.05).serving() as server:
        with pytest.raises(ModelUnavailableError, match=r"whole answer 0\.3 s"):
            await impatient(server, timeout_s=0.3).complete(HELLO)
    assert server.pieces_sent < 20


async def test_the_first_token_limit_ends_with_the_first_token() -> None:
    async with always(pieces=["a", "b"], pause_s=0.2).serving() as server:
        assert (await impatient(server, first_token_timeout_s=0.1).complete(HELLO)).text == "ab"


async def test_closing_a_stream_cancels_the_request() -> None:
    async with always(pieces=["word "] * 100, pause_s=0.02).serving() as server:
        stream = EndpointModel(server.config).stream(HELLO)
        assert await anext(stream) == "word "
        await stream.aclose()
        await asyncio.sleep(0.1)
        assert server.left_early == 1
        assert server.pieces_sent < 10


async def test_a_cancelled_task_cancels_the_request() -> None:
    async with always(wait_s=30).serving() as server:
        task = asyncio.create_task(EndpointModel(server.config).complete(HELLO))
        while not server.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.05)
        assert server.left_early == 1


async def test_one_lost_connection_is_tried_again() -> None:
    server = FakeServer(lambda body: Behaviour(drop=len(server.requests) == 1))
    async with server.serving():
        assert (await EndpointModel(server.config).complete(HELLO)).text == "Hello there"
    assert len(server.requests) == 2


async def test_two_lost_connections_are_an_outage() -> None:
    async with always(drop=True).serving() as server:
        with pytest.raises(ModelUnavailableError, match="No contact with the model server at 'http://127"):
            await EndpointModel(server.config).complete(HELLO)
    assert len(server.requests) == 2


async def test_a_break_in_the_middle_is_an_outage_and_is_not_repeated() -> None:
    async with always(break_after=1).serving() as server:
        stream = EndpointModel(server.config).stream(HELLO)
        assert await anext(stream) == "Hello"
        with pytest.raises(ModelUnavailableError, match="broke off"):
            await anext(stream)
    assert len(server.requests) == 1


async def test_nobody_listening_is_an_outage_at_once() -> None:
    async with always().serving() as server:
        config = server.config
    start = time.perf_counter()
    with pytest.raises(ModelUnavailableError):
        await EndpointModel(config).complete(HELLO)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("status", "hint", "retryable"),
    [(401, "llm.api_key", False), (404, "llm.model", False), (503, "log", True), (400, "log", False)],
)
async def test_a_refusal_says_who_acts(status: int, hint: str, retryable: bool) -> None:
    async with always(status=status).serving() as server:
        with pytest.raises(ModelUnavailableError, match=f"status {status}") as caught:
            await EndpointModel(server.config).complete(HELLO)
    assert hint in caught.value.hint
    assert caught.value.retryable is retryable
    assert len(server.requests) == 1


async def test_garbage_is_an_outage() -> None:
    async with always(garbled=True).serving() as server:
        with pytest.raises(ModelUnavailableError, match="No usable answer"):
            await EndpointModel(server.config).complete(HELLO)


async def test_health_tells_apart_well_wrong_model_and_down() -> None:
    async with always().serving() as server:
        assert await EndpointModel(server.config).health() is None
        problem = await EndpointModel(server.config.model_copy(update={"model": "other"})).health()
        assert problem is not None and "'fake'" in problem
    problem = await EndpointModel(server.config).health()
    assert problem is not None and "No contact" in problem


async def test_the_server_may_come_back() -> None:
    async with always().serving() as server:
        model = EndpointModel(server.config)
        await model.complete(HELLO)
    with pytest.raises(ModelUnavailableError):
        await model.complete(HELLO)
    async with server.serving(server.port):
        assert (await model.complete(HELLO)).text == "Hello there"
    await model.close()


def test_one_model_serves_several_event_loops() -> None:
    async def ask(model: EndpointModel, server: FakeServer) -> str:
        async with server.serving(server.port):
            return (await model.complete(HELLO)).text

    server = always()

    async def find_port() -> None:
        async with server.serving():
            pass

    asyncio.run(find_port())
    model = EndpointModel(server.config)
    assert [asyncio.run(ask(model, server)) for _ in range(2)] == ["Hello there"] * 2
