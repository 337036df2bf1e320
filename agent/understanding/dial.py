"""Hear where the dial from familiar to adventurous shall stand: "more adventurous", "play it safe", "surprise me".

Some wordings are about the dial alone. Others say something of the items too, such as "nothing too obscure": where the
catalogue knows them, its meaning stands and the dial at most follows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..types import TEXT, Conversation, PreferenceUpdate
from .scan import Scan
from .text import fold, words

STEP = 0.25
"""How far "more" and "less" turn the dial."""
_LITTLE, _LOT = 0.12, 0.4
_TO = {"most": 1.0, "high": 0.8, "surprise": 0.65, "low": 0.15, "least": 0.0}

_LEFT = r"(?:adventurous|daring with (?:it|your picks)|experimental with (?:it|your picks))"
_RIGHT = r"(?:familiar|conventional with (?:it|your picks))"
_MORE = r"(?:more|bit more|little more|lot more|much more|far more|way more)"
_LESS = r"(?:less|bit less|little less|lot less|much less|far less|way less|not (?:so|that|as|too))"
_PICKS = r"(?:picks?|choices?|suggestions?|recommendations?|bets?|options?)"
_ALL = r"every(?:one|body) (?:knows|has heard of)"


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    to: str
    """``more`` or ``less``, or the name of a place."""


def _rule(to: str, *wordings: str) -> _Rule:
    return _Rule(re.compile(rf"\b(?:{'|'.join(wordings)})\b"), to)


_OWN = (
    _rule(
        "most",
        rf"(?:as|the most) adventurous (?:as (?:you can|possible|it gets)|(?:you can|possible|one|ones|{_PICKS}))",
    ),
    _rule(
        "less", rf"{_LESS} {_LEFT}", rf"{_MORE} {_RIGHT}", r"play it (?:a (?:bit|little) )?safer", rf"safer {_PICKS}"
    ),
    _rule("more", rf"{_MORE} {_LEFT}", rf"less {_RIGHT}", rf"less safe {_PICKS}"),
    _rule("high", r"(?:be|feeling|feel|get|lets be|im) (?:really |very |a bit |more )?adventurous"),
    _rule("high", rf"adventurous {_PICKS}", r"(?:take me )?out of my comfort zone", r"(?:out of|from) left field"),
    _rule(
        "high",
        r"(?:would|d) never (?:have )?(?:find|found|think of|thought of|pick|picked)(?: (?:on|by)? ?my ?(?:self|own))?",
    ),
    _rule("low", r"play (?:it )?safe", rf"safe {_PICKS}", r"crowd ?pleasers?"),
    _rule("low", r"stick to the familiar", r"(?:keep|stay) (?:it )?familiar"),
    _rule("surprise", r"surprise (?:me|us)"),
)
"""About the dial alone; the first that fits counts."""

_SHARED_LOW = (
    _rule(
        "least",
        rf"only (?:the )?(?:big |great )?(?:classics?|hits?|ones?|things|films?|movies|titles|stuff) (?:that )?{_ALL}",
    ),
    _rule("least", rf"the (?:ones?|classics?|hits?) (?:that )?{_ALL}"),
    _rule("least", r"(?:just|only) (?:the )?(?:best|most) (?:known|famous|popular)(?: ones)?"),
    _rule(
        "low",
        r"(?:nothing|not|isnt|no) (?:thats? (?:is )?)?(?:too|very|so|that|really|overly) (?:obscure|unknown|niche)",
    ),
    _rule("low", r"nothing (?:obscure|unknown|niche)", r"not obscure"),
)
"""Say it of the items as well; the dial follows."""

_SHARED_HIGH = (
    _rule("high", r"off the beaten (?:track|path)", r"hidden (?:gems?|treasures?)", r"under the radar", r"deep cuts?"),
    _rule("high", r"(?:lesser|less|little) ?known", r"(?:something|anything|more) (?:obscure|niche)"),
)
"""Turn the dial only where the catalogue has no words of its own for them."""


def turned(text: str, update: PreferenceUpdate, conversation: Conversation, default: float) -> PreferenceUpdate:
    """Return the update with the place to which a message, in English wordings, turns the dial."""
    if update.undo or update.reset or update.question is not None or "off_topic" in update.intents:
        return update
    at = default if conversation.adventure is None else conversation.adventure
    found = place(text, at, explained=_explained(update))
    return update if found is None or found == at else update.model_copy(update={"adventure": found})


def place(text: str, at: float, *, explained: str = "") -> float | None:
    """Return where the dial shall stand, 0 to 1; None where a message says nothing of it.

    Args:
        text: the message in English wordings.
        at: where the dial stands.
        explained: words of the message that the catalogue has a meaning for.
    """
    said = " ".join(words(fold(text)))
    for rule in (*_OWN, *_SHARED_LOW, *_SHARED_HIGH):
        match = rule.pattern.search(said)
        if match is None or (rule in _SHARED_HIGH and set(match[0].split()) & set(explained.split())):
            continue
        return round(min(1.0, max(0.0, _moved(match[0], rule.to, at))), 2)
    return None


def _moved(wording: str, to: str, at: float) -> float:
    if to in ("more", "less"):
        little, lot = re.search(r"\b(?:bit|little)\b", wording), re.search(r"\b(?:lot|much|far|way)\b", wording)
        step = _LITTLE if little else _LOT if lot else STEP
        return at + step if to == "more" else at - step
    goal = _TO[to]
    return max(at, goal) if goal > _TO["low"] else min(at, goal)


def take_dial(scan: Scan) -> None:
    """Mark the words that are about the dial alone as explained, before the catalogue reads them as its own."""
    _take(scan, _OWN)


def take_dial_leftovers(scan: Scan) -> None:
    """Mark words of the shared wordings as explained that the catalogue has no meaning for."""
    _take(scan, (*_SHARED_LOW, *_SHARED_HIGH))


def _take(scan: Scan, rules: tuple[_Rule, ...]) -> None:
    norms = [token.norm for token in scan.tokens]
    said = " ".join(norms)
    for rule in rules:
        for match in rule.pattern.finditer(said):
            start = len(said[: match.start()].split())
            end = start + len(match[0].split())
            for at in range(start, end):
                if not scan.taken[at]:
                    scan.take(at, at + 1)


def _explained(update: PreferenceUpdate) -> str:
    quotes = (wish.quote for wish in update.add if wish.attribute != TEXT)
    return " ".join(word for quote in quotes for word in words(fold(quote)))
