"""What a picture or a sound means for a turn: when it counts, when it cannot be searched by. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..turn import TurnState
from ..types import Conversation, PreferenceUpdate

_DROPPED = re.compile(
    r"\b(forget|ignore|drop|without|never ?mind|leave (?:out|aside)|disregard)\b[^.!?]{0,20}"
    r"\b(the|my|that|this) (picture|photo|image|sound|recording|song|clip)\b",
    re.IGNORECASE,
)
"""Words that take back a picture or sound sent earlier."""


def about_uploads(text: str, update: PreferenceUpdate, before: Conversation, *, sent: bool) -> PreferenceUpdate:
    """Return the update with what the words say of pictures and sounds.

    Args:
        text: the message.
        update: what it was understood to change.
        before: the state before it.
        sent: whether a picture or sound came with it.
    """
    if before.uploads and not sent and _DROPPED.search(text):
        return update.model_copy(update={"drop_uploads": True})
    return update


def nothing_to_compare(state: TurnState, modalities: Collection[str]) -> bool:
    """Whether a message is nothing but pictures and sounds, of kinds that the catalogue has none of."""
    sent = state.get("uploads", ())
    return bool(sent) and not state["text"] and not any(upload.kind in modalities for upload in sent)
