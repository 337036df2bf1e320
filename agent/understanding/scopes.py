"""Read how far each wish reaches (this evening, somebody who is along, in general) and how sure the user is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..types import ITEM, TEXT, Preference, Scope
from .polarity import hedge_reach
from .scan import Scan
from .words import INSISTING, MAYBE

_LASTING = re.compile(
    r"\b(in general|generally|usually|normally|typically|as a rule|by and large|most of the time|always|never ever|"
    r"all my life|ever since|for years|every time|whenever|"
    r"i (really )?(never|hardly ever|rarely|seldom|dont ever) (watch|see|read|listen|hear|buy|like|liked|touch|enjoy|"
    r"pick|go for|want)|i (just |simply )?(cant|cannot|never could) (stand|bear|abide)|"
    r"my (all ?time )?(favou?rites?)|all ?time favou?rites?|remember (that|this|me)|from now on|in future)\b"
)
_NOW = re.compile(
    r"\b(tonight|today|right now|for now|at the moment|just now|this (evening|afternoon|morning|weekend|time|once|"
    r"minute|friday|saturday|sunday|monday|tuesday|wednesday|thursday)|just this once|for once|tomorrow|"
    r"(on|for) (friday|saturday|sunday|monday|tuesday|wednesday|thursday)|in the mood|feel like|feeling like|fancy)\b"
)
PEOPLE = (
    r"(kids?|children|child|sons?|daughters?|boys?|girls?|toddlers?|teens?|teenagers?|nephews?|nieces?|grand\w+|family|"
    r"wife|husband|partner|spouse|fiancee?|girlfriend|boyfriend|gf|bf|mum|mom|mother|dad|father|parents|nan|gran|granny|"
    r"brothers?|sisters?|siblings?|cousins?|in ?laws|friends?|mates?|buddy|buddies|roommates?|flatmates?|housemates?|"
    r"colleagues?|coworkers?|guests?|class|students?|pupils|neighbou?rs?|date|\d+ ?(yo|year ?olds?))"
)
_COMPANY = re.compile(
    rf"\b(for|with|and|suits?|please) (my|our|the|some|a|an|his|her|their)( \w+){{0,2}}? {PEOPLE}\b|"
    rf"\b(my|our)( \w+){{0,2}}? {PEOPLE} (will|would|is|are|was|also|really|just|only|cant|cannot|doesnt|dont|hates?|"
    r"loves?|likes?|wants?|enjoys?|prefers?|needs?|insists?|refuses?|falls?|gets?|never|always|hated|loved|liked|has|"
    r"have)\b|"
    r"\b(date night|family night|movie night with|with friends|for kids|with kids|for children|as a present|as a gift|"
    r"for someone else|for somebody else)\b|"
    r"^(she|he|they) (hates?|loves?|likes?|wants?|enjoys?|prefers?|cant|cannot|doesnt|dont|wont|would|is|are)\b"
)
_UNSURE = re.compile(
    r"\b(not (really |quite |entirely |totally )?(sure|certain)( (about|if|whether))?|might|"
    r"could be|or something( like that)?|no idea (if|whether)|i dont know (if|whether))\b"
)
_LIKELY = re.compile(
    r"\b(probably|i guess|i suppose|i reckon|presumably|i believe|i think(?! (i|id|ill|im|we|wed|well)\b)|kinda|"
    r"sorta)\b"
)
_SETTLED = re.compile(r"^(?:(?:hmm+|um+|uh|ok|okay|well|oh|so|right|alright|yeah|yes|no) )*(?:just|only)\b.* i \w+$")
"""A choice is made by "just flowers, I think"."""
_AFTERTHOUGHTS = tuple(("i", verb) for verb in "think guess suppose reckon believe".split())
_BREAK = frozenset("but though although while whereas however yet".split())
_SET_ASIDE = 0.05
"""Strength of what is liked in general and not wanted now: it is remembered and not searched by."""
_UNSURE_CERTAINTY = 0.5
_LIKELY_CERTAINTY = 0.7


@dataclass(frozen=True)
class _Part:
    """A stretch of a message that is said in one breath, and what its words say of the wishes in it."""

    start: int
    end: int
    scope: Scope
    certainty: float
    doubted: tuple[int, int] | None = None
    """Where alone the doubt lies; None for all of it."""
    set_aside: bool = False
    """Whether what is liked there is not what is wanted now."""


def scoped(scan: Scan, wishes: Sequence[Preference]) -> tuple[Preference, ...]:
    """Return ``wishes`` with the scope and the certainty that the words around them give.

    A wish that is not sure, and what is liked in general, is not hard. An item named as an example keeps its strength.
    """
    parts = _set_aside(scan, _parts(scan))
    return tuple(_set(scan, wish, part) if (part := _part_of(scan, parts, wish)) else wish for wish in wishes)


def _parts(scan: Scan) -> list[_Part]:
    """Cut the message at sentence marks and words such as "but"; the occasion and the company hold on behind them."""
    cuts = [at for at in range(1, len(scan.tokens)) if scan.tokens[at].starts_clause or scan.tokens[at].norm in _BREAK]
    parts: list[_Part] = []
    held: Scope = "session"
    for start, end in zip([0, *cuts], [*cuts, len(scan.tokens)], strict=True):
        said = " ".join(norm for norm in scan.norms(start, end) if norm not in _BREAK)
        scope = _scope(said)
        if scope in ("now", "company"):
            held = scope
        likely = _LIKELY.search(said) and not _SETTLED.search(said)
        certainty = _UNSURE_CERTAINTY if _UNSURE.search(said) else _LIKELY_CERTAINTY if likely else 1.0
        doubted = _doubted(scan, start, end) if certainty == _LIKELY_CERTAINTY else None
        if certainty == _UNSURE_CERTAINTY and all(found[0].startswith("or ") for found in _UNSURE.finditer(said)):
            doubted = _or_something(scan, start, end)
        unsure = next((at for at in range(start, end) if scan.tokens[at].norm in MAYBE), None)
        if certainty == 1.0 and unsure is not None:
            certainty, doubted = _UNSURE_CERTAINTY, hedge_reach(scan, unsure)
        parts.append(_Part(start, end, scope if scope != "session" else held, certainty, doubted))
    return parts


def _set_aside(scan: Scan, parts: Sequence[_Part]) -> list[_Part]:
    """Mark what is liked in general where something else is wanted now: "normally this, but tonight that"."""
    found: list[_Part] = []
    for place, part in enumerate(parts):
        behind = parts[place + 1 : place + 2]
        turns = bool(behind) and scan.tokens[behind[0].start].norm in _BREAK and behind[0].scope == "now"
        found.append(replace(part, set_aside=turns and part.scope == "lasting"))
    return found


def _doubted(scan: Scan, start: int, end: int) -> tuple[int, int] | None:
    """Return the wish that "I think" directly follows, which doubts nothing else: "with Tom Hanks, 1988 I think"."""
    for at in range(start, end):
        if scan.norms(at, at + 2) in _AFTERTHOUGHTS:
            return next(((m.start, m.end) for m in scan.mentions if m.end == at), None)
    return None


def _or_something(scan: Scan, start: int, end: int) -> tuple[int, int] | None:
    """Return the wish before "or something", which doubts nothing behind it: "a heist or something, in colour"."""
    at = next((at for at in range(start, end) if scan.norms(at, at + 2) == ("or", "something")), end)
    before = [mention for mention in scan.mentions if start <= mention.start and mention.end <= at]
    last = max(before, key=lambda mention: mention.end, default=None)
    return None if last is None else (last.start, last.end)


def _scope(said: str) -> Scope:
    """Return the scope that the words name; who is along counts before when, and a habit before both but for them."""
    if _COMPANY.search(said):
        return "company"
    if _LASTING.search(said):
        return "lasting"
    return "now" if _NOW.search(said) else "session"


def _part_of(scan: Scan, parts: Sequence[_Part], wish: Preference) -> _Part | None:
    at = _place_of(scan, wish.quote) if wish.quote else None
    part = next((part for part in parts if at is not None and part.start <= at < part.end), None)
    if part is not None and part.doubted is not None and not part.doubted[0] <= (at or 0) < part.doubted[1]:
        return replace(part, certainty=1.0)
    return part


def _place_of(scan: Scan, quote: str) -> int | None:
    """Return the token at which words begin where they were said last: "maybe Danish ... yes, Danish"."""
    said = [n for n, token in enumerate(scan.tokens) if scan.text.startswith(quote, token.start)]
    whole = [n for n in said if any(token.end == scan.tokens[n].start + len(quote) for token in scan.tokens[n:])]
    return next(reversed(whole or said), None)


def _set(scan: Scan, wish: Preference, part: _Part) -> Preference:
    habit = part.scope == "lasting" and wish.polarity == "like" and wish.attribute not in (ITEM, TEXT)
    habit = habit and not set(scan.norms(part.start, part.end)) & INSISTING
    if part.set_aside and habit:
        wish = wish.model_copy(update={"strength": min(wish.strength, _SET_ASIDE)})
    return wish.model_copy(
        update={
            "scope": part.scope,
            "certainty": part.certainty,
            "hard": wish.hard and part.certainty == 1.0 and not habit,
        }
    )
