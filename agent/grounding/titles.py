"""Find titles in a sentence: the item's own, and those of items the user likes, which must share what is said."""

from __future__ import annotations

from ..types import ITEM
from .context import GroundingContext
from .frames import frames
from .glue import is_glue
from .readings import Reading
from .tokens import tokenize

_COMPARING = frozenset({"like", "than", "as", "with", "liked", "love", "loved", "enjoy", "enjoyed", "and", "or"})
"""Words after which another item's title may stand: it is compared with, never spoken of."""


def cover_titles(reading: Reading, context: GroundingContext) -> None:
    """Cover the titles that a sentence may name."""
    for start, end in reading.occurrences(context.item.title):
        reading.covered.update(range(start, end))
        reading.prove(start, end, "title", context.item.title)
    for item in context.liked:
        for start, end in reading.occurrences(item.title):
            if start not in reading.covered:
                reading.covered.update(range(start, end))
                reading.titles[start] = item


def require_shared(reading: Reading, context: GroundingContext) -> None:
    """Refuse another item's title unless everything stated beside it holds for that item too."""
    for start, item in reading.titles.items():
        end = start + len(tokenize(item.title))
        if any(claim.start <= start < claim.end for claim in reading.claims):
            continue
        first, last = reading.statement(start)
        stated = [claim for claim in reading.claims if first <= claim.start < last]
        shared = stated and all(claim.holds(item) for claim in stated) and not _retells(reading, context, first, last)
        mentioned = not stated and any(begin <= start < stop for begin, stop in frames(reading, context))
        if reading.norm(start - 1) not in _COMPARING or not (shared or mentioned):
            reading.bad.update(range(start, end))
            continue
        for claim in stated:
            reading.prove(claim.start, claim.end, claim.field, claim.value, "graph")
        reading.prove(start, end, ITEM, item.title, "user")


def _retells(reading: Reading, context: GroundingContext, start: int, end: int) -> bool:
    """Tell whether a stretch tells of the plot, which no other item shares."""
    return any(start <= i < end and not is_glue(reading, context, i, framed=False) for i in reading.plotted)
