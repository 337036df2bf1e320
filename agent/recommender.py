"""The facade: one recommender serves all sessions of all doors."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from weakref import WeakValueDictionary

from retrieval import Facts, Retriever
from retrieval.types import CatalogSchema, Query, SearchResult

from .breaker import Breaker
from .conversation import advance, fold
from .errors import ItemNotFoundError, ModelError, SessionNotFoundError, StoreError
from .feedback import FeedbackKeeper, FeedbackStore
from .llm import open_model
from .memory import Memory, MemoryKeeper, MemoryStore
from .nodes.remembering import to_forget
from .opening import open_store
from .parts import ModelGate, Parts, build_parts
from .replies import ReplyMaker, told_of
from .retention import prune_daily
from .serving import Serving
from .settings import Settings
from .shedding import Shedder
from .store import SqlStore
from .store_reactions import count_reactions
from .templates import degraded
from .tracing import open_tracing
from .turn import Emit, TurnLog, TurnState
from .types import (
    ChatModel,
    Conversation,
    DoneEvent,
    Event,
    FeedbackGiven,
    FeedbackKind,
    Inbox,
    MessageReceived,
    PreferencesEdited,
    PreferenceUpdate,
    Reply,
    ReplyGiven,
    SessionInfo,
    Store,
    StreamEvent,
    UploadRef,
)
from .uploads import UploadKeeper

log = logging.getLogger(__name__)


class Recommender:
    """Hold conversations about one catalogue."""

    def __init__(
        self,
        settings: Settings,
        retriever: Retriever,
        store: Store,
        gate: ModelGate,
        *,
        memory: MemoryStore | None = None,
        log: FeedbackStore | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        """Take opened parts; ``from_settings`` opens them. Without a store for it, nobody is remembered or logged."""
        self.settings = settings
        self.store = store
        self._serving = Serving(settings, build_parts(settings, retriever, gate), self._finish)
        self.memory = MemoryKeeper(memory, settings.memory, retriever.schema) if memory is not None else None
        self.log = FeedbackKeeper(log, settings.feedback) if log is not None else None
        self.inbox = inbox
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.tracing = open_tracing(settings.telemetry)
        self._warming: asyncio.Task[None] | None = None
        self._watchers: list[Callable[[Reply], None]] = []

    @classmethod
    def from_settings(
        cls, path: str | Path | Settings | None = None, *, model: ChatModel | None = None, **overrides: Any
    ) -> Recommender:
        """Open everything that the settings name.

        Args:
            path: a settings file, settings already read, or None for ``palate.toml`` in this folder or the demo.
            model: a language model to use instead of the one in the settings.
            overrides: settings that win over the file.

        Raises:
            SettingsError: the settings do not fit.
            IndexMissingError: the index was never built.
            IndexMismatchError: the index was built from something else.
        """
        settings = path if isinstance(path, Settings) else Settings.load(path, **overrides)
        retriever = Retriever.open(settings.retrieval())
        store = open_store(settings)
        gate = ModelGate(model, breaker=Breaker(settings.breaker)) if model is not None else open_gate(settings)
        return cls(settings, retriever, store, gate, memory=store, log=store, inbox=store.inbox)

    @property
    def retriever(self) -> Retriever:
        """The search over the index that serves now."""
        return self._parts.retriever

    @property
    def schema(self) -> CatalogSchema:
        """The catalogue's attributes."""
        return self.retriever.schema

    @property
    def load(self) -> Shedder:
        """How long calls wait for the processor, and what is left out then."""
        return self._parts.load

    @property
    def facts(self) -> Facts:
        """The catalogue's facts."""
        return self.retriever.facts

    @property
    def uploads(self) -> UploadKeeper:
        """Pictures and sounds that users sent."""
        return self._parts.uploads

    def dial(self, conversation: Conversation) -> float:
        """Return where the dial from familiar, 0, to adventurous, 1, stands, set by user or settings."""
        return self.settings.variety.adventure if conversation.adventure is None else conversation.adventure

    # --- conversations

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        """Begin a session; an id that exists already gives that session back."""
        return await self.store.create_session(session_id or uuid.uuid4().hex, user_id)

    async def conversation(self, session_id: str) -> Conversation:
        """Return the state of a session.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        return fold(session_id, await self.events(session_id), self.schema)

    async def events(self, session_id: str) -> list[Event]:
        """Return all that happened in a session, oldest first.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        return await self.store.events(session_id)

    async def stream(
        self,
        text: str,
        session: str,
        *,
        k: int | None = None,
        user: str | None = None,
        adventure: float | None = None,
        turn_id: str | None = None,
        uploads: Sequence[UploadRef] = (),
    ) -> AsyncIterator[StreamEvent]:
        """Answer one message, yielding events as they happen; the last is ``DoneEvent``.

        ``adventure``, 0 to 1, turns the dial from familiar to adventurous with this message, and it stays there; what
        the message itself says of it wins.

        ``turn_id`` names the turn. One that was answered already is not run again: its stored reply comes at once.

        ``uploads`` are a picture and a sound to search by, from ``uploads.refs``; with them the text may be empty. They
        stay in force until others come.

        A session that does not exist yet is begun. Turns of one session wait for each other. Leaving the loop early
        cancels the turn, and nothing of it is stored.

        Raises:
            OverloadedError: turns wait too long for the processor; this one was not begun.
        """
        self.load.admit()
        await self.warm()
        self._serving.look()
        async with self._turn(session) as held:
            info = await self.store.session(session) or await self.store.create_session(session, user)
            before, memory = await self.conversation(session), await self._recalled(info.user_id)
            if answered := next((turn.reply for turn in before.turns if turn.turn_id == turn_id and turn.reply), None):
                yield DoneEvent(reply=answered)
                return
            state: TurnState = {
                "session_id": session,
                "held": held,
                "turn_id": turn_id or uuid.uuid4().hex[:12],
                "raw": text,
                "uploads": tuple(uploads),
                "k": k,
                "adventure": adventure,
                "before": before,
                "memory": memory,
                "remembers": self.memory is not None and self.settings.memory.enabled and info.user_id is not None,
                "user_id": info.user_id,
                "logs": self.log is not None and before.use_memory and self.log.allows(consent=memory.consent),
                "items": (),
                "degraded": (),
                "relaxed": (),
                "log": TurnLog(span=self.tracing.turn()),
            }
            done: Reply | None = None
            try:
                with self._serving.now.turn() as graph:
                    async with aclosing(graph.run(state)) as events:
                        async for event in events:
                            done = event.reply if isinstance(event, DoneEvent) else None
                            yield event
            finally:
                state["log"].span.end(told_of(done))

    async def reply(
        self,
        text: str,
        session: str,
        *,
        k: int | None = None,
        user: str | None = None,
        adventure: float | None = None,
        turn_id: str | None = None,
        uploads: Sequence[UploadRef] = (),
    ) -> Reply:
        """Answer one message with the whole reply."""
        events = self.stream(text, session, k=k, user=user, adventure=adventure, turn_id=turn_id, uploads=uploads)
        reply: Reply | None = None
        # To the end, so that the turn lets go of its session before the reply is there.
        async for event in events:
            if isinstance(event, DoneEvent):
                reply = event.reply
        if reply is None:
            raise RuntimeError("a turn ended without a reply")
        return reply

    def reply_sync(
        self, text: str, session: str = "default", *, k: int | None = None, user: str | None = None
    ) -> Reply:
        """Answer one message from a script that has no event loop."""
        return asyncio.run(self.reply(text, session, k=k, user=user))

    async def search(self, query: Query) -> SearchResult:
        """Rank items without a conversation, as thoroughly as the load allows.

        Raises:
            OverloadedError: turns wait too long for the processor.
        """
        self.load.admit()
        return await self._parts.blocking(self._parts.search, query)

    async def edit(
        self, session_id: str, update: PreferenceUpdate, *, check: Callable[[Conversation], None] | None = None
    ) -> Conversation:
        """Apply a change made by hand in a preference panel, and return the new state.

        ``check`` sees the state that the change will meet, and may raise to leave it as it is.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        event = PreferencesEdited(turn_id=uuid.uuid4().hex[:12], update=update)
        async with self._turn(session_id) as held:
            before = await self.conversation(session_id)
            if check is not None:
                check(before)
            await self.store.append(session_id, [event], turn=held)
            return advance(before, event, self.schema)

    async def feedback(
        self, session_id: str, item_id: str, kind: FeedbackKind, *, turn_id: str | None = None
    ) -> Conversation:
        """Record a reaction to an item, and return the state after it; of one ``turn_id`` there is one reaction.

        Raises:
            SessionNotFoundError: there is no such session.
            ItemNotFoundError: there is no such item.
        """
        # Not in the pool of the searches: whoever reacts should not wait behind them.
        items = await asyncio.to_thread(self.facts.get, [item_id])
        if not items:
            raise ItemNotFoundError(f"There is no item {item_id!r}.", hint="Item ids stand in each recommendation.")
        event = FeedbackGiven(
            turn_id=turn_id or uuid.uuid4().hex[:12],
            item_id=item_id,
            title=items[0].title,
            feedback=kind,
            propensity=await self.log.propensity(session_id, item_id) if self.log is not None else None,
        )
        async with self._turn(session_id) as held:
            events = await self.events(session_id)
            for count, one in enumerate(events, start=1):
                if isinstance(one, FeedbackGiven) and one.turn_id == turn_id:
                    return fold(session_id, events[:count], self.schema)
            before = fold(session_id, events, self.schema)
            # First what is learnt, which a repetition does not double: the other way round a crash in between would
            # leave a reaction that is answered as done, and taught nothing.
            if before.use_memory:
                await self._learn_reaction(session_id, event)
            await self.store.append(session_id, [event], turn=held)
            return advance(before, event, self.schema)

    async def transcript(self, session_id: str) -> tuple[SessionInfo, Conversation]:
        """Return a session and its state.

        Raises:
            SessionNotFoundError: there is no such session.
        """
        info = await self.store.session(session_id)
        if info is None:
            raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Begin one first.")
        return info, await self.conversation(session_id)

    # --- operation

    async def health(self) -> dict[str, str]:
        """Return ``ok`` or the reason why not, by part."""
        model = self._parts.gate.model
        store = "ok"
        try:
            await self.store.session("health-check")
        except StoreError as error:
            store = str(error)
        return {
            "index": "ok",
            "store": store,
            "model": (await model.health()) or "ok" if model is not None else degraded(self._parts.gate.reason),
        }

    async def reactions(self, since: datetime) -> dict[str, int]:
        """Return how often users reacted to items since then, by kind of reaction.

        Raises:
            StoreError: the store does not answer.
        """
        store = cast(SqlStore, self.store)
        return await store.run(lambda: count_reactions(store.engine, since))

    def watch(self, seen: Callable[[Reply], None]) -> None:
        """Call ``seen`` with every reply from now on, once it is stored; it must be quick and must not raise."""
        self._watchers.append(seen)

    async def warm(self, *, wait: bool = False) -> None:
        """Load the encoder and let the model read the static start of its prompts, once and in the background.

        Args:
            wait: return only when that is done, for those who measure.
        """
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm())
        if wait:
            await self._warming

    async def _warm(self) -> None:
        await asyncio.to_thread(self.retriever.warm)  # no turn, so none is ranked with less for it
        warm = getattr(self._parts.gate.model, "warm", None)
        if warm is None:
            return
        try:
            for messages in self._serving.now.replies.static_prompts():
                await warm(messages)
        except ModelError as error:
            log.info("the model was not warmed: %s", error)

    async def tend(self) -> None:
        """Do what a server does beside answering, until cancelled: delete what is older than the settings keep it."""
        if isinstance(self.store, SqlStore):
            await prune_daily(self.store, self.settings)

    async def aclose(self) -> None:
        """Release the model, the store and the index."""
        if self._warming is not None:
            self._warming.cancel()
        close = getattr(self._parts.gate.model, "close", None)
        if close is not None:
            await close()
        await self.store.close()
        self._serving.close()

    @property
    def _parts(self) -> Parts:
        return self._serving.now.parts

    async def _finish(self, replies: ReplyMaker, state: TurnState, emit: Emit) -> TurnState:
        """Make the reply, store message and reply together, and only then say that the turn is done."""
        with state["log"].stage("finish"):
            reply = replies.make(state)
            message = MessageReceived(
                turn_id=state["turn_id"], text=state["text"], update=state["update"], uploads=state.get("uploads", ())
            )
            await self._remember(state)
            given = ReplyGiven(turn_id=state["turn_id"], reply=reply)
            with state["log"].stage("store"):
                await self.store.append(state["session_id"], [message, given], turn=state["held"])
            await self._log(state)
        # The stored reply cannot hold how long storing it took; whoever watches is told.
        run = reply.run.model_copy(update={"timings_ms": dict(state["log"].timings_ms)})
        seen_as = reply.model_copy(update={"run": run})
        for seen in self._watchers:
            seen(seen_as)
        emit(DoneEvent(reply=reply))
        return {"reply": reply}

    async def _log(self, state: TurnState) -> None:
        """Log the list; a failure costs a line of training data and not the reply."""
        trial, conversation = state.get("trial"), state["conversation"]
        if self.log is None or trial is None or not conversation.use_memory or state["action"].kind != "recommend":
            return
        if state["update"].memory is not None and state["update"].memory.wish == "withdraw":
            return
        wishes = [wish.constraint() for wish in conversation.preferences]
        counts = sum(c is not None and c.hard for c in wishes), sum(c is not None and not c.hard for c in wishes)
        try:
            await self.log.log(
                state["session_id"],
                state["turn_id"],
                trial,
                state["result"],
                ranker=self._ranker_hash(),
                wishes=counts,
                said=[*(turn.user for turn in conversation.turns), state["text"]],
            )
        except (SessionNotFoundError, StoreError) as error:
            log.warning("a shown list was not logged: %s", error)

    def _ranker_hash(self) -> str:
        """Return a short hash of what orders lists."""
        parts = (self.settings.search, self.settings.rerank, self.settings.variety, self.retriever.manifest)
        return hashlib.sha256("".join(part.model_dump_json() for part in parts).encode()).hexdigest()[:16]

    # --- memory

    async def _recalled(self, user_id: str | None) -> Memory:
        return await self.memory.recall(user_id) if self.memory is not None else Memory()

    async def _remember(self, state: TurnState) -> None:
        """Do what the message asked of memory, and keep what of it is lasting."""
        user_id, update = state.get("user_id"), state["update"]
        if self.memory is None or user_id is None or not state.get("remembers"):
            return
        wish = update.memory.wish if update.memory is not None else ""
        if wish in ("consent", "withdraw"):
            await self.memory.consent(user_id, wish == "consent")
        if gone := to_forget(update, state["before"], state["memory"]):
            await self.memory.forget(user_id, gone)
        if state["memory"].consent and state["conversation"].use_memory and wish in ("", "remember"):
            accepted = await self._parts.blocking(self.facts.get, update.accept_ids)
            titles = {item.id: item.title for item in accepted}
            session, turn = state["session_id"], state["turn_id"]
            await self.memory.learn(user_id, session, state["text"], update, titles, turn)

    async def _learn_reaction(self, session_id: str, event: FeedbackGiven) -> None:
        info = await self.store.session(session_id) if self.memory is not None else None
        if self.memory is not None and info is not None and info.user_id is not None:
            reaction = event.item_id, event.title, event.feedback
            await self.memory.learn_reaction(info.user_id, session_id, *reaction, event.turn_id)

    @asynccontextmanager
    async def _turn(self, session_id: str) -> AsyncIterator[str]:
        """Hold a session against other turns: those of this process wait in line, those of others in the store."""
        async with self._lock(session_id), self.store.turn(session_id) as held:
            yield held

    def _lock(self, session_id: str) -> asyncio.Lock:
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock


def open_gate(settings: Settings) -> ModelGate:
    """Open the language model, or note why there is none; a missing model never stops Palate."""
    try:
        model = open_model(settings.llm)
    except ModelError as error:
        log.warning("answering without a language model: %s", error)
        return ModelGate(None, why_none="model_missing")
    return ModelGate(model, "" if model is not None else "model_off", Breaker(settings.breaker))
