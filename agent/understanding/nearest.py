"""Find the phrase that a misspelt one is nearest to, among many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

Words = tuple[str, ...]
LETTERS_PER_TYPO = 5
"""One slip (a letter wrong, missing, added, or two swapped) is forgiven for this many letters, and one more
in a name of several words; a shorter word matches exactly."""
_LONG_NAME = 9
"""Letters from which a name of several words is forgiven one slip more."""


class Nearest:
    """Holds the phrases by length: two whose lengths differ by more than the slips forgiven are never compared."""

    def __init__(self, choices: Mapping[Words, object]) -> None:
        """Take the phrases, each as its words; of two equally near, the one that comes first is found."""
        self._choices = {_spelt(" ".join(phrase)): phrase for phrase in choices}
        self._places = {spelt: place for place, spelt in enumerate(self._choices)}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for spelt in self._choices:
            self._by_length[len(spelt)].append(spelt)

    def find(self, query: str, slips: int | None = None) -> Words | None:
        """Return the phrase with the fewest slips, or None beyond ``slips``; without it, what such a length bears."""
        if len(query) < LETTERS_PER_TYPO:
            return None
        query = _spelt(query)
        most = slips_of(query) if slips is None else slips
        found: list[tuple[int, int, str]] = []
        for length in range(len(query) - most, len(query) + most + 1):
            # The cutoff falls with the best so far, which lets the comparison end sooner.
            near = process.extractOne(query, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most)
            if near is not None:
                most = int(near[1])
                found.append((most, self._places[near[0]], near[0]))
        return self._choices[min(found)[2]] if found else None


def slips_of(query: str) -> int:
    """Return how many slips are forgiven in a name."""
    return len(query) // LETTERS_PER_TYPO + (" " in query and len(query) >= _LONG_NAME)


def _spelt(text: str) -> str:
    """Return text with sounds that have two spellings in one of them, so that "elefant" is one slip from "elephant"."""
    return text.replace("ph", "f")
