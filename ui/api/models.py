"""What the API takes and gives beyond ``agent.types``; names follow the contract: add, never rename."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator

from agent.types import Conversation, FeedbackKind, Polarity, Preference, SessionInfo, Turn, UploadKind, UploadRef
from retrieval.types import AttributeValue, Constraint, Hit, Item, Op, Relaxation, SearchResult, Value

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""An id that the caller chose, for example of a user."""

Message = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True)]
"""What somebody says: short enough to have been typed."""

UploadIds = Annotated[tuple[str, ...], Field(max_length=10)]
"""Ids of pictures and sounds from ``POST /v1/uploads``."""

Ids = Annotated[tuple[str, ...], Field(max_length=200)]


def example(value: dict[str, JsonValue]) -> ConfigDict:
    """Return the configuration of a body that shows this value as its example."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class NewSession(Value):
    """Start a session, for a known user or for nobody in particular."""

    model_config = example({"user_id": "ada"})

    user_id: Name | None = None
    """Your own id of the user: what ``/v1/users/{id}`` exports and erases."""
    catalog: str | None = None
    """Refuse to start unless this is the catalogue served."""


class NewMessage(Value):
    """Say something."""

    model_config = example({"text": "A slow-burning crime film from the seventies, no gore", "k": 3})

    text: Message = ""
    """May be left out where a picture or a sound says it all."""
    upload_ids: UploadIds = ()
    """A picture and a sound to search by; they count until others come."""
    k: int | None = Field(None, ge=1, le=20)
    """How many items to recommend; the message itself may say so too."""
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """Turn the dial from familiar, 0, to adventurous, 1; it stays there. The message itself may say so too."""
    stream: bool = False
    """Answer with server-sent events instead of one JSON document."""

    @model_validator(mode="after")
    def _says_something(self) -> NewMessage:
        if not self.text and not self.upload_ids:
            raise ValueError("a message needs text or upload_ids")
        return self


class NewPreference(Value):
    """A wish set by hand."""

    attribute: str
    """Name of a catalogue attribute; or ``item`` with an item's id; or ``text`` with free words."""
    op: Op = "eq"
    value: AttributeValue
    polarity: Polarity = "like"
    hard: bool = False
    strength: float = Field(1.0, ge=0.0, le=1.0)


class ChangedPreference(Value):
    """New values for some fields of a preference; the others stay."""

    id: str
    op: Op | None = None
    value: AttributeValue | None = None
    polarity: Polarity | None = None
    hard: bool | None = None
    strength: float | None = Field(None, ge=0.0, le=1.0)


class PreferencesPatch(Value):
    """Edit what the session knows of the user's taste. ``undo`` stands alone."""

    model_config = example(
        {
            "add": [{"attribute": "genres", "value": "Crime", "hard": True}],
            "change": [{"id": "p1", "hard": False}],
            "remove": ["p2"],
        }
    )

    add: tuple[NewPreference, ...] = Field((), max_length=50)
    change: tuple[ChangedPreference, ...] = Field((), max_length=50)
    remove: tuple[str, ...] = Field((), max_length=50)
    """Ids of preferences to take back."""
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """Turn the dial from familiar, 0, to adventurous, 1; null leaves it."""
    undo: int = Field(0, ge=0, le=50)
    """How many earlier changes, by words or by hand, to take back."""


class NewFeedback(Value):
    """React to an item."""

    model_config = example({"item_id": "tt0083658", "kind": "like"})

    item_id: str
    kind: FeedbackKind


class SessionState(Value):
    """What the session knows of the user's taste."""

    session_id: str
    preferences: tuple[Preference, ...]
    seen_ids: tuple[str, ...]
    rejected_ids: tuple[str, ...]
    accepted_ids: tuple[str, ...]
    last_shown: tuple[str, ...]
    can_undo: bool
    no_questions: bool
    adventure: float | None
    """Where the user set the dial from familiar, 0, to adventurous, 1; null while the settings' default holds."""
    uploads: tuple[UploadRef, ...] = ()
    """The picture and the sound that are searched by."""

    @classmethod
    def of(cls, conversation: Conversation) -> SessionState:
        """Take the state out of a conversation."""
        return cls(**_state(conversation))


class SessionDetail(SessionState):
    """The state and the whole transcript."""

    user_id: str | None
    created_at: str
    turns: tuple[Turn, ...]

    @classmethod
    def of_session(cls, info: SessionInfo, conversation: Conversation) -> SessionDetail:
        """Join what the store and the conversation know."""
        return cls(**_state(conversation), user_id=info.user_id, created_at=info.created_at, turns=conversation.turns)


def _state(conversation: Conversation) -> dict[str, object]:
    return {
        "session_id": conversation.session_id,
        "preferences": conversation.preferences,
        "seen_ids": conversation.seen_ids,
        "rejected_ids": conversation.rejected_ids,
        "accepted_ids": conversation.accepted_ids,
        "last_shown": conversation.last_shown,
        "can_undo": bool(conversation.undo_stack),
        "no_questions": conversation.no_questions,
        "adventure": conversation.adventure,
        "uploads": conversation.uploads,
    }


class RecommendRequest(Value):
    """One search without a dialogue; everything may be left out, then the best known come first."""

    model_config = example(
        {
            "text": "melancholy science fiction about memory",
            "constraints": [{"attribute": "year", "op": "lt", "value": 1995}],
            "k": 5,
        }
    )

    text: str = Field("", max_length=2000)
    """Searched by meaning and by words; no conditions are read out of it."""
    constraints: tuple[Constraint, ...] = Field((), max_length=50)
    like_ids: Ids = ()
    dislike_ids: Ids = ()
    exclude_ids: Ids = ()
    upload_ids: UploadIds = ()
    """A picture and a sound to search by."""
    k: int = Field(5, ge=1, le=100)
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """One dial for diversity and novelty, from familiar, 0, to adventurous, 1; left out, the settings' default holds
    for what is not set here."""
    diversity: float = Field(0.2, ge=0.0, le=1.0)
    novelty: float = Field(0.0, ge=-1.0, le=1.0)


class ItemView(Value):
    """An item as the API shows it."""

    item_id: str
    title: str
    description: str
    attributes: dict[str, AttributeValue]
    image_url: str
    audio_url: str | None = None
    """Where its sound can be heard; null when it has none."""
    video_url: str | None = None
    """Where its film can be seen; null when it has none."""
    url: str | None
    popularity: float
    source: str

    @classmethod
    def of(cls, item: Item) -> ItemView:
        """Show one item of the catalogue."""
        return cls(
            item_id=item.id,
            title=item.title,
            description=item.description,
            attributes=item.attributes,
            image_url=cover_url(item.id),
            audio_url=media_url(item, "audio"),
            video_url=media_url(item, "video"),
            url=item.url,
            popularity=item.popularity,
            source=item.source,
        )


class ItemPage(Value):
    """Some items, and where the next ones are."""

    items: tuple[ItemView, ...]
    next: str | None
    """Address of the next page; null on the last."""
    next_cursor: str | None = None
    """The same as a cursor."""


class TurnPage(Value):
    """Some turns of a session, and where the next ones are."""

    turns: tuple[Turn, ...]
    next: str | None
    """Address of the next page; null on the last."""
    next_cursor: str | None
    """The same as a cursor."""


class RankedItem(ItemView):
    """An item with how it was ranked."""

    rank: int
    score: float
    scores: dict[str, float]
    """Score by stage."""
    unmet: tuple[Constraint, ...]
    """Soft constraints that the item does not satisfy."""

    @classmethod
    def of_hit(cls, hit: Hit) -> RankedItem:
        """Show one hit."""
        shown = ItemView.of(hit.item).model_dump()
        return cls(**shown, rank=hit.rank, score=hit.score, scores=hit.stages, unmet=hit.unmet)


class RecommendResponse(Value):
    """Ranked items, and how they were found."""

    recommendations: tuple[RankedItem, ...]
    eligible: int
    """Items that satisfy every hard constraint."""
    relaxed: tuple[Relaxation, ...]
    """When too few did: what dropping each hard constraint would bring."""
    degraded: tuple[str, ...]
    """Parts that did not work, such as ``rerank`` or ``dense``; why is in the log."""
    missed_bounds: tuple[str, ...]
    """Bounds on exposure that these items could not keep, in words."""
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, result: SearchResult) -> RecommendResponse:
        """Show a search result."""
        return cls(
            recommendations=tuple(RankedItem.of_hit(hit) for hit in result.hits),
            eligible=result.eligible,
            relaxed=result.relaxations,
            degraded=tuple(dict.fromkeys(one.partition(":")[0] for one in result.degraded)),
            missed_bounds=result.missed_bounds,
            timings_ms=result.timings_ms,
        )


class Uploaded(Value):
    """A picture or sound that was taken."""

    model_config = example({"upload_id": "9f86d081884c7d659a2feaa0c55ad015", "kind": "image", "expires_in_s": 86400})

    upload_id: str
    """What ``upload_ids`` take."""
    kind: UploadKind
    """What it was found to be."""
    expires_in_s: int
    """Seconds until it is deleted."""


class Erased(Value):
    """How much was deleted."""

    user_id: str
    sessions_erased: int
    uploads_erased: int = 0
    """Pictures and sounds."""


class Readiness(Value):
    """Whether the service can answer, and each part by name: ``ok`` or the reason why not."""

    status: str
    """``ready``; ``degraded`` when it answers with less; ``unavailable`` when it cannot answer."""
    parts: dict[str, str]


def media_url(item: Item, kind: Literal["audio", "video"]) -> str | None:
    """Return the address of an item's sound or film; None when it has none."""
    return None if getattr(item, kind) is None else f"/v1/items/{quote(item.id, safe='')}/{kind}"


def cover_url(item_id: str) -> str:
    """Return the address of an item's picture."""
    return f"/v1/items/{quote(item_id, safe='')}/cover"
