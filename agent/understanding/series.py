"""Read a series that is ruled out by the words its titles begin with: "no star wars", "that aint batman"."""

from __future__ import annotations

from .polarity import negator_before
from .scan import Mention, Scan
from .vocabulary import Vocabulary
from .words import STOP

_LONGEST = 4
_REACH = 2
"""Most words between the negation and the name."""


def find_series(scan: Scan, vocabulary: Vocabulary) -> None:
    """Widen each title that is ruled out, and each name of several titles, to all items whose titles begin with it."""
    for at in range(1, len(scan.tokens)):
        negator = negator_before(scan, at)
        if negator is None or at - negator[1] > _REACH or scan.tokens[at].starts_clause:
            continue
        for end in range(min(len(scan.tokens), at + _LONGEST), at, -1):
            held = [m for m in scan.mentions if m.kind == "title" and m.start == at and m.end == end]
            if not (held or scan.free(at, end)) or not _names_series(scan, vocabulary, at, end):
                continue
            if scan.inside_proper_name(at, end):
                continue  # "no Adam Sandler" is about no film whose title begins with Adam
            scan.mentions = [m for m in scan.mentions if m not in held]
            ids = dict.fromkeys((*(i for m in held for i in m.item_ids), *vocabulary.series_ids(scan.norms(at, end))))
            scan.add(Mention(at, end, "title", item_ids=tuple(ids)))
            break


def _names_series(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether the words begin several titles and are no plain words: capitals, several words, or no English."""
    norms = scan.norms(at, end)
    content = [norm for norm in norms if norm not in STOP]
    if not content or norms[-1] in STOP or norms[0] in STOP or vocabulary.senses(norms) or vocabulary.name(norms):
        return False
    series = len(vocabulary.series_ids(norms))
    proper = len(content) > 1 or _is_proper(scan, vocabulary, at) or series >= 2 * vocabulary.SERIES
    titled = len(content) > 1 or bool(vocabulary.title_ids(norms))
    return proper and titled and series >= vocabulary.SERIES


def _is_proper(scan: Scan, vocabulary: Vocabulary, at: int) -> bool:
    return scan.tokens[at].capital or not vocabulary.is_english(scan.tokens[at].norm)
