"""Doubles of language models, and the tests that every ``ChatModel`` must pass. For tests, evals and demos.

No double pretends to be slow or clever: a scripted answer is given at once, an unexpected question fails the test.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from retrieval.types import Value

from .llm.testing import Behaviour as Behaviour
from .llm.testing import FakeServer as FakeServer
from .types import ChatMessage, ChatModel, Completion

Answer = str | dict[str, Any] | Exception
"""Text, an object to be given as JSON, or an error to raise."""


class ModelCall(Value):
    """One question that a double was asked."""

    messages: tuple[ChatMessage, ...]
    json_schema: dict[str, Any] | None = None
    max_tokens: int = 256
    temperature: float = 0.0
    streamed: bool = False

    @property
    def prompt(self) -> str:
        """All messages' text, for assertions about what was said to the model."""
        return "\n".join(message.content for message in self.messages)


class FunctionModel:
    """Answer with whatever a function makes of the call; remember every call."""

    def __init__(
        self, answer: Callable[[ModelCall], Answer | Awaitable[Answer]], *, name: str = "function", problem: str = ""
    ) -> None:
        """Take the function, plain or async, and the ``problem`` that ``health`` reports, if any."""
        self.name = name
        self.problem = problem
        self.history: list[ModelCall] = []
        self.closed_early = 0
        """Streams that the caller closed before their end."""
        self._answer = answer

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer at once."""
        text = await self._text(messages, json_schema=schema, max_tokens=max_tokens, temperature=temperature)
        return Completion(text=text, model=self.name, prompt_tokens=0, completion_tokens=len(_words(text)))

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield the answer word by word."""
        text = await self._text(messages, max_tokens=max_tokens, temperature=temperature, streamed=True)
        try:
            for word in _words(text):
                yield word
        except GeneratorExit:
            self.closed_early += 1
            raise

    async def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Do nothing: there is no cache to fill."""

    async def health(self) -> str | None:
        """Return the problem given at construction."""
        return self.problem or None

    async def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    async def _text(self, messages: Sequence[ChatMessage], **details: Any) -> str:
        call = ModelCall(messages=tuple(messages), **details)
        self.history.append(call)
        answer = self._answer(call)
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else json.dumps(answer)


class ScriptedModel(FunctionModel):
    """Give prepared answers in order. A call too many fails the test; ``unused`` are those left over."""

    def __init__(self, answers: Iterable[Answer] = (), *, name: str = "scripted", problem: str = "") -> None:
        """Queue the answers."""
        super().__init__(self._next, name=name, problem=problem)
        self.unused = deque(answers)

    def then(self, *answers: Answer) -> ScriptedModel:
        """Queue more answers; returns the model, so calls can be chained."""
        self.unused.extend(answers)
        return self

    def _next(self, call: ModelCall) -> Answer:
        # Not a ModelError: the agent would adapt to that, and the test would pass for the wrong reason.
        assert self.unused, f"The script has no answer left for call {len(self.history)}: {call.prompt[-300:]!r}"
        return self.unused.popleft()


class RecordedModel(FunctionModel):
    """Replay answers that a real model once gave; with ``source`` ask that model for those that are missing.

    The key of an answer is everything that could change it, so a changed prompt can never be answered by a stale one.
    """

    def __init__(
        self,
        path: Path,
        *,
        model: str,
        source: ChatModel | None = None,
        rerecord: str = "PALATE_RECORD=1 make test-real",
    ) -> None:
        """Open a recording (JSON lines); ``rerecord`` is the command that a failing replay names."""
        super().__init__(self._replay, name=model)
        self._path, self._source, self._rerecord = path, source, rerecord
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._answers: dict[str, str] = {entry["key"]: entry["text"] for entry in map(json.loads, lines)}

    async def _replay(self, call: ModelCall) -> str:
        key = self._key(call)
        if key not in self._answers:
            assert self._source is not None, (
                f"{self._path.name} holds no answer of {self.name!r} to this call (key {key[:12]}…): the prompt, the "
                f"schema or the settings changed since it was recorded. Record again: {self._rerecord}"
            )
            self._record(key, await self._ask(self._source, call))
        return self._answers[key]

    def _key(self, call: ModelCall) -> str:
        asked = call.model_dump(mode="json", exclude={"streamed"}) | {"model": self.name}
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    async def _ask(self, source: ChatModel, call: ModelCall) -> str:
        completion = await source.complete(
            call.messages, schema=call.json_schema, max_tokens=call.max_tokens, temperature=call.temperature
        )
        return completion.text

    def _record(self, key: str, text: str) -> None:
        self._answers[key] = text
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "model": self.name, "text": text}, ensure_ascii=False) + "\n")


class ChatModelContract:
    """What every ``ChatModel`` promises. Subclass it and return a ready model from ``opened``."""

    schema: dict[str, Any] = {  # noqa: RUF012 - read only, and a plain literal reads best
        "type": "object",
        "properties": {"genre": {"enum": ["Comedy", "Horror", "Western"]}},
        "required": ["genre"],
        "additionalProperties": False,
    }
    question = (ChatMessage(role="user", content="Name the genre of a film in which a ghost haunts a house."),)

    def opened(self) -> AbstractAsyncContextManager[ChatModel]:
        """Return a context that opens the model and closes it."""
        raise NotImplementedError

    async def test_it_answers(self) -> None:
        """A completion holds text and the model's name."""
        async with self.opened() as model:
            answer = await model.complete(self.question, max_tokens=12)
        assert answer.text.strip()
        assert answer.model == model.name != ""

    async def test_a_schema_is_honoured(self) -> None:
        """With a schema the text is JSON of that shape."""
        async with self.opened() as model:
            answer = await model.complete(self.question, schema=self.schema, max_tokens=40)
        assert json.loads(answer.text)["genre"] in self.schema["properties"]["genre"]["enum"]

    async def test_the_same_question_gets_the_same_answer(self) -> None:
        """Temperature 0 is the default and means what it says."""
        async with self.opened() as model:
            answers = [(await model.complete(self.question, max_tokens=12)).text for _ in range(2)]
        assert answers[0] == answers[1]

    async def test_a_stream_comes_in_pieces(self) -> None:
        """Pieces are text, more than one, and none is empty."""
        async with self.opened() as model:
            pieces = [piece async for piece in model.stream(self.question, max_tokens=16)]
        assert len(pieces) > 1
        assert all(pieces)

    async def test_a_stream_can_be_left(self) -> None:
        """After a stream was closed early the model answers the next question."""
        async with self.opened() as model:
            stream = model.stream(self.question, max_tokens=200)
            assert await anext(stream)
            await _close(stream)
            assert (await model.complete(self.question, max_tokens=4)).text

    async def test_it_is_healthy(self) -> None:
        """A model that answers says that it is well."""
        async with self.opened() as model:
            assert await model.health() is None


async def _close(stream: Any) -> None:
    await stream.aclose()


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)
