"""Ask any OpenAI-compatible server, through LangChain's client. It starts nothing and loads nothing.

Every answer is read as a stream, also when the caller wants it whole: that is what lets a dead model be told from a
slow one after the first-token limit, and lets a cancelled request stop costing the server anything.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from .. import budget
from ..errors import ModelOutputError, ModelUnavailableError
from ..types import ChatMessage, Completion
from .config import LlmConfig

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

RECONNECT_WAIT_S = 0.1
"""Pause before the one retry after a lost connection: enough for a restarted proxy to listen again."""
WARM_TIMEOUT_S = 300.0
"""Nobody waits for a warming, and a prompt of a thousand tokens may take a busy laptop a minute."""
HEALTH_TIMEOUT_S = 3.0
"""Longest wait of a health check: a probe that hangs is as bad as a model that is down."""


class _ConnectionLostError(ModelUnavailableError):
    """Mark failures that a second connection may cure; nothing was answered yet."""


class _Piece(NamedTuple):
    """One part of a streamed answer; the token counts come with the last."""

    text: str
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


class EndpointModel:
    """A ``ChatModel`` behind an address."""

    def __init__(self, config: LlmConfig) -> None:
        """Keep the settings; the client is made at the first request."""
        self.name = config.model
        self.base_url = config.base_url
        self.name = config.model
        self.base_url = config.base_url
        self._config = config
        # Pooled connections belong to the event loop that opened them, so each loop gets its own client.
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, ChatOpenAI] = WeakKeyDictionary()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer at once; with ``schema`` the text is JSON that the server constrained to it."""
        body: dict[str, Any] = {"max_tokens": max_tokens}
        if schema is not None:
            named = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        async with aclosing(self._pieces(messages, body, temperature, self._config)) as stream:
            pieces = [piece async for piece in stream]
        text = "".join(piece.text for piece in pieces)
        if schema is not None:
            _require_json(text, cut_off=any(piece.finish == "length" for piece in pieces), max_tokens=max_tokens)
        counted = next((piece for piece in reversed(pieces) if piece.prompt_tokens is not None), None)
        return Completion(
            text=text,
            model=self.name,
            prompt_tokens=counted.prompt_tokens if counted else None,
            completion_tokens=counted.completion_tokens if counted else None,
        )

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield pieces of text as they come; closing the iterator cancels the request."""
        body = {"max_tokens": max_tokens}
        async with aclosing(self._pieces(messages, body, temperature, self._config)) as pieces:
            async for piece in pieces:
                if piece.text:
                    yield piece.text

    async def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Let the server read ``messages`` once, so that later requests with the same start begin sooner."""
        patient = self._config.model_copy(update={"timeout_s": WARM_TIMEOUT_S, "first_token_timeout_s": WARM_TIMEOUT_S})
        async with aclosing(self._pieces(messages, {"max_tokens": 1}, 0.0, patient)) as pieces:
            async for _ in pieces:
                pass

    async def health(self) -> str | None:
        """Return None when the server lists the model, else the reason in words."""
        try:
            with _named_errors(self._config):
                client = await self._client()
                async with asyncio.timeout(HEALTH_TIMEOUT_S):
                    served = [model.id async for model in client.root_async_client.models.list()]
        except ModelUnavailableError as error:
            return str(error)
        except TimeoutError:
            return f"The model server at {self._config.base_url!r} did not say within {HEALTH_TIMEOUT_S:g} s how it is."
        if self.name not in served:
            return f"The server at {self._config.base_url!r} serves {served!r}, not {self.name!r}. Correct llm.model."
        return None

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.root_async_client.close()

    async def _pieces(
        self, messages: Sequence[ChatMessage], body: dict[str, Any], temperature: float, limits: LlmConfig
    ) -> AsyncGenerator[_Piece]:
        """Yield the parts of one answer in time; a lost connection is tried once more before the first part."""
        from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

        client = await self._client()
        clock = _Clock(limits)
        request = {"temperature": temperature, "extra_body": body}
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_ConnectionLostError),
            stop=stop_after_attempt(2),
            wait=wait_fixed(RECONNECT_WAIT_S),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                answer = _answer(client, messages, request)
                first = await self._next(answer, clock.first)
        finished, written, read = False, 0, 0
        try:
            async with aclosing(answer):
                piece = first
                while piece is not None:
                    finished = finished or piece.finish is not None
                    # Servers count at the end; an answer that was cut off before has about a token in each piece.
                    written = piece.completion_tokens or written + bool(piece.text)
                    read = piece.prompt_tokens or read
                    yield piece
                    piece = await self._next(answer, clock.later)
        finally:
            budget.note(read, written)
        if not finished:
            raise ModelUnavailableError(
                f"Model {self.name!r} broke off in the middle of an answer.", hint="Ask again; see the server's log."
            )

    async def _next(self, answer: AsyncGenerator[_Piece], deadline: float) -> _Piece | None:
        """Return the next part, or None at the end."""
        try:
            with _named_errors(self._config):
                async with asyncio.timeout_at(deadline):
                    return await anext(answer, None)
        except TimeoutError as error:
            raise ModelUnavailableError(
                f"Model {self.name!r} gave no answer in time "
                f"(first piece {self._config.first_token_timeout_s:g} s, whole answer {self._config.timeout_s:g} s).",
                hint="Raise llm.first_token_timeout_s or llm.timeout_s, or use a smaller model.",
            ) from error

    async def _client(self) -> ChatOpenAI:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            # The first import of the library takes over a second, which the event loop should not spend waiting.
            client = self._clients[loop] = await asyncio.to_thread(_new_client, self._config)
        return client


class _Clock:
    """Deadlines of one request, in the running loop's time, counted from when it was made."""

    def __init__(self, config: LlmConfig) -> None:
        start = asyncio.get_running_loop().time()
        self.first = start + min(config.first_token_timeout_s, config.timeout_s)
        self.later = start + config.timeout_s


def _new_client(config: LlmConfig) -> ChatOpenAI:
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient, Timeout

    waits = Timeout(config.timeout_s, connect=config.connect_timeout_s)
    return ChatOpenAI(
        base_url=config.base_url,
        # The client refuses an empty key; servers without keys ignore what they are given.
        api_key=config.api_key if config.api_key.get_secret_value() else lambda: "none",
        model=config.model,
        timeout=waits,
        max_retries=0,
        stream_usage=True,
        stream_chunk_timeout=None,
        http_async_client=DefaultAsyncHttpxClient(timeout=waits),
    )


async def _answer(
    client: ChatOpenAI, messages: Sequence[ChatMessage], request: dict[str, Any]
) -> AsyncGenerator[_Piece]:
    chunks = client.astream([(message.role, message.content) for message in messages], **request)
    async for chunk in chunks:
        piece = _piece(chunk)
        if piece.text or piece.finish or piece.prompt_tokens is not None:
            yield piece


def _piece(chunk: AIMessageChunk) -> _Piece:
    usage = chunk.usage_metadata
    return _Piece(
        text=chunk.text,
        finish=chunk.response_metadata.get("finish_reason"),
        prompt_tokens=usage["input_tokens"] if usage else None,
        completion_tokens=usage["output_tokens"] if usage else None,
    )


@contextmanager
def _named_errors(config: LlmConfig) -> Iterator[None]:
    """Turn the client library's errors into ours."""
    import openai

    where = f"the model server at {config.base_url!r}"
    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelUnavailableError(
            f"No connection to {where} within {config.connect_timeout_s:g} s.", hint="Is it running and reachable?"
        ) from error
    except openai.APIConnectionError as error:
        cause = error.__cause__ or error
        raise _ConnectionLostError(f"No contact with {where}: {cause}.", hint="Is it running? See its log.") from error
    except openai.APIStatusError as error:
        raise _refused(where, error.status_code, error.message) from error
    except (openai.OpenAIError, json.JSONDecodeError) as error:
        raise ModelUnavailableError(f"No usable answer from {where}: {error}.", hint="See its log.") from error


def _refused(where: str, status: int, message: str) -> ModelUnavailableError:
    hints = {401: "Check llm.api_key.", 403: "Check llm.api_key.", 404: "Check llm.base_url and llm.model."}
    error = ModelUnavailableError(
        f"{where[0].upper()}{where[1:]} answered with status {status}: {message[:300]!r}.",
        hint=hints.get(status, "See the server's log."),
    )
    error.retryable = status in (408, 429) or status >= 500
    return error


def _require_json(text: str, *, cut_off: bool, max_tokens: int) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        hint = (
            f"Allow more than {max_tokens} tokens."
            if cut_off
            else "Does the server honour response_format json_schema?"
        )
        raise ModelOutputError(
            f"The answer is not JSON although a schema was given: {text[:200]!r}.", hint=hint
        ) from error
