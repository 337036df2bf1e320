"""The sync client: the async one, run in a thread of its own, so that it works in scripts and in notebooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any, ParamSpec, Self, TypeVar

import httpx
from anyio.from_thread import start_blocking_portal

from agent.types import FeedbackKind, Reply, SessionInfo, StreamEvent

from ..api.models import (
    Erased,
    ItemPage,
    ItemView,
    PreferencesPatch,
    RecommendResponse,
    SessionDetail,
    SessionState,
    TurnPage,
)
from .asynchronous import AsyncPalate

P = ParamSpec("P")
T = TypeVar("T")


class Palate:
    """Talk to Palate's REST API and wait for the answers; what each method does, ``AsyncPalate`` says."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:7860",
        *,
        key: str | None = None,
        timeout_s: float = 120.0,
        tries: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Name the server, as for ``AsyncPalate``."""
        self._client = AsyncPalate(address, key=key, timeout_s=timeout_s, tries=tries, transport=transport)
        self._open = ExitStack()
        self._portal = self._open.enter_context(start_blocking_portal())
        self._open.callback(self._portal.call, self._client.aclose)

    def __enter__(self) -> Self:
        """Use as a context; leaving it closes the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end the thread."""
        self._open.close()

    def start(self, user_id: str | None = None, *, catalog: str | None = None) -> SessionInfo:
        """Begin a session."""
        return self._wait(self._client.start, user_id, catalog=catalog)

    def session(self, session_id: str) -> SessionDetail:
        """Return transcript and preferences."""
        return self._wait(self._client.session, session_id)

    def etag(self, session_id: str) -> str:
        """Return the version of the preferences, for ``edit``."""
        return self._wait(self._client.etag, session_id)

    def turns(self, session_id: str, *, limit: int = 20, cursor: str = "") -> TurnPage:
        """Return a page of the transcript, oldest first."""
        return self._wait(self._client.turns, session_id, limit=limit, cursor=cursor)

    def say(self, session_id: str, text: str, *, key: str | None = None, **options: Any) -> Reply:
        """Say something and return the whole reply."""
        return self._wait(self._client.say, session_id, text, key=key, **options)

    def stream(self, session_id: str, text: str, *, key: str | None = None, **options: Any) -> Iterator[StreamEvent]:
        """Say something and yield the reply's events as they come."""
        events = self._client.stream(session_id, text, key=key, **options)
        try:
            while (event := self._wait(anext, events, None)) is not None:
                yield event
        finally:
            self._wait(events.aclose)

    def edit(self, session_id: str, patch: PreferencesPatch, *, if_match: str | None = None) -> SessionState:
        """Edit preferences; with ``if_match`` only while they have that version."""
        return self._wait(self._client.edit, session_id, patch, if_match=if_match)

    def feedback(self, session_id: str, item_id: str, kind: FeedbackKind, *, key: str | None = None) -> SessionState:
        """React to an item."""
        return self._wait(self._client.feedback, session_id, item_id, kind, key=key)

    def recommend(self, text: str = "", **options: Any) -> RecommendResponse:
        """Search without a dialogue."""
        return self._wait(self._client.recommend, text, **options)

    def items(self, query: str = "", *, limit: int = 20, cursor: str = "") -> ItemPage:
        """Return a page of items by title; without a query the best known."""
        return self._wait(self._client.items, query, limit=limit, cursor=cursor)

    def item(self, item_id: str) -> ItemView:
        """Return one item."""
        return self._wait(self._client.item, item_id)

    def export(self, user_id: str) -> dict[str, Any]:
        """Return everything held about a user."""
        return self._wait(self._client.export, user_id)

    def erase(self, user_id: str) -> Erased:
        """Erase a user."""
        return self._wait(self._client.erase, user_id)

    def _wait(self, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        async def answer() -> T:
            return await call(*args, **kwargs)

        return self._portal.call(answer)
