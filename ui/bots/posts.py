"""Replies become posts: what a chat platform shows of an answer. Pure, apart from looking up pictures' addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import quote

from agent.types import (
    Conversation,
    DoneEvent,
    ItemsEvent,
    Preference,
    Recommendation,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
)
from retrieval.types import CatalogSchema, Item

from .. import view
from ..language import Words, english, load_words
from ..pictures import is_remote, picture_of
from .types import MOST_BUTTON_BYTES, Button, Card, Post

REACTIONS = ("like", "dislike", "seen")
_SHOWN_BY_PLATFORMS = ("image/png", "image/jpeg", "image/gif")

Covers = Callable[[Sequence[str]], Mapping[str, str]]
"""Item ids -> addresses of their pictures, for those that have one that a platform can fetch."""


class _Items(Protocol):
    def get(self, ids: Sequence[str]) -> list[Item]: ...


def covers(facts: _Items, public_url: str) -> Covers:
    """Return how pictures are found; without a public address no picture is, and drawn ones are nowhere shown."""

    def address(item: Item) -> str:
        if is_remote(item):
            return str(item.image)
        return f"{public_url.rstrip('/')}/v1/items/{quote(item.id, safe='')}/cover"

    def find(ids: Sequence[str]) -> Mapping[str, str]:
        items = facts.get(ids) if public_url and ids else []
        return {item.id: address(item) for item in items if is_remote(item) or _is_shown(item)}

    return find


def _is_shown(item: Item) -> bool:
    return item.image is not None and picture_of(item).media_type in _SHOWN_BY_PLATFORMS


class Wording:
    """Words and labels of one catalogue in one language."""

    def __init__(self, schema: CatalogSchema, language: str) -> None:
        """Fall back to English for a language without words."""
        self.words: Words = load_words().get(language) or english()
        self.schema = schema.in_language(self.words.language)

    def say(self, key: str, **slots: object) -> str:
        """Fill a pattern."""
        return self.words.say(key, **slots)


def finished(reply: Reply, wording: Wording, covers: Covers, reactions: Mapping[str, tuple[str, ...]]) -> Post:
    """Return a whole answer with its buttons."""
    shown = view.cards(reply, wording.schema, wording.words)
    pictures = covers([card.item_id for card in shown])
    cards = tuple(
        Card(
            shown=card,
            cover=pictures.get(card.item_id),
            buttons=_card_buttons(reply, n, wording, reactions.get(card.item_id, ())),
        )
        for n, card in enumerate(shown, start=1)
    )
    relaxed = tuple(
        f"“{one.constraint}”: {view.relaxed_words(one, wording.schema, wording.words)}"
        for one, _ in view.relaxable(reply)
    )
    return Post(
        text=view.lead(reply),
        cards=cards,
        table=reply.table,
        question=(reply.question or "") if reply.action.kind == "recommend" else "",
        choices=_choices(reply, wording),
        notes=(*((wording.say("foot.give_way") + " — " + "; ".join(relaxed),) if relaxed else ()), *reply.degraded),
    )


def _card_buttons(reply: Reply, rank: int, wording: Wording, on: Sequence[str]) -> tuple[Button, ...]:
    kinds = [(kind, wording.say(f"card.{kind}")) for kind in (*REACTIONS, "more")]
    return tuple(Button(label=label, data=data(kind, reply.turn_id, str(rank)), on=kind in on) for kind, label in kinds)


def _choices(reply: Reply, wording: Wording) -> tuple[Button, ...]:
    drops = [
        Button(label=wording.say("foot.drop", constraint=one.constraint), data=data("drop", reply.turn_id, str(n)))
        for n, (one, wish) in enumerate(view.relaxable(reply), start=1)
        if wish is not None
    ]
    answers = [
        Button(label=answer, data=data("say", reply.turn_id, str(n)))
        for n, answer in enumerate(answers_of(reply), start=1)
    ]
    return (*answers, *drops)


def answers_of(reply: Reply) -> tuple[str, ...]:
    """Return what can be answered to a reply's question by a button."""
    return (*view.options(reply), *view.escapes(reply))


def data(kind: str, *parts: str) -> str:
    """Return what a button carries; a part that would make it too long leaves nothing that could be pressed."""
    text = ":".join((kind, *parts))
    return text if len(text.encode()) <= MOST_BUTTON_BYTES else "none"


def preferences(conversation: Conversation, wording: Wording) -> Post:
    """Return what is known of somebody's taste, with buttons that take each part back."""
    wishes = view.preferences(conversation.preferences, wording.schema, wording.words)
    lines = [_wish_line(wish, wording) for wish in wishes]
    remove = [
        Button(label=wording.say("panel.remove", wish=wish.alone), data=data("forget", wish.id)) for wish in wishes
    ]
    undo = [Button(label=wording.say("panel.undo"), data="undo")] if conversation.undo_stack else []
    return Post(text="\n".join(lines) or wording.say("panel.empty"), choices=(*remove, *undo))


def _wish_line(wish: view.PreferenceView, wording: Wording) -> str:
    must = f" {wording.say('turn.must')}" if wish.hard else ""
    quote = f" “{wish.quote}”" if wish.quote else ""
    return f"• {wish.label}: {wish.words}{must}{quote}"


class Growing:
    """Gather the events of one answer into posts."""

    def __init__(self, schema: CatalogSchema, language: str, covers: Covers) -> None:
        """Begin with nothing said; the language is that of the conversation so far."""
        self._schema = schema
        self._covers = covers
        self._wishes: tuple[Preference, ...] = ()
        self._picks: tuple[Recommendation, ...] = ()
        self._said: list[str] = []
        self._reasons: dict[str, list[str]] = {}
        self.wording = Wording(schema, language)
        self.reply: Reply | None = None

    def take(self, event: StreamEvent) -> Post | None:
        """Add an event and return the answer as it now stands; None when there is nothing new to see."""
        if isinstance(event, StateEvent):
            self._wishes = event.preferences
            self.wording = Wording(self._schema, event.language)
            return None
        if isinstance(event, ItemsEvent):
            self._picks = event.recommendations
        elif isinstance(event, SentenceEvent):
            about = event.item_id or ""
            into = self._reasons.setdefault(about, []) if about in self._shown() else self._said
            into.append(event.text)
        elif isinstance(event, DoneEvent):
            self.reply = event.reply
            return None
        return self._post()

    def _shown(self) -> set[str]:
        return {pick.item_id for pick in self._picks}

    def _post(self) -> Post:
        pictures = self._covers([pick.item_id for pick in self._picks])
        told = [pick.model_copy(update={"reason": self._reason(pick.item_id)}) for pick in self._picks]
        cards = tuple(
            Card(
                shown=view.card(pick, self.wording.schema, self._wishes, self.wording.words),
                cover=pictures.get(pick.item_id),
            )
            for pick in told
        )
        return Post(text=" ".join(self._said), cards=cards, done=False)

    def _reason(self, item_id: str) -> str:
        return " ".join(self._reasons.get(item_id, ()))
