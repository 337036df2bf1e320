"""Check words about a plot against a description, keeping who does what to whom.

Words alone are not enough: "a killer hunts a detective" has every word of "a detective hunts a killer". So the words of
one stretch must stand in the description in the same order, with nothing left out between them that turns the meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .lexicon import (
    ARTICLES,
    BARRIERS,
    CONJUNCTIONS,
    DIRECTED,
    NEGATIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    RANKING,
    RELATIVES,
)
from .tokens import Token, same_word

_MAX_GAP = 8
"""Words of the description that may be left out between two words that are kept."""
_NEAR = 3
"""Words within which "by", "tries to" and the like still govern the next kept word."""
_LOOK_BACK = 3
_EMBEDDED = 4
"""Words that may be quoted from inside a phrase such as "of a lesbian couple" without its head."""
_PASSED_OVER = ARTICLES - RELATIVES | {"-"}
"""Words that count for nothing in a gap; "that" may open a clause and does count."""
_BE = frozenset("is are was were be been being gets got".split())

Chain = tuple[tuple[int, int], ...]
"""(place in the stretch, place in the description), rising in both."""


class Stretch(NamedTuple):
    """Words of a sentence that belong together."""

    words: tuple[Token, ...]
    """Those that mean something."""
    infinitive: tuple[bool, ...] = ()
    """For each word whether "to" stands before it: what somebody is only driven to do must not be told as done."""
    lead: str = ""
    """The small word before the stretch, such as ``of``."""
    after: int = -1
    """Place in the description that the stretch must come after."""


def retold(stretch: Stretch, description: Sequence[Token]) -> dict[int, int]:
    """Return the longest chain of words that the description bears out, in order: place in the stretch -> there."""
    best: Chain = ()
    ends: dict[tuple[int, int], Chain] = {}
    for i in range(len(stretch.words)):
        for at in range(stretch.after + 1, len(description)):
            chain = _chain(stretch, i, description, at, ends)
            if chain:
                ends[i, at] = chain
                if len(chain) > len(best) and _headed(chain, stretch, description):
                    best = chain
    places = dict(best)
    turning = {i for i in places if stretch.words[i].norm in BARRIERS}
    idle = {i for i in turning if not _governs(i, places, len(stretch.words))}
    return {i: at for i, at in places.items() if i not in idle}


def _chain(
    stretch: Stretch, i: int, description: Sequence[Token], at: int, ends: Mapping[tuple[int, int], Chain]
) -> Chain:
    """Return the longest chain that ends with this word at this place, empty if it cannot stand there."""
    aim = at > 0 and description[at - 1].norm == "to"
    if (aim and not stretch.infinitive[i]) or not _same(stretch.words, i, description, at):
        return ()
    chain: Chain = () if _turned(stretch.words, i, description, at) else ((i, at),)
    for (j, before), earlier in ends.items():
        if j < i and before < at and len(earlier) >= len(chain) and _linked(description, before, at):
            chain = (*earlier, (i, at))
    return chain


def _governs(i: int, places: dict[int, int], size: int) -> bool:
    """Tell whether a word such as "never" is kept together with the word it turns."""
    other = i + 1 if i + 1 < size else i - 1
    return other in places and abs(places[other] - places[i]) <= _NEAR + 1


def _same(run: Sequence[Token], i: int, description: Sequence[Token], at: int) -> bool:
    token, word = run[i], description[at]
    if not same_word(token.norm, word.norm):
        return False
    if token.norm in RANKING or token.norm.endswith("est"):
        after = [one.norm for one in description[at + 1 : at + 3] if one.norm != "-"]
        return i + 1 < len(run) and after[:1] == [run[i + 1].norm]
    if (token.norm in NUMBER_WORDS and token.norm != "one") or token.norm.isdigit():
        # "Two" is no part of "twenty-two", and it counts only what it stands before.
        following = [one.norm for one in description[at + 1 : at + 1 + _NEAR]]
        apart = at == 0 or description[at - 1].norm != "-"
        return apart and i + 1 < len(run) and run[i + 1].norm in following
    if token.norm == word.norm:
        passive = i > 0 and run[i - 1].norm in _BE and token.norm.endswith(("ed", "en"))
        return not passive or description[at - 1].norm in _BE
    return token.norm.endswith("ed") == word.norm.endswith("ed")


def _turned(run: Sequence[Token], i: int, description: Sequence[Token], at: int) -> bool:
    """Tell whether a word just before turns the meaning in the description but not in the sentence."""
    if run[i].norm in BARRIERS:
        return False
    kept = {token.norm for token in run[:i]}
    for word in reversed(description[max(0, at - _LOOK_BACK) : at]):
        if not word.word and word.norm != "-":
            return False
        if word.norm in BARRIERS:
            return word.norm not in kept
    return False


def _between(description: Sequence[Token], before: int, at: int) -> list[str]:
    return [word.norm for word in description[before + 1 : at] if word.norm not in _PASSED_OVER]


def _linked(description: Sequence[Token], before: int, at: int) -> bool:
    """Tell whether leaving out what stands between two kept words keeps their relation.

    A clause that begins with "who" or "whose" may only be left out whole, that is up to its comma.
    """
    between = _between(description, before, at)
    near = between[-_NEAR:]
    turned = any(word in NEGATIONS for word in between) or any(word in BARRIERS for word in near)
    unjoined = between[-1:] in (["and"], ["or"], ["but"])
    if len(between) > _MAX_GAP or turned or unjoined or "by" in near:
        return False
    relative = max((k for k, word in enumerate(between) if word in RELATIVES), default=-1)
    return relative < 0 or relative == len(between) - 1 or "," in between[relative:]


def _headed(chain: Chain, stretch: Stretch, description: Sequence[Token]) -> bool:
    """Tell whether a stretch that begins inside a phrase still says no more than the phrase.

    "The children of a couple contact their father" must not become "a couple contacts their father".
    """
    first = chain[0][1]
    outer = next((word.norm for word in _before(description, first)), "")
    if outer == stretch.lead or outer not in PREPOSITIONS | RELATIVES | {"'s"}:
        return True
    close = all(not _between(description, a, b) for (_, a), (_, b) in pairwise(chain))
    unchanged = all(stretch.words[i].norm == description[at].norm for i, at in chain)
    return len(chain) == 1 or (close and unchanged and len(chain) <= _EMBEDDED)


def _before(description: Sequence[Token], first: int) -> list[Token]:
    """Return the words before a place, nearest first, up to the start of its clause."""
    found = []
    for word in reversed(description[:first]):
        if (not word.word and word.norm not in ("-", "'s")) or word.norm in CONJUNCTIONS:
            break
        if word.norm in PREPOSITIONS | RELATIVES | {"'s"}:
            found.append(word)
        if len(found) == 1:
            break
    return found


def meaningful(word: str) -> bool:
    """Tell whether a small word between two plot words must stand in the description as well."""
    return word in DIRECTED or word in BARRIERS
