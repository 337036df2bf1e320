"""Tell what the question before a message makes of it: after "what don't you like?" a bare answer is a dislike."""

from __future__ import annotations

import re
from typing import Literal

from ..types import Conversation
from .text import fold

Asked = Literal["", "dislikes", "reasons", "reasons against"]
"""What was asked: what is disliked; what somebody thinks of an item; what is disliked about an item."""

_QUESTION = re.compile(r"[^.!?\n]*[?]")
_AVERSE = re.compile(
    r"\b(dislik\w*|(do|did|would|does) ?(nt|not|you not)? ?(you )?(really )?(not|hate) ?(like|enjoy)?|"
    r"(dont|didnt|wouldnt|do not|did not) (you )?(really |particularly )?(like|enjoy|care for|want)|hate[ds]?|avoid|"
    r"cant stand|"
    r"least favou?rite|turn(s|ed)? you off|bother(s|ed)? you|not (like|enjoy|into))\b"
)
_FOND = re.compile(r"\b(you|also|things|what) (really |also )?(like|likes|love|enjoy)\b|\blikes?,? (and|or)\b")
"""What asks for likes; beside an aversion it asks for either."""
_ABOUT_ITEM = re.compile(
    r"\b(about|of|with) (it|this|that|these|those|them|the (film|movie|song|book))\b|"
    r"\babout [A-Z]|\bwhy\b|\bhow come\b|"
    r"\breasons?\b"
)


def asked(conversation: Conversation) -> Asked:
    """Return what the reply before the message asked for."""
    reply = conversation.turns[-1].reply if conversation.turns else None
    return asked_by(reply.text) if reply is not None else ""


def asked_by(text: str) -> Asked:
    """Return what a text that ends in a question asks for."""
    questions = _QUESTION.findall(text) if text.rstrip().endswith("?") else []
    last = questions[-1] if questions else ""
    plain = fold(last)
    averse = bool(_AVERSE.search(plain)) and not _FOND.search(_AVERSE.sub(" ", plain))
    if _ABOUT_ITEM.search(plain) or _ABOUT_ITEM.search(last):
        return "reasons against" if averse else "reasons"
    return "dislikes" if averse else ""
