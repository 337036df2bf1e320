"""What the tools give back. The JSON form is a contract: add, never rename."""

from __future__ import annotations

from pydantic import Field

from agent.types import Evidence, Preference, Recommendation, Relaxed, Reply
from retrieval.types import AttributeValue, Value

from .. import view
from ..api.models import ItemView


class Pick(Value):
    """One recommended item."""

    item_id: str
    title: str
    rank: int
    reason: str
    """Why, in sentences of which each is borne out by ``evidence``; empty while nothing could be said."""
    evidence: tuple[Evidence, ...]
    attributes: dict[str, AttributeValue]

    @classmethod
    def of(cls, pick: Recommendation) -> Pick:
        """Show one recommendation."""
        return cls(**pick.model_dump(include=set(cls.model_fields)))


class Answer(Value):
    """One turn of a conversation."""

    session_id: str
    """Give it to ``refine``, ``explain`` and ``feedback`` to go on."""
    turn_id: str
    action: str
    """``ask``, ``recommend``, ``answer``, ``refuse`` or ``close``."""
    text: str
    """The whole reply in words."""
    recommendations: tuple[Pick, ...]
    question: str
    """What the user could be asked next; empty when nothing is asked."""
    options: tuple[str, ...]
    """Answers to the question that are known to lead somewhere."""
    preferences: tuple[Preference, ...]
    """Everything that is held to be wished for, with the words it came from."""
    relaxed: tuple[Relaxed, ...]
    """When too little fits: what dropping each condition would bring."""
    missing_titles: tuple[str, ...]
    """Titles that were named and that the catalogue does not hold."""
    degraded: tuple[str, ...]
    """Why this answer is less than it could be; empty when all parts worked."""
    language: str

    @classmethod
    def of(cls, reply: Reply) -> Answer:
        """Show a reply."""
        asked = reply.question or (reply.action.question if reply.action.kind == "ask" else "")
        return cls(
            session_id=reply.session_id,
            turn_id=reply.turn_id,
            action=reply.action.kind,
            text=reply.text,
            recommendations=tuple(Pick.of(pick) for pick in reply.recommendations),
            question=asked,
            options=view.options(reply),
            preferences=reply.preferences,
            relaxed=reply.relaxed,
            missing_titles=reply.missing_titles,
            degraded=reply.degraded,
            language=reply.language,
        )


class Explanation(Value):
    """Why an item was recommended, and what is known of it."""

    item: ItemView
    recommended: bool
    """Whether the session recommended it; if not, only the facts are given."""
    rank: int | None
    reason: str
    evidence: tuple[Evidence, ...]
    """What each claim of the reason rests on."""
    scores: dict[str, float]
    """How each stage of the search scored it."""


class Items(Value):
    """Items of the catalogue."""

    items: tuple[ItemView, ...]
    not_found: tuple[str, ...] = Field(())
    """Ids that were asked for and are none."""
