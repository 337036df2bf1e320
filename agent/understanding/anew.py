"""Let wishes go that nothing satisfies when a question tries something else: "anything by Kubrick?" after no result."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from retrieval.types import Constraint

from ..types import AnswerAction, Conversation, Preference, Removal
from .scan import Scan

_ANEW = re.compile(
    r"^(?:(?:ok|okay|fine|well|hmm|and|then|so|alright|right|oh|no|shame|pity|too bad) )*"
    r"(?:(?:is there|do you have|have you got|got|you got|what|how)? ?"
    r"(?:anything|something|any|some|about|a|an)\b|just\b|then\b)|\b(?:then|at all)$"
)
_TRIES = ("eq", "in")


def tried_anew(
    scan: Scan,
    new: Sequence[Preference],
    conversation: Conversation,
    count: Callable[[Sequence[Constraint]], int],
) -> tuple[Removal, ...]:
    """Return the held wishes that leave nothing of what is asked for, the oldest kept first; what is ruled out stays.

    Only after a reply that found nothing, and only for something named: a bound of a number refines what was wished.
    """
    reply = conversation.turns[-1].reply if conversation.turns else None
    nothing = reply is not None and isinstance(reply.action, AnswerAction) and reply.action.topic == "nothing"
    firm = [condition for wish in new if wish.hard and (condition := wish.constraint()) is not None]
    named = any(wish.hard and wish.polarity == "like" and wish.op in _TRIES for wish in new)
    if not (nothing and named and _ANEW.search(" ".join(token.norm for token in scan.tokens))):
        return ()
    held = [wish for wish in conversation.preferences if wish.hard and wish.constraint() is not None]
    kept, gone = list(firm), list[Removal]()
    if count(firm) == 0:
        return ()
    for wish in sorted(held, key=lambda wish: wish.polarity == "like"):
        condition = wish.constraint()
        if condition is None or count([*kept, condition]) == 0:
            gone.append(Removal(attribute=wish.attribute, value=wish.id))
        else:
            kept.append(condition)
    return tuple(gone)
