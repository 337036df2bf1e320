"""Tell what the words around a mention make of it: a comparison and with what, a complaint, a narrower wording."""

from __future__ import annotations

from collections.abc import Sequence

from .polarity import negated, negator_before
from .scan import Mention, Scan
from .words import ARTICLES, STOP

_SEEN = frozenset("seen watched saw already rewatched heard read finished".split())
"""Words of having met an item already."""
_PERSONS = tuple((word,) for word in "me i us we you him her he she myself".split())
_OWN = (("my",), ("our",), ("his",))


def dates_the_watching(scan: Scan, mention: Mention) -> bool:
    """Whether a time belongs to the user's own watching: "I recently watched Heat" wishes for no recent item."""
    beside = {*scan.norms(mention.start - 1, mention.start), *scan.norms(mention.end, mention.end + 1)}
    return mention.kind == "sense" and mention.op != "eq" and bool(beside & _SEEN)


def complains(scan: Scan, negator: tuple[int, int] | None) -> bool:
    """Whether an excess is complained of, "too long", and not ruled out: "nothing too long"."""
    excess = negator is not None and scan.norms(*negator)[:1] == ("too",)
    return excess and negator is not None and negator_before(scan, negator[0]) is None


def narrows(scan: Scan, mention: Mention) -> bool:
    """Whether the same sentence wishes for what another wording of it rules out: "superheroes, but not Marvel"."""
    start, said = scan.clause_start(mention.start), scan.norms(mention.start, mention.end)
    return any(
        (m.attribute, m.value) == (mention.attribute, mention.value)
        and scan.norms(m.start, m.end) != said
        and not negated(scan, m.start)
        for m in scan.mentions
        if start <= m.start < mention.start and m.kind == "sense"
    )


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
