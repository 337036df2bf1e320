"""What the page needs of a recommender. ``agent.Recommender`` satisfies it; so does a double."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from agent.memory import MemoryKeeper
from agent.types import Conversation, FeedbackKind, PreferenceUpdate, SessionInfo, StreamEvent, UploadRef
from agent.uploads import UploadKeeper
from retrieval.types import CatalogSchema, Constraint, Facet, Item


class Catalogue(Protocol):
    """Exact facts about the catalogue."""

    def count(self, constraints: Sequence[Constraint] = ()) -> int:
        """Return how many items satisfy the constraints."""
        ...

    def ids(self, constraints: Sequence[Constraint] = (), limit: int | None = None) -> list[str]:
        """Return item ids, most popular first."""
        ...

    def get(self, ids: Sequence[str]) -> list[Item]:
        """Return the items in order; unknown ids are skipped."""
        ...

    def facets(self, attribute: str, constraints: Sequence[Constraint] = (), limit: int = 20) -> list[Facet]:
        """Return the commonest values of an attribute."""
        ...

    def values(self, attribute: str) -> list[Facet]:
        """Return all values of an attribute."""
        ...


class Talker(Protocol):
    """A recommender that holds conversations."""

    memory: MemoryKeeper | None
    """What remembers users across conversations, if anything does."""

    @property
    def schema(self) -> CatalogSchema:
        """Describe the catalogue."""
        ...

    @property
    def facts(self) -> Catalogue:
        """Exact facts about the catalogue."""
        ...

    def dial(self, conversation: Conversation) -> float:
        """Return where the dial from familiar, 0, to adventurous, 1, stands."""
        ...

    @property
    def uploads(self) -> UploadKeeper:
        """Pictures and sounds that visitors sent."""
        ...

    def stream(self, text: str, session: str, *, uploads: Sequence[UploadRef] = ()) -> AsyncIterator[StreamEvent]:
        """Answer a message, piece by piece."""
        ...

    async def new_session(self, user_id: str | None = None) -> SessionInfo:
        """Begin a conversation, of a known user or of nobody in particular."""
        ...

    async def conversation(self, session_id: str) -> Conversation:
        """Return a conversation's state.

        Raises:
            SessionNotFoundError: no such session.
        """
        ...

    async def edit(self, session_id: str, update: PreferenceUpdate) -> Conversation:
        """Change preferences by hand."""
        ...

    async def feedback(self, session_id: str, item_id: str, kind: FeedbackKind) -> Conversation:
        """Record a reaction to an item."""
        ...
