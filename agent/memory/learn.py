"""Decide what of a message or a reaction is lasting. Pure. When in doubt, nothing is kept.

Kept are wishes said to hold in general, likes and dislikes of items, and wishes of one conversation, which count as a
taste only once several conversations have shown them. Never kept: wishes for one occasion or for somebody else, free
words, and anything from a message that held personal or sensitive matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..types import ITEM, TEXT, FeedbackKind, Preference, PreferenceUpdate
from .config import MemoryConfig
from .private import is_private
from .types import TasteSeen, TasteSource, taste_key

_STRENGTHS: Mapping[str, float] = {"lasting": 0.8, "reaction": 0.5, "session": 0.25, "accepted": 0.4, "named": 0.35}
"""What one sign is worth, by what kind of sign it is."""
_QUOTE_CHARS = 200


def from_message(
    text: str, update: PreferenceUpdate, session_id: str, at: str, config: MemoryConfig, titles: Mapping[str, str]
) -> list[TasteSeen]:
    """Return the signs of taste in one message.

    Args:
        text: the message as stored, personal data already replaced by marks.
        update: what it was understood to change.
        session_id: the conversation.
        at: when, ISO 8601, UTC.
        config: settings.
        titles: id -> title of the items that the update accepts.
    """
    if is_private(text):
        return []
    found = [sign for wish in update.add if (sign := _from_wish(wish, session_id, at, config)) is not None]
    for item_id in update.accept_ids:
        found.append(_item(item_id, titles.get(item_id, ""), "like", _STRENGTHS["accepted"], session_id, at))
    return found


def from_feedback(
    item_id: str, title: str, kind: FeedbackKind, session_id: str, at: str, config: MemoryConfig
) -> list[TasteSeen]:
    """Return the sign of taste in a button pressed; ``seen``, ``click`` and ``skip`` say nothing of taste."""
    if kind == "accept":
        return [_item(item_id, title, "like", _STRENGTHS["accepted"], session_id, at)]
    if kind in ("like", "dislike"):
        return [_item(item_id, title, kind, _STRENGTHS["reaction"], session_id, at)]
    return []


def _from_wish(wish: Preference, session_id: str, at: str, config: MemoryConfig) -> TasteSeen | None:
    if wish.scope in ("now", "company") or wish.origin == "memory" or wish.attribute == TEXT:
        return None
    if wish.attribute in config.excluded or is_private(f"{wish.quote}\n{wish.label}\n{wish.value}", values=True):
        return None
    source: TasteSource = "lasting" if wish.scope == "lasting" else "session"
    worth = _STRENGTHS[source]
    if source == "session" and wish.attribute == ITEM:
        source, worth = "reaction", _STRENGTHS["named"]
    strength = round(worth * wish.strength * wish.certainty, 4)
    if strength == 0.0:
        return None
    return TasteSeen(
        at=at,
        taste=taste_key(wish.attribute, wish.op, wish.value),
        attribute=wish.attribute,
        op=wish.op,
        value=wish.value,
        label=wish.label,
        polarity=wish.polarity,
        strength=strength,
        source=source,
        session_id=session_id,
        quote=wish.quote[:_QUOTE_CHARS],
    )


def _item(item_id: str, title: str, polarity: str, strength: float, session_id: str, at: str) -> TasteSeen:
    return TasteSeen(
        at=at,
        taste=taste_key(ITEM, "eq", item_id),
        attribute=ITEM,
        value=item_id,
        label=title,
        polarity="dislike" if polarity == "dislike" else "like",
        strength=strength,
        source="reaction",
        session_id=session_id,
    )
