"""The tools: what other agents can do, each a thin layer over the recommender."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from agent.access import NOBODY, Caller
from agent.errors import ItemNotFoundError, MessageError, SessionNotFoundError
from agent.types import FeedbackKind
from retrieval.types import Item

from ..api.models import ItemView, PreferencesPatch, SessionState
from ..edits import checked, to_update
from ..problems import from_error
from .models import Answer, Explanation, Items

if TYPE_CHECKING:
    from agent import Recommender
    from agent.access import AccessStore

logger = logging.getLogger(__name__)

Text = Annotated[str, Field(min_length=1, max_length=4000, description="What the user says, in their own words.")]
SessionId = Annotated[str, Field(max_length=200, description="Id of the conversation, from an earlier answer.")]
ItemId = Annotated[str, Field(max_length=500, description="Id of an item, from an answer or a lookup.")]
Count = Annotated[int | None, Field(ge=1, le=20, description="How many items; the words may say so too.")]


class Tools:
    """Tools over one recommender; which sessions are whose is asked at every call."""

    def __init__(self, recommender: Recommender, access: AccessStore, user: str | None) -> None:
        """Take what answers, and who owns what; ``user`` is whom local callers speak for."""
        self._recommender = recommender
        self._access = access
        self._user = user

    async def recommend(self, text: Text, ctx: Context[Any, Any], k: Count = None) -> Answer:
        """Begin a conversation about what somebody feels like, and recommend items of this catalogue.

        Give the user's own words: conditions, likes, dislikes and titles are read out of them, and conditions hold
        exactly. Every sentence about an item is checked against the item's facts.
        """
        with told():
            caller = caller_of(ctx)
            user = self._user if caller.subject is None else caller.stored(None)
            session = (await self._recommender.new_session(user_id=user)).session_id
            if caller.subject is not None:
                await self._access.soon(self._access.own, session, caller.subject)
            return Answer.of(await self._recommender.reply(text, session, k=k))

    async def refine(
        self,
        session_id: SessionId,
        ctx: Context[Any, Any],
        text: Annotated[
            str, Field(max_length=4000, description="What the user says next; may be empty when changes are given.")
        ] = "",
        changes: Annotated[
            PreferencesPatch | None,
            Field(description="Exact edits of the preferences, made before the words are heard: add, change, remove."),
        ] = None,
        k: Count = None,
    ) -> Answer:
        """Go on with a conversation: answer its question, add or take back wishes, ask about items, ask for more."""
        with told():
            await self.own(session_id, ctx)
            if not text.strip() and changes is None:
                raise MessageError("There is nothing to refine by.", hint="Give text, changes, or both.")
            if changes is not None:
                update = to_update(changes, await self._recommender.conversation(session_id))
                update = await asyncio.to_thread(checked, update, self._recommender.schema, self._recommender.facts)
                await self._recommender.edit(session_id, update)
            said = text.strip() or "show me what fits now"
            answer = Answer.of(await self._recommender.reply(said, session_id, k=k))
        await ctx.notify_resource_updated(f"palate://sessions/{session_id}/preferences")
        return answer

    async def explain(self, session_id: SessionId, item_id: ItemId, ctx: Context[Any, Any]) -> Explanation:
        """Say why an item was recommended: the reason, the fact behind each claim, and all facts of the item."""
        with told():
            await self.own(session_id, ctx)
            item = await self._item(item_id)
            turns = (await self._recommender.conversation(session_id)).turns
            picks = [pick for turn in turns if turn.reply for pick in turn.reply.recommendations]
            found = next((pick for pick in reversed(picks) if pick.item_id == item_id), None)
            return Explanation(
                item=ItemView.of(item),
                recommended=found is not None,
                rank=found.rank if found else None,
                reason=found.reason if found else "",
                evidence=found.evidence if found else (),
                scores=found.scores if found else {},
            )

    async def feedback(
        self,
        session_id: SessionId,
        item_id: ItemId,
        kind: Annotated[FeedbackKind, Field(description="How the user took to the item.")],
        ctx: Context[Any, Any],
    ) -> SessionState:
        """Record how the user took to an item; later recommendations follow it."""
        with told():
            await self.own(session_id, ctx)
            state = SessionState.of(await self._recommender.feedback(session_id, item_id, kind))
        await ctx.notify_resource_updated(f"palate://sessions/{session_id}/preferences")
        return state

    async def lookup(
        self,
        ctx: Context[Any, Any],
        query: Annotated[str, Field(max_length=200, description="Part of a title; empty gives the best known.")] = "",
        ids: Annotated[
            tuple[str, ...], Field(max_length=50, description="Ids of items; then the query is not used.")
        ] = (),
        limit: Annotated[int, Field(ge=1, le=50, description="Most items found by title.")] = 10,
    ) -> Items:
        """Look items of the catalogue up, by title or by id, with all their facts. Nothing is recommended or kept."""
        with told():
            self.may(ctx, "read")
            found = await asyncio.to_thread(self._find, query.strip(), ids, limit)
            known = {item.id for item in found}
            missing = tuple(one for one in ids if one not in known)
            return Items(items=tuple(ItemView.of(item) for item in found), not_found=missing)

    # --- what resources need too

    async def state(self, session_id: str, ctx: Context[Any, Any]) -> SessionState:
        """Return what a session knows of somebody's taste.

        Raises:
            SessionNotFoundError: there is none, or it is somebody else's.
        """
        await self.own(session_id, ctx)
        return SessionState.of(await self._recommender.conversation(session_id))

    async def item(self, item_id: str, ctx: Context[Any, Any]) -> ItemView:
        """Return an item.

        Raises:
            ItemNotFoundError: there is none.
        """
        self.may(ctx, "read")
        return ItemView.of(await self._item(item_id))

    async def own(self, session_id: str, ctx: Context[Any, Any]) -> None:
        """Refuse a session that is not the caller's, with the words for one that never was.

        Raises:
            SessionNotFoundError: there is none, or it is somebody else's.
        """
        self.may(ctx, "chat")
        owner = await self._access.soon(self._access.owner, session_id)
        if not caller_of(ctx).reaches(owner) or await self._recommender.store.session(session_id) is None:
            raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Begin one with recommend.")

    def may(self, ctx: Context[Any, Any], scope: Any) -> None:
        """Refuse a caller whose key is for something else.

        Raises:
            ToolError: it lacks the scope.
        """
        if not caller_of(ctx).may(scope):
            raise ToolError(f"The key lacks the scope {scope!r}.")

    async def _item(self, item_id: str) -> Item:
        found = await asyncio.to_thread(self._recommender.facts.get, [item_id])
        if not found:
            raise ItemNotFoundError(f"There is no item {item_id!r}.", hint="Find ids with lookup.")
        return found[0]

    def _find(self, query: str, ids: tuple[str, ...], limit: int) -> list[Item]:
        facts = self._recommender.facts
        if ids:
            return facts.get(ids)
        return facts.search_title(query, limit=limit) if query else facts.get(facts.ids(limit=limit))


CALLER = "palate.caller"
"""Key of the caller in the scope of an HTTP request."""


def caller_of(ctx: Context[Any, Any]) -> Caller:
    """Return who calls: whoever the gate let in over HTTP, or the one at this machine over stdio."""
    request = ctx.request_context.request
    caller: Caller = NOBODY if request is None else request.scope[CALLER]
    return caller


@contextmanager
def told() -> Iterator[None]:
    """Turn what goes wrong into words for the calling agent; of failures on our side it learns a reference alone."""
    try:
        yield
    except (ToolError, asyncio.CancelledError):
        raise
    except Exception as error:  # the outermost boundary of a call
        reference = uuid.uuid4().hex[:8]
        problem = from_error(error, reference)
        if problem.status < 500:
            raise ToolError(f"{problem.detail} {problem.hint}".strip()) from error
        logger.error("a call failed (%s)", reference, exc_info=error)
        raise ToolError(f"{problem.detail} {problem.hint} (reference {reference})") from None
