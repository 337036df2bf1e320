"""The recommender as one visitor of the page may use it: conversations of others are not there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import cast

from agent import Conversation, PreferenceUpdate
from agent.errors import SessionNotFoundError
from agent.memory import MemoryKeeper
from agent.types import FeedbackKind, SessionInfo, StreamEvent, UploadRef
from agent.uploads import UploadKeeper
from retrieval.types import CatalogSchema

from .ports import Catalogue, Talker

Reaches = Callable[[str, str | None], Awaitable[bool]]
"""Session and visitor -> whether the conversation is the visitor's."""


class Visits:
    """Everything the page needs of a recommender, for one visitor."""

    def __init__(self, recommender: Talker, reaches: Reaches, visitor: str | None = None) -> None:
        """Ask ``reaches`` before every use of a conversation."""
        self._recommender = recommender
        self._reaches = reaches
        self._visitor = visitor
        self.memory: MemoryKeeper | None = recommender.memory

    def of(self, visitor: str | None) -> Visits:
        """Return the same for another visitor."""
        return Visits(self._recommender, self._reaches, visitor)

    @property
    def schema(self) -> CatalogSchema:
        """Describe the catalogue."""
        return self._recommender.schema

    @property
    def facts(self) -> Catalogue:
        """Exact facts about the catalogue."""
        return self._recommender.facts

    def dial(self, conversation: Conversation) -> float:
        """Return where the dial from familiar, 0, to adventurous, 1, stands."""
        return self._recommender.dial(conversation)

    @property
    def uploads(self) -> UploadKeeper:
        """Pictures and sounds that visitors sent."""
        return self._recommender.uploads

    async def stream(self, text: str, session: str, *, uploads: Sequence[UploadRef] = ()) -> AsyncIterator[StreamEvent]:
        """Answer a message, piece by piece."""
        await self._check(session)
        streamed = self._recommender.stream(text, session, uploads=uploads)
        async with aclosing(cast("AsyncGenerator[StreamEvent]", streamed)) as events:
            async for event in events:
                yield event

    async def new_session(self, user_id: str | None = None) -> SessionInfo:
        """Begin a conversation."""
        return await self._recommender.new_session(user_id=user_id)

    async def conversation(self, session_id: str) -> Conversation:
        """Return a conversation's state."""
        await self._check(session_id)
        return await self._recommender.conversation(session_id)

    async def edit(self, session_id: str, update: PreferenceUpdate) -> Conversation:
        """Change preferences by hand."""
        await self._check(session_id)
        return await self._recommender.edit(session_id, update)

    async def feedback(self, session_id: str, item_id: str, kind: FeedbackKind) -> Conversation:
        """Record a reaction to an item."""
        await self._check(session_id)
        return await self._recommender.feedback(session_id, item_id, kind)

    async def _check(self, session_id: str) -> None:
        if not await self._reaches(session_id, self._visitor):
            raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Begin one first.")
