"""The bot behind every chat platform: takes messages and presses, answers with posts. Knows no platform.

Nothing about a chat is kept here between two messages: the store knows its session, and the session all that was said.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any, cast

from agent.errors import AgentError, PreferenceNotFoundError, UploadError
from agent.types import (
    ITEM,
    Conversation,
    ErrorEvent,
    FeedbackKind,
    Inbox,
    PreferenceUpdate,
    Recommendation,
    Removal,
    StreamEvent,
    UploadRef,
)

from .. import view
from ..edits import find
from ..failures import failure
from ..page.ports import Talker
from ..problems import from_error
from ..turns import running
from . import posts
from .lines import CrowdedError, Lines
from .senses import UnfetchedError, take_in
from .stream import Stream
from .types import Chat, Heard, Post, Pressed

if TYPE_CHECKING:
    from agent.uploads import UploadKeeper

    from .senses import Seeing

logger = logging.getLogger(__name__)

COMMANDS = ("help", "start", "new", "prefs", "undo")
_KINDS: dict[str, FeedbackKind] = {"like": "like", "dislike": "dislike", "seen": "seen"}


class Bot:
    """Answer the chats of one platform."""

    def __init__(
        self,
        recommender: Talker,
        inbox: Inbox,
        platform: str,
        *,
        public_url: str = "",
        uploads: UploadKeeper | None = None,
    ) -> None:
        """Take what answers and what remembers chats.

        Args:
            recommender: what answers.
            inbox: what knows which messages were taken, and the sessions of chats.
            platform: the platform's name in the store.
            public_url: where platforms can fetch covers; empty shows none.
            uploads: what keeps pictures and sounds to search by; without it they are not looked at.
        """
        self._uploads = uploads if uploads is not None and uploads.config.enabled else None
        self._recommender = recommender
        self._inbox = inbox
        self._platform = platform
        self._covers = posts.covers(recommender.facts, public_url)
        self._lines = Lines()
        self._running: set[asyncio.Task[None]] = set()

    async def claim(self, event_id: str) -> bool:
        """Take a message or a press; False when it was taken before and must not be answered again.

        Raises:
            StoreError: nobody can say; a platform that is not told that all is well delivers it again.
        """
        return await self._inbox.claim(self._platform, event_id)

    async def knows(self, chat: str) -> bool:
        """Say whether a session runs in a chat."""
        return await self._inbox.session_of(self._platform, chat) is not None

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else, so that the platform is told at once that the message arrived."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, timeout_s: float) -> None:
        """Let answers that are under way end; those that last longer are cancelled, and nothing of them is stored."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def hear(self, heard: Heard, chat: Chat) -> None:
        """Answer a message that was claimed. Whatever fails is told in the chat; nothing is raised."""
        try:
            async with self._lines.turn(heard.chat):
                await self._answer(heard, chat)
        except CrowdedError:
            await self._say(chat, Post(text=self.wording_in().say("bot.crowded")))
        except Exception as error:  # the outermost boundary of a message
            await self._say(chat, self._apology(error, self.wording_in()))

    async def press(self, pressed: Pressed, chat: Chat) -> None:
        """Do what a button that was claimed stands for. Whatever fails is told in the chat; nothing is raised."""
        try:
            async with self._lines.turn(pressed.chat):
                await self._pressed(pressed, chat)
        except CrowdedError:
            await chat.toast(self.wording_in().say("bot.crowded"))
        except Exception as error:  # the outermost boundary of a press
            await self._say(chat, self._apology(error, self.wording_in()))

    async def session(self, chat: str, user: str | None, *, shared: bool, fresh: bool = False) -> Conversation:
        """Return the conversation of a chat, begun where there is none yet."""
        found = None if fresh else await self._inbox.session_of(self._platform, chat)
        if found is None:
            new = uuid.uuid4().hex
            owner = f"{self._platform}:{user}" if user else None
            found = await self._inbox.begin(self._platform, chat, new, owner, fresh=fresh)
            if shared and found == new:
                # What several people say must not be taken for the taste of the one who spoke first.
                return await self._recommender.edit(found, PreferenceUpdate(use_memory=False, source="door"))
        return await self._recommender.conversation(found)

    def wording(self, conversation: Conversation) -> posts.Wording:
        """Return the words of a conversation's language."""
        return self.wording_in(conversation.language)

    def wording_in(self, language: str = "en") -> posts.Wording:
        """Return the words of a language."""
        return posts.Wording(self._recommender.schema, language)

    def hello(self, language: str = "en") -> str:
        """Say what the bot is for."""
        wording = self.wording_in(language)
        known = view.plural(self._recommender.facts.count(), wording.schema, wording.words)
        return wording.say("bot.hello", count=known)

    # --- messages

    async def _answer(self, heard: Heard, chat: Chat) -> None:
        command = command_of(heard.text)
        conversation = await self.session(heard.chat, heard.user, shared=heard.shared, fresh=command == "new")
        wording = self.wording(conversation)
        files: tuple[UploadRef, ...] = ()
        if heard.files:
            files = await self._look(heard, conversation.session_id, wording, chat)
        if command == "new":
            await self._say(chat, Post(text=wording.say("bot.fresh")))
        elif command == "prefs":
            await self._say(chat, posts.preferences(conversation, wording))
        elif command == "undo":
            after = await self._recommender.edit(conversation.session_id, PreferenceUpdate(undo=1, source="door"))
            await self._say(chat, posts.preferences(after, wording))
        elif (heard.text.strip() and not command) or files:
            await self._turn(conversation, heard.text.strip(), chat, files)
        elif not heard.files:
            await self._say(chat, Post(text=self.hello(conversation.language)))

    async def _look(self, heard: Heard, session_id: str, wording: posts.Wording, chat: Chat) -> tuple[UploadRef, ...]:
        """Return what came with a message to search by; what cannot be used is told, and the words still count."""
        if self._uploads is None:
            await self._say(chat, Post(text=wording.say("bot.no_pictures")))
            return ()
        try:
            return await take_in(heard.files, self._uploads, session_id)
        except UnfetchedError:
            await self._say(chat, Post(text=wording.say("bot.bad_picture")))
        except UploadError as error:
            await self._say(chat, Post(text=str(failure(error, wording.words))))
        return ()

    def _stream(self, text: str, session: str, files: tuple[UploadRef, ...]) -> AsyncIterator[StreamEvent]:
        if not files:
            return self._recommender.stream(text, session)
        return cast("Seeing", self._recommender).stream(text, session, uploads=files)

    async def _turn(self, before: Conversation, text: str, chat: Chat, files: tuple[UploadRef, ...] = ()) -> None:
        growing = posts.Growing(self._recommender.schema, before.language, self._covers)
        stream = Stream(chat, Post(text=growing.wording.say("bot.waiting"), done=False))
        try:
            async with running(self._stream(text, before.session_id, files)) as events:
                async for event in events:
                    if isinstance(event, ErrorEvent):
                        raise AgentError(event.message, hint=event.hint)
                    if (post := growing.take(event)) is not None:
                        stream.show(post)
            if growing.reply is not None:
                after = await self._recommender.conversation(before.session_id)
                last = posts.finished(growing.reply, growing.wording, self._covers, view.reactions(after))
        except asyncio.CancelledError:
            await stream.close()
            raise
        except Exception as error:  # told in the message that was growing
            last = self._apology(error, growing.wording)
        await stream.finish(last)

    # --- buttons

    async def _pressed(self, pressed: Pressed, chat: Chat) -> None:
        conversation = await self.session(pressed.chat, pressed.user, shared=pressed.shared)
        kind, _, rest = pressed.data.partition(":")
        if kind in ("undo", "forget"):
            await self._take_back(conversation, rest if kind == "forget" else "", pressed.message, chat)
            return
        if kind == "apply":
            await self._turn(conversation, self.wording(conversation).say("panel.apply"), chat)
            return
        turn_id, _, number = rest.partition(":")
        reply = next((t.reply for t in conversation.turns if t.turn_id == turn_id and t.reply is not None), None)
        wording = self.wording(conversation)
        place = int(number) - 1 if number.isascii() and number.isdecimal() else -1
        if reply is None or place < 0:
            await chat.toast(wording.say("bot.old"))
            return
        if kind == "say" and place < len(answers := posts.answers_of(reply)):
            await self._turn(conversation, answers[place], chat)
        elif kind == "drop" and place < len(could := view.relaxable(reply)) and (wish := could[place][1]):
            await self._take_back(conversation, wish, None, chat)
            await self._turn(conversation, wording.say("panel.apply"), chat)
        elif kind == "more" and place < len(reply.recommendations):
            more = wording.say("said.more_like", title=reply.recommendations[place].title)
            await self._turn(conversation, more, chat)
        elif kind in _KINDS and place < len(reply.recommendations):
            after, told = await self._react(conversation, reply.recommendations[place], _KINDS[kind], wording)
            reacted = posts.finished(reply, wording, self._covers, view.reactions(after))
            await self._say(chat, reacted, pressed.message)
            await chat.toast(told)

    async def _react(
        self, conversation: Conversation, pick: Recommendation, kind: FeedbackKind, wording: posts.Wording
    ) -> tuple[Conversation, str]:
        """Record a reaction, or take it back when it stands already; what is known stays known."""
        session, item = conversation.session_id, pick.item_id
        if kind != "seen" and kind in view.reactions(conversation).get(item, ()):
            update = PreferenceUpdate(remove=(Removal(attribute=ITEM, value=item),), source="door")
            after = await self._recommender.edit(session, update)
            return after, wording.say("bot.taken_back", title=pick.title)
        after = await self._recommender.feedback(session, item, kind)
        return after, wording.say(f"bot.noted_{kind}", title=pick.title)

    async def _take_back(self, conversation: Conversation, wish: str, message: str | None, chat: Chat) -> None:
        """Remove a wish, or undo the last change; a message that shows the wishes is kept true."""
        update = PreferenceUpdate(undo=1, source="door")
        if wish:
            try:
                held = find(conversation, wish)
            except PreferenceNotFoundError:
                await chat.toast(self.wording(conversation).say("bot.old"))
                return
            gone = (Removal(attribute=held.attribute, value=held.id),)
            update = PreferenceUpdate(remove=gone, source="door")
        after = await self._recommender.edit(conversation.session_id, update)
        if message is not None:
            await self._say(chat, posts.preferences(after, self.wording(after)), message)

    # --- saying

    async def _say(self, chat: Chat, post: Post, message: str | None = None) -> None:
        """Post something that does not grow, or put it in the place of a message."""
        await Stream(chat, post, message).finish(post)

    def _apology(self, error: Exception, wording: posts.Wording) -> Post:
        """Say in their language what failed and what the writer can do about it; what they cannot is noted, too."""
        told = str(failure(error, wording.words))
        if from_error(error, "").status < 500:
            return Post(text=told)
        reference = uuid.uuid4().hex[:8]
        logger.error("a message of %s was not answered (%s)", self._platform, reference, exc_info=error)
        return Post(text=f"{told} ({reference})")


def command_of(text: str) -> str:
    """Return the command that a message is, without its slash and the bot's name after it; empty for other text."""
    word = text.strip().partition("@")[0]
    return word[1:] if word.startswith("/") and word[1:] in COMMANDS else ""
