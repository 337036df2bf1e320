"""What travels between a chat platform and the bot: messages and presses in, posts out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from agent.errors import AgentError
from agent.types import Table
from retrieval.types import Value

from ..view import CardView

MOST_BUTTON_BYTES = 64
"""Bytes that a button carries: the least that any platform allows."""


class Button(Value):
    """Something to press."""

    label: str
    data: str
    """What comes back when it is pressed; at most ``MOST_BUTTON_BYTES`` long."""
    on: bool = False
    """Whether it stands for something that holds now."""


class Card(Value):
    """One item of a post."""

    shown: CardView
    cover: str | None = None
    """Address of its picture for everybody; None where there is none that a platform could fetch."""
    buttons: tuple[Button, ...] = ()


class Post(Value):
    """One message of the bot, in plain text: each platform escapes it in its own way."""

    text: str = ""
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    question: str = ""
    choices: tuple[Button, ...] = ()
    """Answers to the question, and conditions that could give way."""
    notes: tuple[str, ...] = ()
    done: bool = True
    """False while the answer grows."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message; it is fetched only when it is needed."""

    name: str
    media_type: str
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class Heard:
    """A message for the bot."""

    event_id: str
    """The same for every delivery of one message, and for no other message of the platform."""
    chat: str
    """Key of the chat, for which one session runs."""
    user: str | None
    """Who wrote it, as the platform knows them."""
    text: str
    shared: bool = False
    """Whether several people take part: then nobody's lasting tastes are used or learnt."""
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Pressed:
    """A button that somebody pressed."""

    event_id: str
    chat: str
    user: str | None
    data: str
    message: str
    """The message that holds the button, as ``Chat.send`` named it."""
    shared: bool = False


class SlowDownError(AgentError):
    """Report that the platform wants no more calls for a while."""

    retryable = True

    def __init__(self, after_s: float) -> None:
        """Say how many seconds to wait."""
        super().__init__(f"The chat platform asks to wait {after_s:g} s.", hint="Wait, then send again.")
        self.after_s = after_s


class ChatError(AgentError):
    """Report a chat platform that refused a call or could not be reached."""


class Chat(Protocol):
    """One chat of one platform: where answers go."""

    interval_s: float
    """Seconds between two edits of one message that the platform allows for long."""

    async def send(self, post: Post) -> str:
        """Post a message and return what names it.

        Raises:
            SlowDownError: the platform wants a pause.
            ChatError: it was not posted.
        """
        ...

    async def edit(self, message: str, post: Post) -> None:
        """Replace a message.

        Raises:
            SlowDownError: the platform wants a pause.
            ChatError: it was not replaced.
        """
        ...

    async def toast(self, text: str) -> None:
        """Tell the one who pressed a button something that needs no message, if the platform can."""
        ...
