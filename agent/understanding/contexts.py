"""Tell what the words around a mention make of it: a comparison and with what, a complaint, a narrower wording."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Preference
from .polarity import negated, negator_before
from .scan import Mention, Scan
from .text import words
from .words import ARTICLES, NEGATORS, STOP, TALK

_SEEN = frozenset("seen watched saw already rewatched heard read finished".split())
"""Words of having met an item already."""
_PERSONS = tuple((word,) for word in "me i us we you him her he she myself".split())
_HELD = frozenset("he she they hes shes theyre him her them his".split())
_NEAR = 6
"""Most words from such a pronoun to whom it is joined with."""
_OWN = (("my",), ("our",), ("his",))


def dates_the_watching(scan: Scan, mention: Mention) -> bool:
    """Whether a time belongs to the user's own watching: "I recently watched Heat" wishes for no recent item."""
    beside = {*scan.norms(mention.start - 1, mention.start), *scan.norms(mention.end, mention.end + 1)}
    return mention.kind == "sense" and mention.op != "eq" and bool(beside & _SEEN)


def complains(scan: Scan, negator: tuple[int, int] | None) -> bool:
    """Whether an excess is complained of, "too long", and not ruled out: "nothing too long"."""
    excess = negator is not None and scan.norms(*negator)[:1] == ("too",)
    return excess and negator is not None and negator_before(scan, negator[0]) is None


def narrower(scan: Scan, mention: Mention, held: Sequence[Preference]) -> tuple[int, int] | None:
    """Return the words that rule out a part of what is wished: "superheroes, but not Marvel", "no spaghetti westerns".

    Wished for in the same sentence, or already held; None where all of it is ruled out.
    """
    start, said = scan.clause_start(mention.start), scan.norms(mention.start, mention.end)
    wished = [
        scan.norms(m.start, m.end)
        for m in scan.mentions
        if start <= m.start < mention.start and m.kind == "sense" and not negated(scan, m.start)
        if (m.attribute, m.value) == (mention.attribute, mention.value)
    ]
    if any(norms != said for norms in wished):
        return mention.start, mention.end
    before = [p for p in held if (p.attribute, p.value, p.polarity) == (mention.attribute, mention.value, "like")]
    if any(set(words(p.quote)) < set(said) for p in before):
        return mention.start, mention.end
    if not (wished or before):
        return None
    low, alike = mention.start, {(m.start, m.end) for m in scan.mentions if m.value == mention.value}
    while low > start and not scan.tokens[low].sep:
        known = next((first for first, end in alike if end == low), low - 1)
        if known == low - 1 and not _describes(scan, low - 1) and (low - 1, low) not in alike:
            break
        low = known
    return (low, mention.start) if low < mention.start else None


def _describes(scan: Scan, at: int) -> bool:
    """Whether the word at token ``at`` is none that anything explains."""
    norm = scan.tokens[at].norm
    return not scan.taken[at] and norm not in STOP and norm not in TALK and (norm,) not in NEGATORS


def joined_to_held(scan: Scan) -> set[str]:
    """Return the attributes of people who took part together with somebody held: "the ones he did with 21 Savage"."""
    return {
        m.attribute
        for m in scan.mentions
        if m.kind == "name"
        and scan.ends_at(m.start, ("with",))
        and _HELD & set(scan.norms(max(scan.clause_start(m.start), m.start - _NEAR), m.start))
    }


def with_somebody(scan: Scan, mention: Mention) -> bool:
    """Whether the comparison is with a person and so with no item: "older than me"."""
    norms = scan.norms(mention.end, mention.end + 3)
    return norms[:1] == ("than",) and (norms[1:2] in _PERSONS or bool(norms[1:2] in _OWN and norms[2:3]))


def base_of(scan: Scan, mention: Mention, bases: Sequence[Mention]) -> Mention | None:
    """Return the item that a comparison is made with: behind "than", else the nearest in the same sentence."""
    for base in bases:
        between = scan.norms(mention.end, base.start)
        if base.start >= mention.end and between[:1] == ("than",) and all(n in STOP or n in ARTICLES for n in between):
            return base
    start, end = scan.clause_start(mention.start), scan.clause_end(mention.start)
    inside = [base for base in bases if start <= base.start < end]
    return min(inside, key=lambda base: abs(base.start - mention.start), default=None)
