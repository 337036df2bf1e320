"""The async client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Self, TypeVar

import httpx
import tenacity

from agent.types import FeedbackKind, Reply, SessionInfo, StreamEvent

from ..api.models import (
    Erased,
    ItemPage,
    ItemView,
    NewMessage,
    PreferencesPatch,
    RecommendRequest,
    RecommendResponse,
    SessionDetail,
    SessionState,
    TurnPage,
)
from . import requests
from .errors import ConnectionFailedError, raise_for, wait_for, wait_state, worth_another_try
from .requests import Call, EventReader

Model = TypeVar("Model", bound=Any)


class AsyncPalate:
    """Talk to Palate's REST API.

    Calls that fail for a passing reason are tried again; messages and reactions carry an ``Idempotency-Key``, so that
    they are done once however often they are sent, and a stream that breaks off is read on where it ended.
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:7860",
        *,
        key: str | None = None,
        timeout_s: float = 120.0,
        tries: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Name the server.

        Args:
            address: of the server, without ``/v1``.
            key: an API key or a token.
            timeout_s: longest time to wait for an answer or the next event.
            tries: how often a call is made at most.
            transport: what carries the calls, for tests.
        """
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.AsyncClient(base_url=address, headers=headers, timeout=timeout_s, transport=transport)
        self._tries = tries

    async def __aenter__(self) -> Self:
        """Use as a context; leaving it closes the connections."""
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def start(self, user_id: str | None = None, *, catalog: str | None = None) -> SessionInfo:
        """Begin a session."""
        return await self._ask(requests.start(user_id, catalog), SessionInfo)

    async def session(self, session_id: str) -> SessionDetail:
        """Return transcript and preferences; ``etag`` gives their version."""
        return await self._ask(Call("GET", requests.session(session_id)), SessionDetail)

    async def etag(self, session_id: str) -> str:
        """Return the version of the preferences, for ``edit``."""
        return (await self._send(Call("GET", requests.session(session_id)))).headers["etag"]

    async def turns(self, session_id: str, *, limit: int = 20, cursor: str = "") -> TurnPage:
        """Return a page of the transcript, oldest first."""
        call = Call("GET", requests.session(session_id, "/turns"), params={"limit": limit, "cursor": cursor})
        return await self._ask(call, TurnPage)

    async def say(self, session_id: str, text: str, *, key: str | None = None, **options: Any) -> Reply:
        """Say something and return the whole reply.

        Args:
            session_id: the session.
            text: what to say.
            key: under which the message may be repeated; None makes a new one.
            options: further fields of ``NewMessage``, such as ``k``.
        """
        body = NewMessage(text=text, **options)
        return await self._ask(requests.message(session_id, body, key or requests.new_key()), Reply)

    async def stream(
        self, session_id: str, text: str, *, key: str | None = None, **options: Any
    ) -> AsyncGenerator[StreamEvent]:
        """Say something and yield the reply's events as they come; the last is ``done``, or ``error``.

        Raises:
            ApiError: the message was refused.
            ConnectionFailedError: the stream broke off, and could not be read on.
        """
        body = NewMessage(text=text, stream=True, **options)
        call, last, address = requests.message(session_id, body, key or requests.new_key()), "", ""
        for attempt in range(1, self._tries + 1):
            try:
                async with self._http.stream(**call.sent()) as response:
                    if not response.is_success:
                        await response.aread()
                    raise_for(response)
                    address = response.headers.get("content-location", address)
                    reader = EventReader()
                    async for line in response.aiter_lines():
                        event = reader.feed(line)
                        if event is not None:
                            last = event.id or last
                            yield event.read()
                            if event.name in ("done", "error"):
                                return
            except Exception as error:
                if attempt == self._tries or not worth_another_try(error):
                    raise
                await asyncio.sleep(wait_for(error, attempt))
            if last and address:
                call = requests.resume(address, last)
        raise ConnectionFailedError(f"The reply to a message in session {session_id!r} broke off.")

    async def edit(self, session_id: str, patch: PreferencesPatch, *, if_match: str | None = None) -> SessionState:
        """Edit preferences; with ``if_match`` only while they have that version."""
        return await self._ask(requests.edit(session_id, patch, if_match), SessionState, tries=1)

    async def feedback(
        self, session_id: str, item_id: str, kind: FeedbackKind, *, key: str | None = None
    ) -> SessionState:
        """React to an item."""
        return await self._ask(requests.feedback(session_id, item_id, kind, key or requests.new_key()), SessionState)

    async def recommend(self, text: str = "", **options: Any) -> RecommendResponse:
        """Search without a dialogue; ``options`` are further fields of ``RecommendRequest``."""
        return await self._ask(requests.recommend(RecommendRequest(text=text, **options)), RecommendResponse)

    async def items(self, query: str = "", *, limit: int = 20, cursor: str = "") -> ItemPage:
        """Return a page of items by title; without a query the best known."""
        call = Call("GET", "/v1/items", params={"query": query, "limit": limit, "cursor": cursor})
        return await self._ask(call, ItemPage)

    async def item(self, item_id: str) -> ItemView:
        """Return one item."""
        return await self._ask(Call("GET", requests.item(item_id)), ItemView)

    async def export(self, user_id: str) -> dict[str, Any]:
        """Return everything held about a user."""
        found: dict[str, Any] = (await self._send(Call("GET", requests.user(user_id, "/export")))).json()
        return found

    async def erase(self, user_id: str) -> Erased:
        """Erase a user."""
        return await self._ask(Call("DELETE", requests.user(user_id)), Erased)

    async def _ask(self, call: Call, model: type[Model], *, tries: int | None = None) -> Model:
        response = await self._send(call, tries=tries)
        found: Model = model.model_validate_json(response.content)
        return found

    async def _send(self, call: Call, *, tries: int | None = None) -> httpx.Response:
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(worth_another_try),
            stop=tenacity.stop_after_attempt(tries or self._tries),
            wait=wait_state,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                response = await self._http.request(**call.sent())
                raise_for(response)
        return response
