"""A turn as it grows: stream events in, cumulative frames out. Pure apart from the renderer's templates."""

from __future__ import annotations

from collections.abc import Sequence

from agent.types import (
    DoneEvent,
    ItemsEvent,
    Preference,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
    Turn,
    UploadRef,
)

from .. import view
from ..channels import channels
from ..failures import Failure
from ..language import Words
from .cards import evidence_slot, why_slot
from .frames import TurnFrame
from .render import Renderer


class LiveTurn:
    """Gather the events of one answer."""

    before: tuple[Preference, ...] = ()
    """Preferences as they were, so that only new ones are noted."""

    def __init__(self, key: str, text: str, render: Renderer) -> None:
        """Begin a turn with the visitor's words."""
        self._render = render
        self._text = text
        self._wishes: tuple[Preference, ...] = ()
        self._general: list[str] = []
        self._uploads: tuple[UploadRef, ...] = ()
        self._reasons: dict[str, list[str]] = {}
        self.frame = TurnFrame(key=key, said=render.said(text))

    def show(self, uploads: Sequence[UploadRef]) -> None:
        """Show the pictures and sounds that came with the words."""
        self._uploads = tuple(uploads)
        self._update(said=self._render.said(self._text, uploads))

    def take(self, event: StreamEvent) -> TurnFrame:
        """Add one event; return the turn as it now is."""
        if isinstance(event, StateEvent):
            self._wishes = event.preferences
            self._render = self._render.of(event.language)
            self._update(noted=self._render.noted(w for w in event.preferences if w not in self.before))
        elif isinstance(event, ItemsEvent):
            cards = [self._render.card(r, self._wishes) for r in event.recommendations]
            self._update(cards=self._render.cards(cards))
        elif isinstance(event, SentenceEvent):
            self._sentence(event)
        elif isinstance(event, DoneEvent):
            self._done(event.reply)
        return self.frame

    def fail(self, failed: Failure) -> TurnFrame:
        """End the turn with what failed."""
        foot = self._render.error(failed, self._text)
        self._update(state="error", foot=foot, spoken=str(failed))
        return self.frame

    def _sentence(self, event: SentenceEvent) -> None:
        if event.question:
            return  # it stands at the foot, below the cards, when the turn is done
        if event.item_id is None or not self.frame.cards:
            self._general.append(event.text)
            self._update(text=self._render.sentences(self._general))
            return
        reasons = self._reasons.setdefault(event.item_id, [])
        reasons.append(event.text)
        self._update(fills=self.frame.fills | {why_slot(event.item_id): self._render.sentences(reasons)})

    def _done(self, reply: Reply) -> None:
        finished = finished_turn(self.frame.key, self._text, reply, self._render, self._uploads)
        kept: dict[str, object] = {"noted": self.frame.noted, "fills": finished.fills | self.frame.fills}
        if self._general:
            kept["text"] = self._render.sentences(self._general, reserves=bool(reply.degraded))
        self.frame = finished.model_copy(update=kept)

    def _update(self, **changes: object) -> None:
        self.frame = self.frame.model_copy(update=changes)


def finished_turn(key: str, text: str, reply: Reply, render: Renderer, uploads: Sequence[UploadRef] = ()) -> TurnFrame:
    """Return a whole turn as it stands in a transcript."""
    render = render.of(reply.language)
    compared = render.comparison(reply)
    cards = [] if compared else render.cards_of(reply)
    fills: dict[str, str] = {}
    spoke = channels(reply.recommendations) if reply.action.kind == "recommend" else {}
    for card in cards:
        fills[why_slot(card.item_id)] = render.sentences([card.reason] if card.reason else [])
        fills[evidence_slot(card.item_id)] = render.evidence(card, spoke.get(card.item_id, ()))
    words = view.lead(reply)
    return TurnFrame(
        key=key,
        state="done",
        said=render.said(text, uploads),
        noted=render.noted(w for w in reply.preferences if w.turn_id == reply.turn_id),
        text=render.sentences([words] if words else [], reserves=bool(reply.degraded)),
        cards=compared or render.cards(cards),
        fills=fills,
        foot=render.foot(reply),
        spoken=spoken(words, cards, render.words),
        language=reply.language,
    )


def past_turn(turn: Turn, render: Renderer) -> TurnFrame:
    """Return a turn of an earlier visit; one that never got its reply says so."""
    if turn.reply is not None:
        return finished_turn(turn.turn_id, turn.user, turn.reply, render, turn.uploads)
    live = LiveTurn(turn.turn_id, turn.user, render)
    return live.fail(Failure(render.words.say("turn.unanswered"), "", retryable=True))


def spoken(text: str, cards: list[view.CardView], words: Words) -> str:
    """Return what a screen reader says when an answer is complete."""
    picks = words.say("turn.picks", n=len(cards), titles=words.join([card.title for card in cards])) if cards else ""
    return " ".join(part for part in (text, picks) if part)
