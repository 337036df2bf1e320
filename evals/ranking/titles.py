"""Find a catalogue's titles in what people type: whole words, the longest title first. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"\w+")


class TitleFinder:
    """Knows a catalogue's titles.

    A title of several words counts in any capitals. One of a single word must be written as the catalogue writes it
    and must not open a sentence, where any word has a capital.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        """Take the titles in the catalogue's order; a title that two items share stands for the last of them."""
        self._at: dict[tuple[str, ...], int] = {}
        self._written: dict[tuple[str, ...], str] = {}
        longest: dict[str, int] = defaultdict(int)
        for at, title in enumerate(titles):
            words = tuple(_WORD.findall(title.casefold()))
            if not words:
                continue
            self._at[words] = at
            self._written[words] = title
            longest[words[0]] = max(longest[words[0]], len(words))
        self._longest = dict(longest)

    def find(self, text: str) -> list[int]:
        """Return the positions of the items named, in order of mention, repetitions included."""
        spans = [match.span() for match in _WORD.finditer(text)]
        words = [text[start:end].casefold() for start, end in spans]
        found: list[int] = []
        place = 0
        while place < len(words):
            length = self._match(text, spans, words, place)
            if length:
                found.append(self._at[tuple(words[place : place + length])])
            place += length or 1
        return found

    def _match(self, text: str, spans: Sequence[tuple[int, int]], words: Sequence[str], place: int) -> int:
        """Return how many words the longest title at this place has, or 0."""
        for length in range(min(self._longest.get(words[place], 0), len(words) - place), 0, -1):
            key = tuple(words[place : place + length])
            if key in self._at and (length > 1 or self._stands_out(text, spans[place], self._written[key])):
                return length
        return 0

    def _stands_out(self, text: str, span: tuple[int, int], title: str) -> bool:
        start, end = span
        if text[start:end] != "".join(_WORD.findall(title)) or title.isdigit():
            return False
        before = text[:start].rstrip(" \"'“‘(")
        return bool(before) and before[-1] not in ".!?:\n"
