"""Decide for each thing named whether it is wished or not wished, and how firmly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from .scan import Mention, Scan
from .words import (
    CLAUSE_BREAKERS,
    CONNECTORS,
    FALSE_NEGATIONS,
    HARDENERS,
    HARDENERS_BEHIND,
    MAYBE,
    NEGATORS,
    POSITIVE_OPENERS,
    SOFTENERS,
    STOP,
)

Firmness = Literal["soft", "default", "hard"]
_LONGEST_NEGATOR = max(len(phrase) for phrase in NEGATORS)
_MOST_UNKNOWN_WORDS = 3
"""How many unexplained words a negation may reach across."""
_TASTE = frozenset(
    "adore adores love loves like likes enjoy enjoys prefer prefers want wants need needs fancy wana wanna".split()
)
_ADVERBS = frozenset("really do also absolutely just always both simply still".split())
_SUBJECTS = tuple((word,) for word in "i we he she they".split())
_DENIALS = frozenset("not never dont doesnt didnt wouldnt wont couldnt cant cannot".split())
"""Words that take back an aversion behind them."""
_TURNED_BACK = frozenset(tuple(phrase.split()) for phrase in "hate|dislike|despise|detest|refuse|avoid".split("|"))
"""Aversions that a denial turns into a welcome."""
_BETWEEN_NEGATORS = frozenset("say be i that have anything really exactly actually ever to would at all".split())
_FARTHEST_DOUBLE = 4
_BEFORE_KIND = frozenset("what which any some this that these the every another".split())
"""Before "kind of" and "sort of" these make it a noun and no hedge: "what kind of western"."""
_WITHDRAWING = 9
"""Words behind a wish that may say that it need not be."""
_OPTIONAL = re.compile(
    r"^(?:(?:but|though|although|however|and|it|that|this|thats|its|is|it s|s|if|even) )*"
    r"(?:not|isnt|no|arent|neednt be|doesnt have to be) (?:(?:really|absolutely|strictly|an?|at all|that) )*"
    r"(?:essential|must|mandatory|required|requirement|crucial|vital|compulsory|necessary|necessity|important|"
    r"deal ?breaker|condition)\b"
)
_MADE_UP = frozenset("definitely absolutely certainly must only".split())
_TURNING = frozenset("no yes actually".split())
"""Words behind a comma or a dash with which a doubt is settled."""
_REACH_BEHIND = 5
"""How many words behind a wish a hedge such as "if possible" may follow."""


def negated(scan: Scan, at: int) -> bool:
    """Whether a negation governs token ``at``."""
    return negator_before(scan, at) is not None


_EXCESS = (("too", "much"), ("too", "many"), ("too",))
"""Complaints that there was more of something than one likes."""
_IF_SHOWN = re.compile(
    r"\bif (?:you|i) (?:dare |ever |even |have to )*(?:show|give|recommend|suggest|offer|play|see|get|send)"
    r"(?: (?:me|us))?(?: (?:another|one more|one|more|a|an|the|any|that|some))*$"
)
_OR_ELSE = re.compile(
    r"\b(?:scream|leave|leaving|quit|cry|go mad|lose it|kill|throw|delete|uninstall|walk out|be (?:angry|mad|furious|"
    r"upset)|explode|riot|puke|throw up|go crazy|lose my mind|fall asleep)\b"
)
_MISSED = tuple(
    tuple(phrase.split())
    for phrase in (
        "not enough",
        "wasnt enough",
        "isnt enough",
        "not much",
        "not that much",
        "wasnt much",
        "wasnt that much",
        "isnt much",
        "isnt that much",
        "lack of",
        "lacked",
        "lacks",
    )
)
"""Complaints that there was too little of something, which wish for more of it."""


def negator_before(scan: Scan, at: int) -> tuple[int, int] | None:
    """Return the token span of the negator that governs token ``at``, or None."""
    if threat := _threatened(scan, at):
        return threat
    excess = next((phrase for phrase in _EXCESS if at < len(scan.tokens) and scan.ends_at(at, phrase)), ())
    if excess and not scan.tokens[at].sep:
        return at - len(excess), at
    if second := _second_choice(scan, at):
        return second
    if misses(scan, at):
        return None
    if scan.taken[at] and scan.norms(at, at + 1) in NEGATORS:
        return None  # a wording of its own: "not too old"
    return _governor(scan, at)


def _threatened(scan: Scan, at: int) -> tuple[int, int] | None:
    """Return the span of the condition of a threat before token ``at``: "if you show me Twilight I scream"."""
    start = scan.clause_start(at) if at < len(scan.tokens) else at
    condition = _IF_SHOWN.search(" ".join(scan.norms(start, at)))
    if condition is None or not _OR_ELSE.search(" ".join(scan.norms(at, scan.clause_end(at)))):
        return None
    return at - len(condition[0].split()), at


def misses(scan: Scan, at: int) -> bool:
    """Whether the words before token ``at`` say that there was too little of it: "there wasn't much action"."""
    return any(scan.ends_at(at, phrase) for phrase in _MISSED)


def _second_choice(scan: Scan, at: int) -> tuple[int, int] | None:
    """Return the span of "than" before what somebody would sooner not have: "rather a drama than a comedy"."""
    low = at
    while low and scan.norms(low - 1, low) in (("a",), ("an",), ("the",), ("some",), ("another",)):
        low -= 1
    rather = set(scan.norms(scan.clause_start(at), low)) & {"rather", "sooner"} if at < len(scan.tokens) else set()
    return (low - 1, low) if rather and scan.ends_at(low, ("than",)) else None


def _governor(scan: Scan, at: int) -> tuple[int, int] | None:
    """Return the span of the nearest negator before token ``at`` that reaches it, or None."""
    end, unknown = at, 0
    while end > 0:
        found = _negator_ending_at(scan, end)
        if found is not None:
            return None if _taken_back(scan, *found) else found
        token = scan.tokens[end] if end < len(scan.tokens) else None
        if token is not None and (token.starts_clause or _comma_breaks(scan, end)):
            return None
        before = scan.tokens[end - 1]
        if any(_negates_itself(scan, m) and m.start < end <= m.end for m in scan.mentions):
            return None
        if before.norm in CLAUSE_BREAKERS or _begins_clause(scan, end - 1):
            return None
        if before.norm in POSITIVE_OPENERS and _opens_clause(scan, end - 1):
            return None
        if (
            _says_taste(scan, end - 1)
            or _asks_for(scan, end - 1)
            or (token is not None and "," in token.sep and _welcome(scan, at))
        ):
            return None
        unknown += not scan.taken[end - 1] and before.norm not in STOP
        if unknown > _MOST_UNKNOWN_WORDS:
            return None
        end -= 1
    return None


def _taken_back(scan: Scan, start: int, end: int) -> bool:
    """Whether a second negator takes back the one at these tokens: "I wouldn't say no to", "I don't hate"."""
    at = start
    while at and start - at < _FARTHEST_DOUBLE and scan.tokens[at - 1].norm in _BETWEEN_NEGATORS:
        at -= 1
    if scan.norms(start, end) not in _TURNED_BACK and scan.norms(at, end)[:2] != ("say", "no"):
        return False
    return any(scan.ends_at(at, (norm,)) for norm in _DENIALS)


def _says_taste(scan: Scan, at: int) -> bool:
    """Whether somebody's liking is said at ``at``, with nothing that takes it back: "and I really adore"."""
    if scan.tokens[at].norm not in _TASTE:
        return False
    while at and scan.tokens[at - 1].norm in _ADVERBS and not scan.tokens[at].sep:
        at -= 1
    return scan.norms(at - 1, at)[:1] in _SUBJECTS and scan.norms(at - 2, at - 1) not in (
        ("think",),
        ("that",),
        ("as",),
    )


def _asks_for(scan: Scan, at: int) -> bool:
    """Whether a request begins at ``at``, "show me", that nothing forbids: "don't show me" does."""
    asked = scan.tokens[at].norm in ("show", "give", "find", "recommend", "suggest")
    forbidden = scan.norms(at - 1, at) in NEGATORS or scan.norms(at - 2, at - 1) in NEGATORS
    return asked and scan.norms(at + 1, at + 2) in (("me",), ("us",)) and not forbidden


def _welcome(scan: Scan, at: int) -> bool:
    """Whether what begins at ``at`` is said to be welcome: "a comedy would be fine", "drama rather"."""
    norms = scan.tail(at + 1, _REACH_BEHIND)
    if tuple(norms[:1]) in (("rather",), ("instead",)) and tuple(norms[1:2]) != ("than",):
        return True
    agreed = any(norm in ("is", "are", "be") for norm in norms) and set(norms) & (GOOD | {"ok", "okay", "welcome"})
    return bool(agreed) and not any((norm,) in NEGATORS for norm in norms)


def _negates_itself(scan: Scan, mention: Mention) -> bool:
    """Whether a wish carries its own negation: "nothing longer than 100 minutes", "not too long"."""
    return mention.kind == "number" or scan.norms(mention.start, mention.start + 1) in NEGATORS


def firmness(scan: Scan, start: int, end: int) -> Firmness:
    """Return how firmly the wish at tokens ``start`` to ``end`` is meant, by the words of its clause."""
    low, high = _clause(scan, start, end)
    if _contains(scan, low, start, HARDENERS) or _contains(scan, end, min(high, end + 2), (("only",),)):
        return "hard"
    if _contains(scan, end, min(high, end + _REACH_BEHIND), HARDENERS_BEHIND):
        return "hard"
    if _is_withdrawn(scan, end):
        return "soft"
    unsure = [at for at in range(low, high) if scan.tokens[at].norm in MAYBE]
    if any(reach[0] <= start < reach[1] for reach in (hedge_reach(scan, at) for at in unsure)):
        return "soft"
    if _contains(scan, low, start, SOFTENERS):
        return "soft"
    behind = min(high, end + _REACH_BEHIND, *(m.start for m in scan.mentions if m.start >= end), len(scan.tokens))
    behind = next((at for at in range(end, behind) if _looks_ahead(scan, at)), behind)
    if _contains(scan, end, behind, SOFTENERS) and not _opens_another(scan, end, behind):
        return "soft"
    return "default"


def _is_withdrawn(scan: Scan, end: int) -> bool:
    """Whether the words behind a wish say that it need not be: "French, but that's not essential"."""
    if any(end <= mention.start < end + _WITHDRAWING for mention in scan.mentions):
        return False
    return bool(_OPTIONAL.search(" ".join(scan.norms(end, end + _WITHDRAWING))))


GOOD = frozenset(
    """great good amazing perfect excellent awesome fantastic brilliant wonderful fun nice superb lovely favourite
    favorite
    interesting intriguing masterpiece best beautiful fine incredible fab promising""".split()
)
BAD = frozenset(
    """boring terrible awful bad dull overrated crap disappointing meh horrible rubbish stupid dumb trash worst lame
    tedious annoying ridiculous garbage""".split()
)

SENTIMENT = GOOD | BAD
"""Words that judge an item and describe nothing."""


def _negator_ending_at(scan: Scan, end: int) -> tuple[int, int] | None:
    for length in range(_LONGEST_NEGATOR, 0, -1):
        start = end - length
        if start >= 0 and scan.norms(start, end) in NEGATORS and not _is_false(scan, start, end):
            if any(token.starts_clause for token in scan.tokens[start + 1 : end]):
                continue
            return start, end
    return None


def _is_false(scan: Scan, start: int, end: int) -> bool:
    """Whether the negator belongs to a wording that negates no wish: "not only", or an answer "no, ..."."""
    if end < len(scan.tokens) and ("," in scan.tokens[end].sep or scan.tokens[end].starts_clause):
        return True
    for phrase in FALSE_NEGATIONS:
        for low in range(max(0, start - len(phrase) + 1), start + 1):
            if scan.norms(low, low + len(phrase)) == phrase and low + len(phrase) >= end:
                return True
    return False


def _comma_breaks(scan: Scan, at: int) -> bool:
    """Whether the comma before token ``at`` ends the reach of a negation: a new wish begins there."""
    token = scan.tokens[at]
    if "," not in token.sep and "-" not in token.sep.strip():
        return False
    if token.sep == "-":
        return False
    if token.norm in POSITIVE_OPENERS or token.norm in CLAUSE_BREAKERS:
        return True
    return not scan.taken[at] and token.norm not in CONNECTORS and token.norm in STOP


def _begins_clause(scan: Scan, at: int) -> bool:
    """Whether a sentence with a subject of its own is joined on at ``at``: "never horror, and I must have English"."""
    joined = scan.norms(at - 1, at) in (("and",), ("or",), ("so",)) and scan.norms(at, at + 1) in _SUBJECTS
    return joined and at + 1 < len(scan.tokens) and not scan.tokens[at + 1].sep


def _opens_clause(scan: Scan, at: int) -> bool:
    """Whether the positive word at ``at`` begins a wish of its own: "no horror and something funny"."""
    if scan.tokens[at].norm in (
        "want",
        "need",
        "prefer",
        "looking",
        "find",
        "i",
        "id",
        "im",
        "only",
        "just",
        "any",
        "anything",
    ):
        return bool("," in scan.tokens[at].sep)
    hedged = scan.tokens[at].norm in MAYBE and bool(at) and scan.taken[at - 1]
    return bool(hedged or "," in scan.tokens[at].sep or (at and scan.tokens[at - 1].norm in CONNECTORS))


def hedge_reach(scan: Scan, at: int) -> tuple[int, int]:
    """Return from which token to which a "maybe" at token ``at`` makes things unsure.

    It speaks of what follows, up to a mark, a "but", a new "and not" or a word that makes up the mind; with nothing
    behind it, or a comma or "and" directly behind, of the last thing named before: "a western maybe".
    """
    end = at + 1
    while end < len(scan.tokens) and not scan.tokens[end].starts_clause and scan.tokens[end].norm != "but":
        if (scan.tokens[end].norm == "and" and _negator_at(scan, end + 1)) or _makes_up_mind(scan, end):
            break
        end += 1
    named = [m for m in scan.mentions if m.kind != "reference"]
    if _hangs_on(scan, at, named):
        end = at + 1
    elif any(at < m.start < end for m in named):
        return at, end
    before = [m for m in named if scan.clause_start(at) <= m.start and m.end <= at]
    return (before[-1].start if before else scan.clause_start(at)), end


def _makes_up_mind(scan: Scan, at: int) -> bool:
    """Whether a doubt ends at token ``at``: "maybe the 80s, no, definitely the 80s"."""
    turns = scan.tokens[at].norm in _TURNING and any(mark in ",-–—" for mark in scan.tokens[at].sep)
    return turns or scan.tokens[at].norm in _MADE_UP


def _hangs_on(scan: Scan, at: int, named: Sequence[Mention]) -> bool:
    """Whether a "maybe" at token ``at`` belongs to what stands directly before it: "a western maybe, and ..."."""
    behind = scan.tokens[at + 1 : at + 2]
    before = any(m.end == at for m in named) and not scan.tokens[at].sep
    return before and any("," in token.sep or token.norm in ("and", "or") for token in behind)


def _negator_at(scan: Scan, at: int) -> bool:
    return any(scan.norms(at, at + len(phrase)) == phrase for phrase in NEGATORS)


def _clause(scan: Scan, start: int, end: int) -> tuple[int, int]:
    low, high = start, end
    while (
        low > 0
        and not scan.tokens[low].starts_clause
        and scan.tokens[low - 1].norm not in ("but", "though", "although")
    ):
        # "Ideally, a western" hedges behind the comma; "ideally British, not long" does not.
        if "," in scan.tokens[low].sep and not _ends_with_hedge(scan, low):
            break
        low -= 1
    while high < len(scan.tokens) and not scan.tokens[high].starts_clause and scan.tokens[high].norm not in ("but",):
        high += 1
    return low, high


def _looks_ahead(scan: Scan, at: int) -> bool:
    """Whether a hedge at ``at`` is about what follows: "it would be great if it was new"."""
    would_be = next((p for p in SOFTENERS if p[0] == "would" and scan.norms(at, at + len(p)) == p), ())
    return bool(would_be) and scan.norms(at + len(would_be), at + len(would_be) + 1) in (("if",), ("to",))


def _opens_another(scan: Scan, end: int, behind: int) -> bool:
    """Whether a hedge behind a wish belongs to the next one: "a drama, ideally British", not "a drama, if possible"."""
    goes_on = any(mention.start == behind for mention in scan.mentions)
    return goes_on and any("," in token.sep for token in scan.tokens[end:behind])


def _ends_with_hedge(scan: Scan, at: int) -> bool:
    """Whether a word of firmness stands directly before token ``at``."""
    return any(scan.norms(at - len(phrase), at) == phrase for phrase in (*SOFTENERS, *HARDENERS) if at >= len(phrase))


def _contains(scan: Scan, low: int, high: int, phrases: tuple[tuple[str, ...], ...]) -> bool:
    norms = scan.norms(low, high)
    return any(
        norms[at : at + len(phrase)] == phrase
        for phrase in phrases
        for at in range(len(norms) - len(phrase) + 1)
        if not (phrase[-1] == "of" and at and norms[at - 1] in _BEFORE_KIND)
    )
