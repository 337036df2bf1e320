"""Values of a conversation. Pure data: no I/O, no model handles; a conversation is a fold over its events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from retrieval.types import AttributeValue, Constraint, Op, Value

Intent = Literal[
    "inform",
    "revise",
    "critique",
    "accept",
    "reject",
    "more",
    "ask_item",
    "compare",
    "explain",
    "undo",
    "reset",
    "greet",
    "thanks",
    "help",
    "show_preferences",
    "no_questions",
    "dont_know",
    "close",
    "chitchat",
    "off_topic",
    "abuse",
]
Polarity = Literal["like", "dislike"]
FeedbackKind = Literal["like", "dislike", "seen", "click", "skip", "accept"]
Scope = Literal["session", "now", "company", "lasting"]
"""How far a wish reaches: this conversation; this one occasion ("tonight"); somebody who is along ("for my kids");
or in general ("I never watch horror")."""
Origin = Literal["said", "answer", "contrast", "door", "memory"]
"""Where a wish came from: the user's own words; the answer to a question; a choice between two items; a button or a
panel; or what is remembered of earlier conversations."""

UploadKind = Literal["image", "audio"]
"""What a user may send to search by."""

ITEM = "item"
"""Pseudo-attribute of a preference whose value is an item id."""
TEXT = "text"
"""Pseudo-attribute of a preference whose value is free words, used by meaning only."""
ANY = "any"
"""Pseudo-attribute of a question that leaves open what the answer is about."""


class UploadRef(Value):
    """A picture or sound that a user sent, by its id, which is all that a transcript holds of it."""

    id: str
    kind: UploadKind


class Preference(Value):
    """One wish, with where it came from."""

    id: str
    """Stable within the conversation."""
    attribute: str
    """Name of a catalogue attribute, or ``item`` (value: an item id), or ``text`` (value: free words)."""
    op: Op = "eq"
    value: AttributeValue
    label: str = ""
    """Value as shown to people when it differs: a film's title for ``item``."""
    polarity: Polarity = "like"
    hard: bool = False
    """A hard like must hold and a hard dislike must not, for every recommended item."""
    strength: float = Field(1.0, ge=0.0, le=1.0)
    turn_id: str
    quote: str
    """The user's exact words."""
    scope: Scope = "session"
    certainty: float = Field(1.0, ge=0.0, le=1.0)
    """How sure the user was: 1 plainly said, lower for "maybe" and "I think"; never hard below 1."""
    origin: Origin = "said"

    def constraint(self) -> Constraint | None:
        """Return the condition on items, or None for ``item`` and ``text``; a dislike is the opposite condition."""
        if self.attribute in (ITEM, TEXT):
            return None
        op = self.op if self.polarity == "like" else OPPOSITE[self.op]
        return Constraint(attribute=self.attribute, op=op, value=self.value, hard=self.hard)


OPPOSITE: dict[Op, Op] = {
    "eq": "ne",
    "ne": "eq",
    "in": "not_in",
    "not_in": "in",
    "lt": "ge",
    "ge": "lt",
    "gt": "le",
    "le": "gt",
    "between": "outside",
    "outside": "between",
}


class Removal(Value):
    """Take preferences back: all of an attribute, or those with one value."""

    attribute: str
    value: AttributeValue | None = None


class ItemQuestion(Value):
    """A question about items that were shown or named."""

    topic: Literal["fact", "compare", "explain", "why_not", "describe", "which", "same", "count", "values"]
    """``which`` asks for those of the items that satisfy conditions, ``same`` whether they have a fact in common,
    ``count`` how many items of the whole catalogue satisfy conditions, ``values`` what they have for an attribute."""
    item_ids: tuple[str, ...] = ()
    attribute: str | None = None
    """The fact asked for; None when the whole item is meant."""
    also: tuple[str, ...] = ()
    """Further facts asked for in the same breath."""
    value: AttributeValue | None = None
    """The value that a yes-or-no question names: "is it in French?"."""
    direction: Literal["", "lower", "higher"] = ""
    """Which end a superlative asks for: "which is the shortest?" asks for the lower."""
    constraints: tuple[Constraint, ...] = ()
    """Conditions of a question for ``which``, ``count`` or ``values``."""
    text: str = ""


class Contradiction(Value):
    """A new wish that does not go with one in force, so that the user is asked which holds; once, not again."""

    held_id: str
    """The preference in force."""
    new: Preference


MemoryWish = Literal["show", "remember", "forget", "forget_last", "clear", "off", "on", "consent", "withdraw"]
"""What a message asks of the long memory: to be shown it; to keep or forget what it names; to forget what was just
learnt, or everything; not to use it in this conversation, or to use it again; to begin or to end being remembered."""


class MemoryRequest(Value):
    """A message about being remembered."""

    wish: MemoryWish
    about: tuple[Removal, ...] = ()
    """What is to be forgotten, for ``forget``."""


class PreferenceUpdate(Value):
    """What one message changes. Written by an understander, applied by the fold."""

    intents: tuple[Intent, ...] = ()
    add: tuple[Preference, ...] = ()
    remove: tuple[Removal, ...] = ()
    reset: bool = False
    undo: int = Field(0, ge=0)
    """How many earlier preference changes to take back."""
    drop_uploads: bool = False
    """Whether the picture and the sound sent earlier shall no longer count."""
    seen_ids: tuple[str, ...] = ()
    """Items the user knows already."""
    reject_ids: tuple[str, ...] = ()
    """Shown items the user does not want."""
    accept_ids: tuple[str, ...] = ()
    referred_ids: tuple[str, ...] = ()
    """Shown items the message points at ("the second one"), in the order pointed at."""
    missing_titles: tuple[str, ...] = ()
    """Titles the user named that the catalogue does not hold."""
    question: ItemQuestion | None = None
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """Where the dial from familiar, 0, to adventurous, 1, shall stand; None leaves it."""
    ask_no_more: bool | None = None
    """True when the user wants no questions, False when they allow them again."""
    not_now: bool = False
    """Whether a question would be unwelcome just now: the user is out of patience, or leaves it to Palate."""
    k: int | None = Field(None, ge=1, le=20)
    unclear: str = ""
    """Words that nobody could make sense of."""
    contradictions: tuple[Contradiction, ...] = ()
    """New wishes that go against ones in force without saying that the user changed their mind."""
    language: str = ""
    """ISO 639-1 code of the language the message is in; empty when it does not show (a title, a number, "ok")."""
    memory: MemoryRequest | None = None
    """What the message asks of the long memory."""
    use_memory: bool | None = None
    """False when earlier conversations must not count in this one, True when they may again."""
    source: Literal["lexical", "model", "both", "door"] = "lexical"


class Evidence(Value):
    """What a claim rests on."""

    claim: str
    field: str
    """Attribute name, or ``title``, ``description``, ``preference``."""
    value: AttributeValue
    source: Literal["item", "user", "graph", "model_checked", "search"] = "item"
    """The item's facts; the user's words; facts shared with another item; words of the model that were checked; or
    the ranking, whose stage ``field`` names and whose score ``value`` is."""


class Recommendation(Value):
    """One pick, with checked reasons."""

    item_id: str
    title: str
    rank: int
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)
    image_url: str | None = None
    audio_url: str | None = None
    """Where the item's sound can be heard; None when the catalogue has none."""
    video_url: str | None = None
    """Where the item's film can be seen; None when the catalogue has none."""
    scores: dict[str, float] = Field(default_factory=dict)


class Relaxed(Value):
    """A hard constraint that stands in the way, in words, and what dropping it would bring."""

    constraint: str
    would_add: int
    preference_id: str | None = None
    """The preference that holds the constraint, so that a door can offer to drop it; None when it is not one."""


class AskAction(Value):
    """Ask one question, with options drawn from the candidates."""

    kind: Literal["ask"] = "ask"
    attribute: str
    question: str
    options: tuple[str, ...] = ()
    """Concrete answers as shown, three to five."""
    style: Literal["attribute", "open", "contrast", "clarify"] = "attribute"
    """A question about one attribute; what matters at all; a choice between two items ("more like A or B?"); or which
    wish of two holds."""
    attributes: tuple[str, ...] = ()
    """What each option is about, where they are about several attributes."""
    values: tuple[AttributeValue, ...] = ()
    """What each option stands for: a catalogue value, or an item id in a contrast."""
    escapes: tuple[str, ...] = ()
    """Ways not to answer, as shown; every question has them."""
    gain: float = 0.0
    """Expected reduction of uncertainty over the candidates, in bits, weighted by how well people can answer."""


class RecommendAction(Value):
    """Show items."""

    kind: Literal["recommend"] = "recommend"
    k: int = 5
    question: AskAction | None = None
    """A question asked below the items, where both help."""


class AnswerAction(Value):
    """Answer a question about items, about the state or about Palate itself, or say that nothing matches."""

    kind: Literal["answer"] = "answer"
    topic: str = "fact"


class RefuseAction(Value):
    """Decline, with a reason that helps."""

    kind: Literal["refuse"] = "refuse"
    reason: str = "off_topic"


class CloseAction(Value):
    """End well."""

    kind: Literal["close"] = "close"


Action = Annotated[AskAction | RecommendAction | AnswerAction | RefuseAction | CloseAction, Field(discriminator="kind")]


class RunRecord(Value):
    """Say exactly what produced a reply."""

    timings_ms: dict[str, float] = Field(default_factory=dict)
    """Milliseconds by stage, and ``cards`` and ``first_sentence`` since the message arrived."""
    model: dict[str, Any] = Field(default_factory=dict)
    """Name, endpoint kind, calls made, tokens where the server reports them."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Prompt name -> sha256 of the text used."""
    index: dict[str, Any] = Field(default_factory=dict)
    """Manifest of the index searched: encoder, catalogue hash, counts."""
    variety: dict[str, Any] = Field(default_factory=dict)
    """How the list was varied: the dial, whether a mix of tastes was kept, and bounds on exposure it could not keep."""
    config_hash: str = ""
    version: str = ""


class TableRow(Value):
    """One fact of several items side by side."""

    label: str
    """Name of the attribute for people."""
    cells: tuple[str, ...]
    """One cell an item, in the order of the columns; a dash where the catalogue does not say."""
    attribute: str = ""
    """Name of the attribute in the catalogue, for doors that show its values in full."""


class Table(Value):
    """Items side by side, in plain text."""

    columns: tuple[str, ...]
    """Titles."""
    rows: tuple[TableRow, ...]


class Reply(Value):
    """Everything a door needs to show one turn. The JSON form is a public contract: add, never rename."""

    session_id: str
    turn_id: str
    text: str
    action: Action
    recommendations: tuple[Recommendation, ...] = ()
    preferences: tuple[Preference, ...] = ()
    relaxed: tuple[Relaxed, ...] = ()
    degraded: tuple[str, ...] = ()
    """Why this reply is less than it could be, in words for people; empty when all parts worked."""
    question: str | None = None
    missing_titles: tuple[str, ...] = ()
    """Titles the user named that the catalogue does not hold."""
    language: str = "en"
    """ISO 639-1 code of the language of ``text``."""
    table: Table | None = None
    """The comparison that ``text`` sums up, when items were compared."""
    remembered: tuple[Preference, ...] = ()
    """Wishes from earlier conversations that moved the order; empty when none was used."""
    remembered_text: str = ""
    """The part of ``text`` that tells of remembered wishes, so that it can be taken out when they are forgotten."""
    adventure: float | None = None
    """Where the user set the dial from familiar, 0, to adventurous, 1; None while the settings' default holds."""
    run: RunRecord = Field(default_factory=RunRecord)


class MessageReceived(Value):
    """A user's message and what it was understood to change."""

    kind: Literal["message"] = "message"
    turn_id: str
    text: str
    update: PreferenceUpdate
    uploads: tuple[UploadRef, ...] = ()
    """What was sent with it."""


class ReplyGiven(Value):
    """What was answered; ``shown_ids`` are the items in rank order."""

    kind: Literal["reply"] = "reply"
    turn_id: str
    reply: Reply


class FeedbackGiven(Value):
    """A reaction to an item through a button."""

    kind: Literal["feedback"] = "feedback"
    turn_id: str
    item_id: str
    title: str = ""
    feedback: FeedbackKind
    propensity: float | None = Field(None, gt=0.0, le=1.0)
    """Probability with which the item was shown at its place, where known."""


class PreferencesEdited(Value):
    """A change made by hand in a door's preference panel."""

    kind: Literal["edit"] = "edit"
    turn_id: str
    update: PreferenceUpdate


Event = Annotated[MessageReceived | ReplyGiven | FeedbackGiven | PreferencesEdited, Field(discriminator="kind")]


class Turn(Value):
    """One message with its answer, for transcripts."""

    turn_id: str
    user: str
    uploads: tuple[UploadRef, ...] = ()
    """Pictures and sounds that came with the message."""
    reply: Reply | None = None


class ShownList(Value):
    """Items shown in one turn, in rank order."""

    turn_id: str
    item_ids: tuple[str, ...]


class Snapshot(Value):
    """What an undo brings back."""

    preferences: tuple[Preference, ...] = ()
    adventure: float | None = None
    uploads: tuple[UploadRef, ...] = ()


class Conversation(Value):
    """State of a session: a pure fold over its events (see ``agent.conversation.fold``)."""

    session_id: str
    preferences: tuple[Preference, ...] = ()
    adventure: float | None = None
    """Where the user set the dial from familiar, 0, to adventurous, 1; None takes the settings' default."""
    uploads: tuple[UploadRef, ...] = ()
    """The picture and the sound that are searched by: the newest of each, until others come or all is reset."""
    undo_stack: tuple[Snapshot, ...] = ()
    """Earlier states of preferences and dial, oldest first."""
    seen_ids: tuple[str, ...] = ()
    rejected_ids: tuple[str, ...] = ()
    accepted_ids: tuple[str, ...] = ()
    shown: tuple[ShownList, ...] = ()
    asked: tuple[str, ...] = ()
    """Attributes asked about, in order."""
    pending_question: AskAction | None = None
    """The question the last reply asked, if the user has not answered yet."""
    declined: tuple[str, ...] = ()
    """Attributes that the user could not or would not answer about; not asked again."""
    no_questions: bool = False
    use_memory: bool = True
    """Whether tastes of earlier conversations may count in this one, where they are remembered at all."""
    language: str = "en"
    """Language of the last message that showed one; replies are in it."""
    turns: tuple[Turn, ...] = ()

    @property
    def last_shown(self) -> tuple[str, ...]:
        """Ids of the items most recently shown, in rank order."""
        return self.shown[-1].item_ids if self.shown else ()

    @property
    def last_beside(self) -> tuple[str, ...]:
        """Ids of the items that the pending question stands below; empty when it was asked alone or none is pending."""
        if self.pending_question is None or not self.turns or not self.shown:
            return ()
        return self.last_shown if self.shown[-1].turn_id == self.turns[-1].turn_id else ()

    @property
    def shown_ids(self) -> frozenset[str]:
        """Ids of all items ever shown in this session."""
        return frozenset(i for shown in self.shown for i in shown.item_ids)


class StateEvent(Value):
    """Streamed first: the preference state after understanding."""

    kind: Literal["state"] = "state"
    preferences: tuple[Preference, ...]
    language: str = "en"
    """ISO 639-1 code of the language that the reply will be in."""


class ItemsEvent(Value):
    """Streamed when ranking is done: cards, reasons still empty."""

    kind: Literal["items"] = "items"
    recommendations: tuple[Recommendation, ...]
    relaxed: tuple[Relaxed, ...] = ()


class SentenceEvent(Value):
    """One checked sentence, in order; ``item_id`` when it is about one item."""

    kind: Literal["sentence"] = "sentence"
    text: str
    item_id: str | None = None
    evidence: tuple[Evidence, ...] = ()
    question: bool = False
    """Whether it is the question asked below the items."""


class DoneEvent(Value):
    """The whole reply; always last unless an error came."""

    kind: Literal["done"] = "done"
    reply: Reply


class ErrorEvent(Value):
    """The turn could not be answered; words for people."""

    kind: Literal["error"] = "error"
    message: str
    hint: str = ""
    retryable: bool = False


StreamEvent = Annotated[StateEvent | ItemsEvent | SentenceEvent | DoneEvent | ErrorEvent, Field(discriminator="kind")]


class ChatMessage(Value):
    """One message to a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


class Completion(Value):
    """One whole answer of a language model."""

    text: str
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatModel(Protocol):
    """A language model behind an OpenAI-compatible endpoint, or a double of one."""

    name: str

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer at once; with ``schema`` the text is JSON that the server constrained to it.

        Raises:
            ModelUnavailableError: no answer came in time.
            ModelOutputError: the answer is not JSON although a schema was given.
        """
        ...

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str, None]:
        """Yield pieces of text as they come; closing the iterator cancels the request.

        Raises:
            ModelUnavailableError: no answer came in time, or it broke off.
        """
        ...

    async def health(self) -> str | None:
        """Return None when the model can answer, else the reason in words."""
        ...


class SessionInfo(Value):
    """A session as the store knows it."""

    session_id: str
    user_id: str | None = None
    created_at: str
    """ISO 8601, UTC."""


class Store(Protocol):
    """Append-only record of sessions."""

    async def create_session(self, session_id: str, user_id: str | None = None) -> SessionInfo:
        """Register a session; calling again with the same id returns the first registration."""
        ...

    async def session(self, session_id: str) -> SessionInfo | None:
        """Return the session, or None."""
        ...

    def turn(self, session_id: str) -> AbstractAsyncContextManager[str]:
        """Hold a session, which may not exist yet, so that no other process answers in it; give what ``append`` takes.

        Raises:
            SessionBusyError: others hold it for too long.
        """
        ...

    async def append(self, session_id: str, events: Sequence[Event], *, turn: str = "") -> None:
        """Append events in order, all or nothing; with ``turn`` only while the session is still held.

        Raises:
            SessionBusyError: it is not.
            SessionNotFoundError: the session was never created.
            StoreError: nothing was written.
        """
        ...

    async def events(self, session_id: str) -> list[Event]:
        """Return all events of a session in order.

        Raises:
            SessionNotFoundError: the session was never created.
        """
        ...

    async def export_user(self, user_id: str) -> dict[str, Any]:
        """Return everything held about a user as plain JSON data."""
        ...

    async def erase_user(self, user_id: str) -> int:
        """Delete everything held about a user; return the number of sessions erased."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class Inbox(Protocol):
    """Decides once for all processes what is new, and where a chat goes on."""

    async def claim(self, platform: str, event_id: str) -> bool:
        """Take a message; False when it was taken before, by this process or another.

        Raises:
            StoreError: nobody can say.
        """
        ...

    async def session_of(self, platform: str, chat: str) -> str | None:
        """Return the session that a chat is in, or None."""
        ...

    async def begin(self, platform: str, chat: str, session_id: str, user_id: str | None, *, fresh: bool) -> str:
        """Begin a session for a chat and return its id; unless ``fresh``, the one that it is in already stands."""
        ...
