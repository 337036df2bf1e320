"""Read years of birth, which date people: "made before I was born, and I was born in 1948". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.types import Op

from ..types import Conversation
from .text import Token, words

_SOMEBODY = r"(i|we|he|she|they|(my|our|his|her) \w+)"
_RELATIONS: tuple[tuple[Op, re.Pattern[str]], ...] = (
    (
        "lt",
        re.compile(rf"\b(before|prior to) {_SOMEBODY} (was|were) (even )?born\b|\bolder than (me|i am|us|we are)\b"),
    ),
    ("ge", re.compile(rf"\b(after|since) {_SOMEBODY} (was|were) born\b|\b(younger|newer) than (me|i am|us|we are)\b")),
    (
        "eq",
        re.compile(
            rf"\byear (that |when |in which )?{_SOMEBODY} (was|were) born\b|\b(my|our|his|her|their) birth year\b|"
            r"\b(from|in|of) (exactly |precisely )?(that|the same|this) (very |exact |same )?year\b"
        ),
    ),
)
_TURNED: dict[Op, Op] = {"lt": "ge", "ge": "lt", "eq": "ne"}
_REFUSED = re.compile(r"\b(not|no|nothing|never|dont|doesnt|wont|cant|without|avoid)( (?!but\b|and\b)\w+){0,5} ?$")
"""Words before such a relation that turn it round: "nothing older than me"."""


def is_birth(tokens: Sequence[Token], at: int) -> bool:
    """Whether the year at token ``at`` is one that somebody was born in."""
    before = [token.norm for token in tokens[max(0, at - 2) : at]]
    return before == ["born", "in"] or before[-1:] == ["born"]


def held_birth(conversation: Conversation, year: str) -> Op | None:
    """Return how the wish in force about the year lies to a year of birth that its message named, None for no such."""
    said = {turn.turn_id: words(turn.user) for turn in conversation.turns}
    held = (wish for wish in conversation.preferences if wish.attribute == year)
    return next((wish.op for wish in held if "born" in said.get(wish.turn_id, ())), None)


def relation_to_birth(tokens: Sequence[Token]) -> Op | None:
    """Return how what is wished lies to the year of birth, or None when the message does not say."""
    said = " ".join(token.norm for token in tokens)
    for op, pattern in _RELATIONS:
        if found := pattern.search(said):
            return _TURNED[op] if _REFUSED.search(said[: found.start()]) else op
    return None
