"""Every language model keeps the same promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.llm.endpoint import EndpointModel
from agent.llm.testing import Behaviour, FakeServer
from agent.testing import ChatModelContract, FunctionModel, ModelCall, RecordedModel
from agent.types import ChatModel
from evals import RecordingModel, ReplayedModel


def answer(call: ModelCall) -> str | dict[str, Any]:
    return {"genre": "Horror"} if call.json_schema else "It is a horror film."


class TestFunctionModel(ChatModelContract):
    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        yield FunctionModel(answer)


class TestRecordedModel(ChatModelContract):
    @pytest.fixture(autouse=True)
    def _recording(self, tmp_path: Path) -> None:
        self._path = tmp_path / "recording.jsonl"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        yield RecordedModel(self._path, model="function", source=FunctionModel(answer))


class TestRecordingModel(ChatModelContract):
    @pytest.fixture(autouse=True)
    def _recording(self, tmp_path: Path) -> None:
        self._path = tmp_path / "recording.jsonl"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        model = RecordingModel(FunctionModel(answer), self._path)
        yield model
        await model.close()


class TestReplayedModel(ChatModelContract):
    """Replays what the contract itself asks: each test is run once to be recorded and once more on the recording."""

    @pytest.fixture(autouse=True)
    async def _recorded(self, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        path = tmp_path / "recording.jsonl"
        recording = RecordingModel(FunctionModel(answer), path)
        self._model: ChatModel = recording
        await getattr(self, request.node.name)()
        await recording.close()
        self._model = ReplayedModel(path)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        yield self._model


class TestEndpointModel(ChatModelContract):
    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        def behave(body: dict[str, Any]) -> Behaviour:
            wants_json = "response_format" in body
            return Behaviour(pieces=['{"genre": ', '"Horror"}'] if wants_json else ["It is ", "a horror ", "film."])

        async with FakeServer(behave).serving() as server:
            model = EndpointModel(server.config)
            yield model
            await model.close()
