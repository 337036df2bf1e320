"""Doubles fail loudly where a real model would be asked something nobody planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ModelUnavailableError
from agent.testing import FunctionModel, RecordedModel, ScriptedModel
from agent.types import ChatMessage

HELLO = (ChatMessage(role="user", content="Hello"),)


async def test_a_script_is_followed_in_order_and_remembered() -> None:
    model = ScriptedModel(["one", {"a": 1}]).then("last words")
    assert (await model.complete(HELLO)).text == "one"
    assert (await model.complete(HELLO, schema={"type": "object"}, max_tokens=5)).text == '{"a": 1}'
    assert [piece async for piece in model.stream(HELLO)] == ["last", " words"]
    assert [(call.json_schema, call.max_tokens, call.streamed) for call in model.history] == [
        (None, 256, False),
        ({"type": "object"}, 5, False),
        (None, 256, True),
    ]
    assert model.history[0].prompt == "Hello"
    assert not model.unused


async def test_a_call_too_many_is_not_taken_for_an_outage() -> None:
    with pytest.raises(AssertionError, match="no answer left for call 1: 'Hello'"):
        await ScriptedModel().complete(HELLO)


async def test_a_script_can_raise() -> None:
    model = ScriptedModel([ModelUnavailableError("down"), "up"], problem="down")
    with pytest.raises(ModelUnavailableError, match="down"):
        await model.complete(HELLO)
    assert (await model.complete(HELLO)).text == "up"
    assert await model.health() == "down"


async def test_a_function_may_be_async_and_sees_the_call() -> None:
    async def echo(call: object) -> str:
        return f"asked {getattr(call, 'prompt', '')}"

    assert (await FunctionModel(echo).complete(HELLO)).text == "asked Hello"


async def test_leaving_a_stream_early_is_counted() -> None:
    model = ScriptedModel(["one two three"])
    stream = model.stream(HELLO)
    await anext(stream)
    await stream.aclose()
    assert model.closed_early == 1


async def test_a_recording_replays_without_its_source(tmp_path: Path) -> None:
    path = tmp_path / "turns.jsonl"
    source = ScriptedModel(["recorded"], name="real")
    assert (await RecordedModel(path, model="real", source=source).complete(HELLO)).text == "recorded"
    replay = RecordedModel(path, model="real")
    assert (await replay.complete(HELLO)).text == "recorded"
    assert [piece async for piece in replay.stream(HELLO)] == ["recorded"]


@pytest.mark.parametrize("change", ["message", "schema", "max_tokens", "temperature", "model"])
async def test_a_stale_recording_names_the_command(tmp_path: Path, change: str) -> None:
    path = tmp_path / "turns.jsonl"
    await RecordedModel(path, model="real", source=ScriptedModel(["recorded"])).complete(HELLO)
    replay = RecordedModel(path, model="newer" if change == "model" else "real", rerecord="make record")
    messages = (ChatMessage(role="user", content="Hello!"),) if change == "message" else HELLO
    with pytest.raises(AssertionError, match=r"turns.jsonl.*make record"):
        await replay.complete(
            messages,
            schema={"type": "object"} if change == "schema" else None,
            max_tokens=255 if change == "max_tokens" else 256,
            temperature=0.5 if change == "temperature" else 0.0,
        )
