"""Read the words beside a quantity that say which way it binds: "before", "at least", "nothing over". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import Op

from .quantities import norms_at, number_at
from .text import Token

_BEFORE: dict[Op, tuple[str, ...]] = {
    "le": (
        "at most", "at the most", "at the very most",
        "up to", "no more than", "not more than", "no longer than", "not longer than", "no later than",
        "not later than", "maximum of", "maximum", "max", "until", "up until", "through", "within",
        "not exceeding", "no greater than",
        "no higher than", "a maximum of", "no newer than", "not newer than", "capped at",
    ),
    "ge": (
        "at least", "at the least", "at the very least",
        "no less than", "not less than", "no fewer than", "not fewer than", "minimum of", "minimum",
        "a minimum of",
        "since", "no older than", "not older than", "no earlier than", "not earlier than", "no shorter than",
        "not shorter than",
        "no lower than", "starting in", "starting from", "starting",
    ),
    "lt": (
        "under", "below", "less than", "fewer than", "shorter than", "before", "earlier than", "prior to", "pre",
        "lower than",
        "smaller than", "cheaper than", "older than", "sub",
    ),
    "gt": (
        "over", "above", "more than", "longer than", "greater than", "after", "later than", "newer than", "post",
        "higher than",
        "exceeding", "exceed", "exceeds",
        "past", "beyond", "more recent than", "bigger than", "younger than", "upwards of", "better than",
    ),
    "eq": ("exactly", "precisely"),
}  # fmt: skip

_AFTER: dict[Op, tuple[str, ...]] = {
    "le": (
        "or less", "or under", "or shorter", "or fewer", "or below", "or earlier", "or before", "or older",
        "or lower", "max",
        "maximum", "at most", "tops", "and no more", "and not more", "and no longer", "and not longer", "no more",
        "not more", "and not a second more", "and not a minute more", "and not a second longer",
        "and not a minute longer", "not a second more", "not a minute more", "not a minute longer",
        "and below", "and under", "and earlier", "and older", "at the most", "at the very most", "at the latest",
    ),
    "ge": (
        "or more", "or over", "or longer", "or above", "or higher", "or later", "or after", "or newer",
        "or better", "plus",
        "and up", "and above", "and over", "and later", "and newer", "and onwards", "and after", "onwards",
        "onward", "on", "or so and up",
        "minimum", "at least", "at the least", "at the very least", "upwards", "and more",
    ),
}  # fmt: skip

_ENDS: tuple[tuple[Op, frozenset[str]], ...] = (
    ("le", frozenset("max maximum limit most ceiling cap cutoff outside latest tops longest".split())),
    ("ge", frozenset("min minimum least earliest floor shortest".split())),
)
"""Nouns for either end of what is allowed, behind a number ("is my absolute maximum") or before it ("a limit of")."""
_LEADING_TO_END = frozenset(
    "is was be would will has to have as at a an my our the his her their your absolute absolutely hard upper lower "
    "outer very strict s its thats that".split()
)
"""Words between a number and such a noun."""
_FARTHEST_END = 6

_SIGNS: tuple[tuple[str, Op], ...] = (
    ("<=", "le"), (">=", "ge"), ("=<", "le"), ("=>", "ge"), ("≤", "le"), ("≥", "ge"), ("<", "lt"), (">", "gt"),
)  # fmt: skip
"""Signs directly before a number."""

_AROUND = ("around", "about", "circa", "roughly", "approximately", "ca", "near", "close to", "or so", "ish")

TIRING = frozenset("asleep bored restless sleepy fidgety impatient interest".split())
"""Words before a bound that say what happens beyond it: "falls asleep if it's over two hours"."""

_WILL = frozenset("ill will well hell shell theyll youll id would".split())
_WELCOMING = frozenset("take watch like love enjoy want prefer choose pick happy accept try".split())
"""Words of what somebody will gladly do, so that a condition behind them asks for what it says."""

NEGATING = frozenset(
    "not no nothing never dont doesnt didnt isnt arent none without avoid cant cannot couldnt wont wouldnt aint nor "
    "neither hate hates hated dislike dislikes refuse refuses".split()
)
"""Words before a bound that turn it round."""

_STOPPING = TIRING | NEGATING

_BETWEEN_NEGATION_AND_CUE = frozenset(
    "anything be it want made released from films film movies movie one ones thing things run "
    "running too much that is are "
    "something any of the a an go longer shorter if when whenever once because its theyre runs lasts goes sit "
    "through to watch see very easily on for bear abide face tolerate take handle endure stomach "
    "stand sitting manage do cope with deal he she they did made shot came out appeared".split()
)

_CLAUSE_OPENERS = frozenset("but because so then except though although while something i we".split())

_SKIPPED_BEFORE = frozenset("the a an year years of score rating length runtime in 's".split())

_FARTHEST_NEGATION = 8
"""Most words between a negation and the alternative that it reaches by "or": "no black and white or before 1980"."""

_VERB_PHRASE = 4
"""Most words from "that" to the direction of a number: "nothing that drags on and on past two hours"."""


def direction_of(tokens: Sequence[Token], start: int, end: int) -> tuple[Op | None, int, int, bool]:
    """Return (op or None, start, end, around) after reading the words beside a quantity."""
    after_op, after_end = _match_after(tokens, end)
    at = start
    while at and tokens[at - 1].norm in _SKIPPED_BEFORE and not tokens[at].starts_clause:
        at -= 1
    around = False
    for cue in _AROUND:
        parts = tuple(cue.split())
        if _ends_with(tokens, at, parts):
            around, at = True, at - len(parts)
            break
        if tuple(norms_at(tokens, end, len(parts))) == parts and cue in ("or so", "ish"):
            around, end = True, end + len(parts)
            break
    sign = next((op for mark, op in _SIGNS if tokens[start].sep.endswith(mark)), None)
    if sign is not None:
        return sign, start, end, around
    for op, length in _cues_before(tokens, at):
        return op, at - length, end, around
    if after_op:
        return after_op, start, after_end, around
    return None, at if around else start, end, around


def _cues_before(tokens: Sequence[Token], at: int) -> list[tuple[Op, int]]:
    found = [
        (op, len(cue.split()))
        for op, cues in _BEFORE.items()
        for cue in cues
        if _ends_with(tokens, at, tuple(cue.split()))
    ]
    link = at if at < len(tokens) and tokens[at].norm == "of" else at - 1
    if link > 0 and tokens[link].norm in ("of", "is") and not tokens[link].sep:
        found += [(op, at - link + 1) for op, nouns in _ENDS if tokens[link - 1].norm in nouns]
    return sorted(found, key=lambda pair: -pair[1])[:1]


def _match_after(tokens: Sequence[Token], end: int) -> tuple[Op | None, int]:
    if end < len(tokens) and tokens[end].starts_clause:
        return None, end
    best: tuple[Op | None, int] = (None, end)
    for op, cues in _AFTER.items():
        for cue in cues:
            parts = cue.split()
            if parts == ["on"] and not _ends_clause(tokens, end):
                continue
            if _begins_another(tokens, end, end + len(parts)):
                continue
            if norms_at(tokens, end, len(parts)) == parts and end + len(parts) > best[1]:
                best = (op, end + len(parts))
    if best[0] is None:
        best = _end_behind(tokens, end)
    plus_behind = tokens[end - 1].tail.startswith("+")
    plus_inside = end - 1 > 0 and tokens[end - 1].sep == "+"
    return ("ge", end) if best[0] is None and (plus_behind or plus_inside) else best


def _end_behind(tokens: Sequence[Token], end: int) -> tuple[Op | None, int]:
    """Return which end of what is allowed a number is said to be: "100 minutes is my max", "at the outside"."""
    at = end
    while at < min(len(tokens), end + _FARTHEST_END) and tokens[at].norm in _LEADING_TO_END:
        if tokens[at].starts_clause:
            return None, end
        at += 1
    if at == end or at >= len(tokens) or tokens[at].sep or _begins_another(tokens, end, at + 1):
        return None, end
    return next(((op, at + 1) for op, nouns in _ENDS if tokens[at].norm in nouns), (None, end))


def _begins_another(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a direction behind a comma belongs to the number behind it: "the 70s, at least two hours"."""
    if end >= len(tokens) or "," not in tokens[start].sep:
        return False
    return number_at(tokens, end)[0] is not None or tokens[end].norm in ("a", "an", "half")


def _ends_clause(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sentence or a part of it ends behind token ``at``: "from 1990 on", not "two hours on a plane"."""
    return at + 1 >= len(tokens) or bool(tokens[at + 1].sep) or tokens[at + 1].norm in ("but", "and", "please")


def _ends_with(tokens: Sequence[Token], at: int, phrase: tuple[str, ...]) -> bool:
    """Whether a phrase ends before token ``at``; "less then" is a common slip for "less than"."""
    if at < len(phrase):
        return False
    said = tuple(norms_at(tokens, at - len(phrase), len(phrase)))
    return said == phrase or (phrase[-1] == "than" and said == (*phrase[:-1], "then"))


def negated_at(tokens: Sequence[Token], start: int) -> int:
    """Return one more than the index of a negator that governs the cue at ``start``, or 0."""
    if start > 1 and tokens[start - 1].norm in ("or", "nor") and not tokens[start].sep:
        return _negated_before_or(tokens, start - 1)
    at = _relative_before(tokens, start) - 1
    while (
        at >= 0
        and tokens[at].norm in _BETWEEN_NEGATION_AND_CUE
        and not tokens[at + 1].starts_clause
        and "," not in tokens[at + 1].sep
    ):
        at -= 1
    if _dreaded_if(tokens, at, start):
        return at + 1
    if norms_at(tokens, at - 1, 2) in (["anything", "but"], ["everything", "but"], ["anyone", "but"]) and at > 0:
        return at + 1
    if at >= 0 and tokens[at].norm in _STOPPING and "," not in tokens[at + 1].sep and not tokens[at + 1].starts_clause:
        return at + 1
    return 0


def _dreaded_if(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether something bad will happen beyond the bound: "I'll scream if it's over two hours"."""
    between = norms_at(tokens, at + 1, max(0, start - at - 1))
    at -= at > 0 and tokens[at].norm in ("me", "us")
    said = at > 0 and tokens[at - 1].norm in _WILL and between[:1] in (["if"], ["when"], ["once"])
    return said and tokens[at].norm not in _WELCOMING


def _negated_before_or(tokens: Sequence[Token], at: int) -> int:
    """Return one more than the index of the negator of the clause whose alternatives are joined by the "or" at ``at``.

    The clause ends at a comma, a sentence mark or a word that opens another, and a bound that stands in it has its own
    negation: "not over two hours or under one" is read at each bound.
    """
    for place in range(at - 1, max(-1, at - 1 - _FARTHEST_NEGATION), -1):
        if tokens[place + 1].starts_clause or "," in tokens[place + 1].sep or tokens[place].norm in _CLAUSE_OPENERS:
            return 0
        if tokens[place].norm in NEGATING:
            return place + 1
    return 0


def _relative_before(tokens: Sequence[Token], start: int) -> int:
    """Return where the relative clause begins whose verb stands before ``start`` ("that drags on past"), or it."""
    for at in range(start - 1, max(-1, start - 1 - _VERB_PHRASE), -1):
        if (tokens[at + 1].sep if at + 1 < len(tokens) else "") or tokens[at].norm in _STOPPING:
            return start
        if tokens[at].norm in _STOPPING:
            return start
        if tokens[at].norm in ("that", "which", "who"):
            return at
    return start
