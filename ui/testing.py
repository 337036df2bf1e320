"""A double of the recommender for tests of doors: answers by a script, keeps sessions in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp

from agent.errors import SessionNotFoundError
from agent.memory import MemoryKeeper
from agent.types import (
    ITEM,
    Conversation,
    DoneEvent,
    Event,
    FeedbackKind,
    MessageReceived,
    Preference,
    PreferenceUpdate,
    Removal,
    ReplyGiven,
    SessionInfo,
    Snapshot,
    StreamEvent,
    Turn,
    UploadRef,
)
from agent.uploads import UploadConfig, UploadKeeper
from retrieval import satisfies
from retrieval.types import AttributeValue, CatalogSchema, Constraint, Facet, Item

Script = Callable[[str, Conversation], Sequence[StreamEvent]]
"""Message and conversation so far -> the events of the answer."""


class ListedFacts:
    """Facts over a handful of items in memory."""

    def __init__(self, items: Sequence[Item], schema: CatalogSchema) -> None:
        """Keep the items in the order of their popularity."""
        self._items = sorted(items, key=lambda item: -item.popularity)
        self._schema = schema

    def _fitting(self, constraints: Sequence[Constraint]) -> list[Item]:
        return [item for item in self._items if all(satisfies(item, c, self._schema) for c in constraints)]

    def count(self, constraints: Sequence[Constraint] = ()) -> int:
        """Return how many items satisfy the constraints."""
        return len(self._fitting(constraints))

    def ids(self, constraints: Sequence[Constraint] = (), limit: int | None = None) -> list[str]:
        """Return item ids, most popular first."""
        return [item.id for item in self._fitting(constraints)[:limit]]

    def get(self, ids: Sequence[str]) -> list[Item]:
        """Return the items in order; unknown ids are skipped."""
        known = {item.id: item for item in self._items}
        return [known[i] for i in ids if i in known]

    def facets(self, attribute: str, constraints: Sequence[Constraint] = (), limit: int = 20) -> list[Facet]:
        """Return the commonest values of an attribute."""
        counts: dict[AttributeValue, int] = {}
        for item in self._fitting(constraints):
            held = item.attributes.get(attribute)
            for value in held if isinstance(held, tuple) else () if held is None else (held,):
                counts[value] = counts.get(value, 0) + 1
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
        return [Facet(value=value, count=count) for value, count in ordered[:limit]]

    def values(self, attribute: str) -> list[Facet]:
        """Return all values of an attribute."""
        return self.facets(attribute, (), 10_000)


class ScriptedRecommender:
    """Answer by a script. Preferences are those of the last scripted reply and what was edited since."""

    def __init__(self, items: Sequence[Item], schema: CatalogSchema, script: Script, pause_s: float = 0.0) -> None:
        """Keep the catalogue and the script; ``pause_s`` passes before each event."""
        self.schema = schema
        self.memory: MemoryKeeper | None = None
        self.uploads = UploadKeeper(Path(mkdtemp(prefix="palate-uploads-")), UploadConfig())
        self.facts = ListedFacts(items, schema)
        self._script = script
        self._pause_s = pause_s
        self._sessions: dict[str, Conversation] = {}
        self.users: dict[str, str | None] = {}
        """Whose each session is."""

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        """Begin a conversation."""
        key = session_id or f"s{len(self._sessions) + 1}"
        self._sessions.setdefault(key, Conversation(session_id=key))
        self.users.setdefault(key, user_id)
        return SessionInfo(session_id=key, user_id=user_id, created_at="2026-01-01T00:00:00Z")

    async def conversation(self, session_id: str) -> Conversation:
        """Return a conversation's state."""
        if session_id not in self._sessions:
            raise SessionNotFoundError(f"There is no session {session_id!r}.")
        return self._sessions[session_id]

    async def events(self, session_id: str) -> list[Event]:
        """Return the messages, of which nothing is understood, and their answers."""
        return [event for turn in (await self.conversation(session_id)).turns for event in _happened(turn)]

    async def stream(
        self, text: str, session: str, *, k: int | None = None, uploads: Sequence[UploadRef] = ()
    ) -> AsyncIterator[StreamEvent]:
        """Yield the scripted events; the reply joins the conversation when it is given."""
        before = await self.conversation(session)
        for event in self._script(text, before):
            await asyncio.sleep(self._pause_s)
            if isinstance(event, DoneEvent):
                turn = Turn(turn_id=event.reply.turn_id, user=text, uploads=tuple(uploads), reply=event.reply)
                changes = {"turns": (*before.turns, turn), "preferences": event.reply.preferences}
                self._sessions[session] = before.model_copy(update=changes)
            yield event

    async def edit(self, session_id: str, update: PreferenceUpdate) -> Conversation:
        """Apply an update made by hand."""
        before = await self.conversation(session_id)
        if update.undo:
            kept = before.undo_stack[-update.undo] if before.undo_stack else _snapshot(before)
            changes = {**dict(kept), "undo_stack": before.undo_stack[: -update.undo]}
        else:
            wishes = () if update.reset else tuple(w for w in before.preferences if not _removed(w, update.remove))
            stack = (*before.undo_stack, _snapshot(before))
            dial = before.adventure if update.adventure is None else update.adventure
            changes = {"preferences": (*wishes, *update.add), "adventure": dial, "undo_stack": stack}
        self._sessions[session_id] = before.model_copy(update=changes)
        return self._sessions[session_id]

    def dial(self, conversation: Conversation) -> float:
        """Return where the dial stands; in the middle until it is turned."""
        return 0.5 if conversation.adventure is None else conversation.adventure

    async def feedback(self, session_id: str, item_id: str, kind: FeedbackKind) -> Conversation:
        """Record a reaction as a wish about the item, or as something seen."""
        before = await self.conversation(session_id)
        if kind == "seen":
            self._sessions[session_id] = before.model_copy(update={"seen_ids": (*before.seen_ids, item_id)})
        elif kind in ("like", "dislike"):
            title = "".join(item.title for item in self.facts.get([item_id]))
            wish = Preference(
                id=f"item-{item_id}", attribute=ITEM, value=item_id, label=title, polarity=kind, turn_id="", quote=""
            )
            others = tuple(w for w in before.preferences if w.id != wish.id)
            changes = {"preferences": (*others, wish), "undo_stack": (*before.undo_stack, _snapshot(before))}
            self._sessions[session_id] = before.model_copy(update=changes)
        return self._sessions[session_id]

    async def aclose(self) -> None:
        """Hold nothing to release."""


def _snapshot(state: Conversation) -> Snapshot:
    return Snapshot(preferences=state.preferences, adventure=state.adventure)


def _happened(turn: Turn) -> list[Event]:
    asked = MessageReceived(turn_id=turn.turn_id, text=turn.user, update=PreferenceUpdate())
    return [asked, ReplyGiven(turn_id=turn.turn_id, reply=turn.reply)] if turn.reply is not None else [asked]


def _removed(wish: Preference, removals: Sequence[Removal]) -> bool:
    return any(r.attribute == wish.attribute and r.value in (None, wish.value, wish.id) for r in removals)
