"""The working state of one turn, as it passes from step to step of the graph."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from retrieval.types import Item, SearchResult

from .budget import Spending
from .feedback.keeper import Shown
from .memory.types import Memory
from .sentences import Sentence
from .tracing import TurnSpan
from .types import Action, Conversation, Preference, PreferenceUpdate, Relaxed, Reply, StreamEvent, Table, UploadRef

if TYPE_CHECKING:
    from collections.abc import Iterator

Emit = Callable[[StreamEvent], None]
"""Sends an event to whoever watches the turn."""


class TurnState(TypedDict, total=False):
    """What the steps read and write; each returns only what it changed."""

    session_id: str
    held: str
    """What the store knows this turn's hold on the session by."""
    turn_id: str
    raw: str
    """The message as it came."""
    text: str
    """The message after the guard and redaction: all that is stored, understood and shown."""
    uploads: tuple[UploadRef, ...]
    """Pictures and sounds that came with the message."""
    k: int | None
    adventure: float | None
    """Where the door sets the dial with this message."""
    user_id: str | None
    memory: Memory
    """What is remembered of the user, when the message came."""
    remembers: bool
    """Whether this user could be remembered here: there is a user, and the settings allow it."""
    remembered: tuple[Preference, ...]
    """Remembered tastes that moved the order, or that the answer names."""
    before: Conversation
    """State before the message."""
    conversation: Conversation
    """State with the message applied."""
    update: PreferenceUpdate
    action: Action
    refusal: str
    result: SearchResult
    logs: bool
    """Whether what is shown may be logged: the settings and the user allow it."""
    trial: Shown
    """The list on its way to the log."""
    items: tuple[Item, ...]
    sentences: tuple[Sentence, ...]
    table: Table | None
    relaxed: tuple[Relaxed, ...]
    degraded: tuple[str, ...]
    reply: Reply
    log: TurnLog


@dataclass
class TurnLog:
    """Measures one turn; the only thing that steps share by reference."""

    started: float = field(default_factory=time.perf_counter)
    timings_ms: dict[str, float] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    span: TurnSpan = field(default_factory=TurnSpan)
    sentences: dict[str, int] = field(default_factory=dict)
    """How many of the model's sentences were shown as written, repaired, or replaced."""

    def since_start_ms(self) -> float:
        """Milliseconds since the message arrived."""
        return (time.perf_counter() - self.started) * 1000

    def mark(self, name: str) -> None:
        """Note when something first happened, in milliseconds since the message arrived."""
        self.timings_ms.setdefault(name, round(self.since_start_ms(), 1))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the duration of a stage."""
        begin = time.perf_counter()
        try:
            with self.span.stage(name):
                yield
        finally:
            spent = (time.perf_counter() - begin) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + spent, 1)

    def count_call(self, prompt: str, sha256: str) -> None:
        """Note a call of the model and the prompt it used."""
        self.spending.calls += 1
        self.prompts[prompt] = sha256
