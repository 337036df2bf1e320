"""What travels between the page and its controller: actions in, frames out. Pure data.

Frames are cumulative for the turn they show, so losing an intermediate one loses nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from agent.types import FeedbackKind
from retrieval.types import Value

MESSAGE_LIMIT = 4_000
"""Characters of a message that the page lets through; the agent's own limit may be lower."""


class Action(BaseModel):
    """What the visitor did. Comes from a browser, so it is checked and unknown fields are dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session: str | None = Field(None, max_length=200)
    """Session the tab shows; None before its first message."""
    language: str = Field("", max_length=10)
    """Language the visitor chose for the page; empty leaves it to the browser's wishes."""


class Open(Action):
    """Open the page, or resume the session of a link."""


class Send(Action):
    """Say something."""

    turn: str = Field(max_length=64)
    """Key the page gave this turn."""
    text: str = Field(max_length=MESSAGE_LIMIT)
    """May be empty where a picture or a sound says it all."""
    uploads: tuple[Annotated[str, Field(max_length=64)], ...] = Field((), max_length=4)
    """Ids of pictures and sounds that were sent before."""


class React(Action):
    """Press a button of a card."""

    item: str = Field(max_length=500)
    kind: FeedbackKind
    on: bool = True
    """False takes the reaction back."""


class Edit(Action):
    """Change the preferences by hand."""

    do: Literal["remove", "toggle", "value", "dial", "undo", "clear", "remember", "remember_not", "forget"]
    id: str = Field("", max_length=200)
    """Preference, or for ``forget`` remembered taste, that the change is about; empty where it is about none."""
    value: str = Field("", max_length=500)
    """New value; for ``dial`` a whole number from 0, familiar, to 100, adventurous."""


class TurnFrame(Value):
    """One turn as HTML by slot; an empty slot shows nothing."""

    key: str
    state: Literal["busy", "done", "error"] = "busy"
    language: str = ""
    """ISO 639-1 code of the language of what was said; empty until that is known."""
    said: str = ""
    noted: str = ""
    text: str = ""
    cards: str = ""
    fills: dict[str, str] = Field(default_factory=dict)
    """Parts of cards that come later, by ``data-fill`` name."""
    foot: str = ""
    spoken: str = ""
    """Plain text for screen readers, once the turn is done."""


class Frame(Value):
    """Everything the page should now show; None leaves a part as it is."""

    rev: str = Field(default_factory=lambda: uuid4().hex)
    """Differs in every frame, so that equal content still arrives."""
    session: str | None = None
    fresh: bool = False
    """Whether the turns replace the whole thread."""
    turns: tuple[TurnFrame, ...] = ()
    welcome: str | None = None
    panel: str | None = None
    language: str | None = None
    """Language of the page, with ``words``."""
    words: dict[str, str] | None = None
    """Words of the page's frame, by key."""
    wishes: int | None = None
    """Number of preferences, for the badge."""
    reactions: dict[str, tuple[str, ...]] | None = None
    toast: str = ""
    """A short message that goes away by itself."""
    problem: bool = False
    """Whether the toast reports something that failed."""

    def json_data(self) -> dict[str, Any]:
        """Return plain JSON data, without the parts that stay as they are."""
        return self.model_dump(mode="json", exclude_none=True)
