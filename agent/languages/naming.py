"""Tell names and titles in a message from words of its language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .glossary import Glossary
from .tokens import Word, is_joined

_LONGEST = 8
"""Most words of a name or title that is looked up."""
_TASTE = ("like", "by", "similar to", "i like", "i love", "i loved", "i liked", "i hated")
"""English wordings behind which a capital is a sign of a name."""
_OPENING = tuple('"“«《「『〈„')
_CLOSING = tuple('"”»》」』〉“')


class Names(Protocol):
    """What the catalogue knows by name."""

    def is_title(self, text: str) -> bool:
        """Whether an item is called so."""

    def is_wording(self, text: str) -> bool:
        """Whether words mean something in the catalogue exactly as they are."""

    def is_name(self, text: str) -> bool:
        """Whether a person, a place or a company is called so, last names alone included."""


class ProperNames:
    """Find names and titles in the words of one message."""

    def __init__(self, glossary: Glossary, names: Names, words: Sequence[Word], text: str) -> None:
        """Look into ``words`` of ``text``."""
        self._glossary = glossary
        self._names = names
        self._words = words
        self._text = text

    def written(self, at: int, end: int) -> str:
        """Return words as they are written."""
        return self._text[self._words[at].start : self._words[end - 1].end]

    def is_title(self, text: str) -> bool:
        """Whether an item of the catalogue is called so."""
        return self._names.is_title(text)

    def quoted_end(self, at: int, high: int) -> int:
        """Return the end of a quotation that opens before word ``at``, or 0."""
        if not self._words[at].sep or self._words[at].sep.rstrip()[-1:] not in _OPENING:
            return 0
        for end in range(at + 1, min(high, at + 2 * _LONGEST) + 1):
            closing = self._words[end].sep if end < len(self._words) else self._text[self._words[-1].end :]
            if closing.strip()[:1] in _CLOSING:
                return end
        return 0

    def end(self, at: int, high: int) -> int:
        """Return the end of a name or title of the catalogue that begins at ``at``, 0 where none is meant."""
        words = self._words
        end = at + 1
        while end < min(high, at + _LONGEST) and not words[end].ends_clause_before:
            end += 1
        if run := self._particled_end(at, end):
            return run
        for stop in range(end, at, -1):
            if stop - at == 1 and not self._is_named_alone(at):
                continue
            text = self.written(at, stop)
            if self._is_title_here(at, stop, text) or self._is_name_here(words[at:stop], text):
                return stop
        return 0

    def is_person(self, at: int, high: int) -> bool:
        """Whether a person's name seems to stand at ``at``: a name of the catalogue, or capitals nothing explains."""
        words = self._words
        if at >= high or not is_joined(words[at]) or words[at].norm[0].isdigit():
            return False
        if self.end(at, high):
            return True
        found = self._glossary.longest(words, at, high)
        if found:
            return found[0].kind == "proper" and not self._names.is_title(found[0].english)
        return (words[at].capital and not self._glossary.pack.joins) or self._names.is_name(words[at].text)

    def is_known(self, at: int) -> bool:
        """Whether a word that no wording explains is right as it stands: a name, or an English word."""
        word = self._words[at]
        named = self._names.is_name(word.text) or self._names.is_title(word.text)
        inside = word.capital and at > 0 and not word.ends_sentence_before and not self._glossary.pack.joins
        return named or inside or self._names.is_wording(word.text)

    def unknown(self, at: int, before: str) -> str:
        """Return an unknown word as written; where all nouns have capitals, one alone is no sign of a name.

        ``before`` is the English of what stands before it.
        """
        words, word = self._words, self._words[at]
        if not self._glossary.pack.joins or not word.capital or self._names.is_name(word.text):
            return word.text
        if self._names.is_title(word.text) or before in _TASTE:
            return word.text
        beside = [words[place] for place in (at - 1, at + 1) if 0 <= place < len(words)]
        if any(other.capital and self._glossary.entry([other.norm]) is None for other in beside):
            return word.text
        return word.text.lower()

    def _particled_end(self, at: int, high: int) -> int:
        """Return the end of unknown capitalised words joined by a particle, "Louis de Funès", 0 where there is none."""
        words, by = self._words, self._glossary.pack.by
        if self._glossary.pack.joins or not self._is_unknown_capital(at):
            return 0
        end = at + 1
        while end + 1 < high and words[end].norm in by and self._is_unknown_capital(end + 1):
            end += 2
        return end if end > at + 1 else 0

    def _is_unknown_capital(self, at: int) -> bool:
        return self._words[at].capital and not self._glossary.is_exact([self._words[at].norm])

    def _is_named_alone(self, at: int) -> bool:
        """Whether one capitalised word that also means something else is a name here: "von Lang"."""
        word = self._words[at]
        explained = self._glossary.entry([word.norm]) is not None
        return explained and at > 0 and word.capital and self._words[at - 1].norm in self._glossary.pack.by

    def _is_title_here(self, at: int, stop: int, text: str) -> bool:
        """Whether the words of a title are hardly words of the language here: capitals, or one that is unknown."""
        span = self._words[at:stop]
        if len(span) == 1 or not self._names.is_title(text):
            return False
        unknown = [word for word in span if not word.norm.isdigit() and self._glossary.entry([word.norm]) is None]
        capitals = [word for word in span if word.capital]
        return len(unknown) == len(span) or bool(unknown and capitals) or len(capitals) >= (2 if at else len(span))

    def _is_name_here(self, span: Sequence[Word], text: str) -> bool:
        if not span[0].capital and len(span) > 1 and span[0].norm in self._glossary.pack.by:
            return False
        small = sum(not word.capital for word in span)
        unknown = len(span) > 1 and all(self._glossary.entry([word.norm]) is None for word in span)
        written = unknown or small * 2 < len(span) or small <= 1 < len(span)
        return written and self._names.is_name(text)
