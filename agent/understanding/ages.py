"""Read the ages of people ("my 8 year old"), which are no ages of items; a child who is along wants what suits one."""

from __future__ import annotations

from collections.abc import Collection

from .scan import Mention, Scan
from .vocabulary import Vocabulary
from .words import NUMBER_WORDS

_CHILD = 12
"""Oldest age, in years, of somebody for whom a film for children is wished."""
_FOR_CHILDREN = (("for", "kids"), ("for", "children"))
"""Wordings under which a catalogue may know what suits children."""


def find_ages(scan: Scan, vocabulary: Vocabulary, nouns: Collection[str]) -> None:
    """Take the words of each person's age; for a child add what the catalogue has for children, if it says."""
    for at, token in enumerate(scan.tokens):
        end = _age_end(scan, at)
        age = int(token.norm) if token.norm.isdigit() else NUMBER_WORDS.get(token.norm, 0)
        if not age or not end or scan.norms(end, end + 1) in {(noun,) for noun in nouns}:
            continue
        senses = next((found for wording in _FOR_CHILDREN if (found := vocabulary.senses(wording))), [])
        if senses and age <= _CHILD and scan.free(at, end):
            scan.add(Mention(at, end, "sense", senses[0].attribute, senses[0].op, senses[0].value))
        scan.take(at, end)


def _age_end(scan: Scan, at: int) -> int:
    """Return the end of "8 year old", "8 years old", "8yo" that begins at token ``at``, else 0."""
    if scan.norms(at + 1, at + 2) in (("and",), ("or",)) and scan.tokens[at].is_number and _age_end(scan, at + 2):
        return at + 1  # "7 and 10 year olds"
    for phrase in (("year", "old"), ("years", "old"), ("year", "olds"), ("yr", "old"), ("yo",), ("yos",)):
        if scan.norms(at + 1, at + 1 + len(phrase)) == phrase:
            return at + 1 + len(phrase)
    return 0
