"""Attribute the reactions of a session to the lists that showed the items. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retrieval.exploration import Gains, Impression, Logged, LoggedItem

from ..types import ITEM, Event, FeedbackGiven, MessageReceived, PreferenceUpdate, ReplyGiven


def join(impressions: Sequence[Impression], events: Iterable[Event], gains: Gains, user: str) -> Iterator[Logged]:
    """Yield the lists with what came of each; a reaction belongs to the latest list that showed the item before it."""
    by_turn = {impression.turn_id: impression for impression in impressions}
    seen: list[Impression] = []
    found: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if isinstance(event, ReplyGiven) and event.turn_id in by_turn:
            seen.append(by_turn[event.turn_id])
        for item_id, kind in _reactions(event):
            latest = next((one for one in reversed(seen) if item_id in one.shown), None)
            if latest is not None:
                found.setdefault((latest.turn_id, item_id), []).append(kind)
    for impression in impressions:
        items = [
            LoggedItem(
                item_id=item_id,
                position=place,
                propensity=propensity,
                reactions=(reactions := tuple(found.get((impression.turn_id, item_id), ()))),
                label=gains.label(reactions),
            )
            for place, (item_id, propensity) in enumerate(
                zip(impression.shown, impression.propensities, strict=True), start=1
            )
        ]
        yield Logged(impression=impression, user=user, items=tuple(items))


def _reactions(event: Event) -> Iterator[tuple[str, str]]:
    """Yield (item, kind) of a button pressed, or of what a message says of items."""
    if isinstance(event, FeedbackGiven):
        yield event.item_id, event.feedback
    elif isinstance(event, MessageReceived):
        yield from _said(event.update)


def _said(update: PreferenceUpdate) -> Iterator[tuple[str, str]]:
    for kind, ids in (("accept", update.accept_ids), ("reject", update.reject_ids), ("seen", update.seen_ids)):
        yield from ((item_id, kind) for item_id in ids)
    for wish in update.add:
        if wish.attribute == ITEM:
            yield str(wish.value), wish.polarity
