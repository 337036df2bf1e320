"""Pass requests on to a language model and keep what it answers. Changes nothing about either."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from agent.errors import ModelError
from agent.types import ChatMessage, ChatModel, Completion

from ..errors import RecordingError
from .lines import Answer, Exchange, Header, Request, describe


class RecordingModel:
    """A language model that leaves a recording; closed when the run ends."""

    def __init__(self, source: ChatModel, path: Path) -> None:
        """Begin a recording, in place of one that is there.

        Args:
            source: the model that answers.
            path: file of JSON lines.

        Raises:
            RecordingError: the file cannot be written.
        """
        self.name = source.name
        self.kept = 0
        """Requests answered so far."""
        self.lost = 0
        """Requests that the model did not answer, or not in time."""
        self._source = source
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise RecordingError(f"{str(path)!r} cannot be written: {error}.", hint="Give a file.") from None
        self._write(Header(model=source.name).model_dump_json())

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer as the model does."""
        request = describe(messages, schema, max_tokens, temperature, streamed=False)
        answer = Answer(end="cut")
        try:
            given = await self._source.complete(messages, schema=schema, max_tokens=max_tokens, temperature=temperature)
            answer = Answer(pieces=(given.text,), **given.model_dump(exclude={"text"}))
            return given
        except ModelError as error:
            answer = _failed(error)
            raise
        finally:
            self._keep(request, answer)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield what the model yields."""
        request = describe(messages, None, max_tokens, temperature, streamed=True)
        pieces: list[str] = []
        answer = Answer(end="cut")
        try:
            async with aclosing(
                self._source.stream(messages, max_tokens=max_tokens, temperature=temperature)
            ) as source:
                async for piece in source:
                    pieces.append(piece)
                    yield piece
            answer = Answer()
        except GeneratorExit:
            answer = Answer(end="closed")
            raise
        except ModelError as error:
            answer = _failed(error)
            raise
        finally:
            self._keep(request, answer.model_copy(update={"pieces": tuple(pieces), "model": self.name}))

    async def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Let the model read ahead, if it can."""
        warm = getattr(self._source, "warm", None)
        if warm is not None:
            await warm(messages)

    async def health(self) -> str | None:
        """Return the model's own health."""
        return await self._source.health()

    async def close(self) -> None:
        """Close the file and the model."""
        self._file.close()
        close = getattr(self._source, "close", None)
        if close is not None:
            await close()

    def _keep(self, request: Request, answer: Answer) -> None:
        self.kept += answer.end in ("whole", "closed")
        self.lost += answer.end in ("cut", "failed")
        self._write(Exchange(request=request, answer=answer).model_dump_json())

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()  # a run that is broken off still leaves what it heard


def _failed(error: ModelError) -> Answer:
    return Answer(end="failed", error=type(error).__name__, message=Exception.__str__(error))
