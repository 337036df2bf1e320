"""What the page does when a visitor acts. Knows nothing of gradio and holds no conversation state.

Every action carries its session's id; everything else is fetched from the recommender, so tabs share nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from copy import copy
from typing import Any

from agent.errors import AgentError, SessionNotFoundError
from agent.memory import Memory
from agent.types import ITEM, Conversation, PreferenceUpdate, Removal, UploadRef
from retrieval.errors import RetrievalError
from retrieval.types import Constraint

from .. import view
from ..failures import WordedError, failure
from ..language import ENGLISH, load_words
from ..turns import running
from .frames import Edit, Frame, Open, React, Send
from .panel import update_for
from .ports import Talker
from .render import Renderer
from .turns import LiveTurn, past_turn
from .visits import Visits

logger = logging.getLogger(__name__)

SHELF = 7
"""Covers on the first screen."""
CHOICES = 40
"""Values offered when a preference is edited."""


class Controller:
    """Turn actions into frames."""

    def __init__(self, recommender: Talker, samples: Sequence[str]) -> None:
        """Keep the recommender and the sample prompts of the first screen."""
        self._recommender = recommender
        self._samples = tuple(samples)
        self._renders = {language: Renderer(recommender.schema, words) for language, words in load_words().items()}
        self.render = self._renders[ENGLISH]

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the page, by their ISO 639-1 codes."""
        return tuple(self._renders)

    def in_language(self, language: str) -> Controller:
        """Return a controller of the page in a language; English for one that the page does not speak."""
        other = copy(self)
        other.render = self._renders.get(language, self._renders[ENGLISH])
        return other

    def for_visitor(self, visitor: str | None) -> Controller:
        """Return a controller that opens this visitor's conversations only, where the recommender tells them apart."""
        if not isinstance(self._recommender, Visits):
            return self
        other = copy(self)
        other._recommender = self._recommender.of(visitor)
        return other

    async def open(self, action: Open, user: str | None = None) -> Frame:
        """Show the first screen, or the conversation of a link."""
        return self._worded(await self._opened(action, user))

    def first(self, resuming: bool) -> str:
        """Return what the document shows until the script is there."""
        return self.render.first("" if resuming else self._welcome())

    async def _opened(self, action: Open, user: str | None) -> Frame:
        if action.session is None:
            return await self._blank(user)
        try:
            conversation = await self._recommender.conversation(action.session)
        except SessionNotFoundError:
            blank = await self._blank(user)
            return blank.model_copy(update={"toast": self._say("turn.gone")})
        turns = tuple(past_turn(turn, self.render) for turn in conversation.turns)
        state = await self._state(conversation, user)
        return state.model_copy(update={"fresh": True, "turns": turns, "welcome": self._welcome()})

    def _worded(self, frame: Frame) -> Frame:
        """Add the words of the page's frame."""
        words = self.render.words
        return frame.model_copy(update={"language": words.language, "words": words.section("shell")})

    def _say(self, key: str, **slots: object) -> str:
        return self.render.words.say(key, **slots)

    async def send(self, action: Send, user: str | None = None) -> AsyncIterator[Frame]:
        """Answer a message; the last frame's turn is done or says what failed."""
        live = LiveTurn(action.turn, action.text.strip(), self.render)
        try:
            async for frame in self._turn(action, live, user):
                yield frame
        except Exception as error:  # the outermost boundary of a turn: a defect ends it in words, too
            _note(error)
            yield Frame(session=action.session, turns=(live.fail(failure(error, self.render.words)),))

    async def _turn(self, action: Send, live: LiveTurn, user: str | None) -> AsyncIterator[Frame]:
        before = await self._conversation(action.session, user)
        session = before.session_id
        sent: tuple[UploadRef, ...] = ()
        if action.uploads:
            sent = await asyncio.to_thread(self._recommender.uploads.refs, action.uploads, session)
            live.show(sent)
        live.before = before.preferences
        panel: dict[str, Any] = {}
        yield Frame(session=session, turns=(live.frame,))
        async with running(self._recommender.stream(action.text.strip(), session, uploads=sent)) as events:
            async for event in events:
                if event.kind == "error":
                    raise AgentError(event.message, hint=event.hint)
                turn = live.take(event)
                if event.kind == "state":
                    panel = await self._panel(before.model_copy(update={"preferences": event.preferences}), user)
                if event.kind != "done":
                    yield Frame(session=session, turns=(turn,), **panel)
        after = await self._state(await self._recommender.conversation(session), user)
        yield after.model_copy(update={"turns": (live.frame,)})

    async def react(self, action: React, user: str | None = None) -> Frame:
        """Record a reaction to an item, or take it back."""
        session = (await self._conversation(action.session, user)).session_id
        if action.on:
            return await self._changed(self._recommender.feedback(session, action.item, action.kind), user)
        update = PreferenceUpdate(remove=(Removal(attribute=ITEM, value=action.item),), source="door")
        return await self._changed(self._recommender.edit(session, update), user)

    async def edit(self, action: Edit, user: str | None = None) -> Frame:
        """Change the preferences, or what is remembered of the user, by hand."""
        if action.do in ("remember", "remember_not", "forget"):
            return await self._remember(action, user)
        conversation = await self._conversation(action.session, user)
        update = update_for(action, conversation, self.render.schema, self.render.words)
        if action.do == "value":
            self._check_known(update)
        return await self._changed(self._recommender.edit(conversation.session_id, update), user)

    async def failed(self, session: str | None, error: Exception, user: str | None = None) -> Frame:
        """Say what failed, and show the state as it is, if it can be read."""
        _note(error)
        frame = Frame()
        if session is not None:
            with suppress(AgentError, RetrievalError):
                frame = await self._state(await self._conversation(session, user), user)
        said = {"toast": str(failure(error, self.render.words)), "problem": True}
        return self._worded(frame.model_copy(update=said))  # a page that could not be opened has no words yet

    async def _remember(self, action: Edit, user: str | None) -> Frame:
        """Give or withdraw consent to be remembered, or forget one taste."""
        keeper = self._recommender.memory
        if keeper is not None and user is not None and keeper.config.enabled:
            if action.do == "forget":
                await keeper.forget(user, [action.id])
            else:
                await keeper.consent(user, action.do == "remember")
        conversation = await self._recommender.conversation(action.session) if action.session else None
        return await self._state(conversation, user) if conversation else Frame(panel=await self._empty_panel(user))

    async def _conversation(self, session: str | None, user: str | None) -> Conversation:
        if session is not None:
            try:
                return await self._recommender.conversation(session)
            except SessionNotFoundError:
                logger.info("a page asked for a session that is gone; it gets a new one")
        info = await self._recommender.new_session(user_id=user)
        return await self._recommender.conversation(info.session_id)

    def _check_known(self, update: PreferenceUpdate) -> None:
        """Refuse a typed value that no item has: it is a slip, and would only empty the results."""
        for wish in update.add:
            held = Constraint(attribute=wish.attribute, op=wish.op, value=wish.value)
            if self._recommender.facts.count((held,)) == 0:
                shown = view.preference(wish, self.render.schema, self.render.words)
                unknown = self._say("panel.unknown", label=shown.label, value=shown.value)
                raise WordedError(unknown, hint=self._say("panel.kept"))

    async def _changed(self, change: Awaitable[Conversation], user: str | None) -> Frame:
        return await self._state(await change, user)

    async def _state(self, conversation: Conversation, user: str | None) -> Frame:
        return Frame(
            session=conversation.session_id,
            reactions=view.reactions(conversation),
            **await self._panel(conversation, user),
        )

    async def _panel(self, conversation: Conversation, user: str | None) -> dict[str, Any]:
        wishes = conversation.preferences
        html = self.render.panel(
            wishes,
            bool(conversation.undo_stack),
            self._choices(conversation),
            await self._memory(user),
            dial=self._recommender.dial(conversation),
        )
        return {"panel": html, "wishes": len(wishes)}

    def _choices(self, conversation: Conversation) -> dict[str, list[str]]:
        kinds = {spec.name: spec.kind for spec in self._recommender.schema.attributes}
        names = {w.attribute for w in conversation.preferences if kinds.get(w.attribute) in ("category", "categories")}
        return {
            name: [self._shown(name, str(facet.value)) for facet in self._recommender.facts.facets(name, (), CHOICES)]
            for name in sorted(names)
        }

    def _shown(self, name: str, value: str) -> str:
        spec = self.render.schema.get(name)
        return spec.written.get(value, value) if spec else value

    def _welcome(self) -> str:
        facts = self._recommender.facts
        own = self._recommender.schema.languages.get(self.render.words.language)
        samples = own.samples if own and own.samples else self._samples
        return self.render.welcome(samples, facts.get(facts.ids((), SHELF)), facts.count())

    async def _memory(self, user: str | None) -> Memory | None:
        """Return what is remembered of the visitor; None, which shows nothing, where nobody can be."""
        keeper = self._recommender.memory
        return await keeper.recall(user) if keeper is not None and keeper.config.enabled and user else None

    async def _empty_panel(self, user: str | None) -> str:
        nothing = Conversation(session_id="")
        return self.render.panel((), False, {}, await self._memory(user), dial=self._recommender.dial(nothing))

    async def _blank(self, user: str | None) -> Frame:
        return Frame(
            fresh=True,
            welcome=self._welcome(),
            panel=await self._empty_panel(user),
            wishes=0,
            reactions={},
        )


def _note(error: Exception) -> None:
    """Log what visitors are told in other words; a defect with where it happened."""
    foreseen = isinstance(error, AgentError | RetrievalError)
    logger.warning("the page could not do it: %s", error, exc_info=None if foreseen else error)
