"""Turn a message into English wordings that the English rules read, and remember which words stand for which.

Nothing is translated for people to read: the English is as rough as the rules allow. What no wording explains, above
all names and titles, stays as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .arrange import arrange
from .comparing import Comparing
from .frames import FrameReader
from .glossary import Entry, Glossary
from .naming import Names, ProperNames
from .pieces import Piece
from .tokens import Word, cut
from .written import Pivot, written

_FEW = 3
"""How many pieces behind a comparison "que" or "als" still means "than"."""


class Pivoter:
    """Pivot messages of one language for one catalogue."""

    def __init__(self, glossary: Glossary, names: Names, comparing: Comparing) -> None:
        """Take the language's words and the catalogue's names and comparisons."""
        self._glossary = glossary
        self._names = names
        self._comparing = comparing
        self._characters = str.maketrans(
            {old: new for olds, news in glossary.pack.characters.items() for old, new in zip(olds, news, strict=True)}
        )

    def pivot(self, message: str) -> Pivot:
        """Return ``message`` in English wordings."""
        plain = message.translate(self._characters)
        words = cut(plain, self._glossary.pack.spelled)
        whole = self._glossary.alone(words)
        if whole is not None:
            return written(message, words, [Piece(whole.english, 0, len(words), whole.kind)])
        proper = ProperNames(self._glossary, self._names, words, plain)
        pieces = _Reading(self._glossary, proper, self._comparing, words).pieces(0, len(words))
        return self._no_title(
            written(message, words, arrange(pieces, words, plain[words[-1].end :] if words else "")), pieces
        )

    def _no_title(self, pivot: Pivot, pieces: Sequence[Piece]) -> Pivot:
        """Return the pivot such that English wordings that happen to be a title ("faster") are not taken for it."""
        named = any(piece.kind in ("proper", "unknown") for piece in pieces)
        if named or not self._names.is_title(pivot.text):
            return pivot
        return replace(pivot, text=f"{pivot.text} please")


class _Reading:
    """One message being read from left to right, the longest wording first."""

    def __init__(self, glossary: Glossary, proper: ProperNames, comparing: Comparing, words: Sequence[Word]) -> None:
        self._glossary = glossary
        self._proper = proper
        self._comparing = comparing
        self._words = words
        self._frames = FrameReader(glossary, comparing, words, self.pieces)

    def pieces(self, low: int, high: int) -> list[Piece]:
        """Return the pieces of the words from ``low`` up to, not including, ``high``."""
        pieces: list[Piece] = []
        at = low
        while at < high:
            found = self._next(at, high, pieces)
            pieces += found
            at = max(piece.end for piece in found)
        return pieces

    def _next(self, at: int, high: int, before: list[Piece]) -> list[Piece]:
        """Return the pieces for what begins at word ``at``; there is always at least one."""
        quoted = self._proper.quoted_end(at, high)
        if quoted:
            return [self._named(at, quoted, quoted=True)]
        phrase, phrase_end = self._glossary.longest(self._words, at, high) or (None, 0)
        framed = self._frames.longest(at, high)
        explained = max(phrase_end, framed[-1].end if framed else 0)
        named = self._proper.end(at, high)
        if named and named >= explained:
            return [self._named(at, named)]
        if framed and explained > phrase_end:
            return framed
        number = self._glossary.number(self._words, at, high)
        if number and number[1] > explained:
            return [Piece(number[0], at, number[1], "number")]
        if phrase is not None:
            return [self._phrase(phrase, at, phrase_end, before)]
        return [self._word(at, high, before)]

    def _phrase(self, entry: Entry, at: int, end: int, before: list[Piece]) -> Piece:
        if end == at + 1:
            entry = self._glossary.before_noun(self._words, at) or entry
        english = entry.english
        if entry.kind == "proper" and self._proper.is_title(english):
            english = f'"{english}"'
        if english == "the" and (end == len(self._words) or self._words[end].ends_clause_before):
            english = "it"  # an article with nothing behind it points at something: "wie lang ist der?"
        if english == "{than}":
            compared = any(self._comparing.is_comparison(piece.english) for piece in before[-_FEW:])
            english = "than" if compared else "that"
        return Piece(english, at, end, entry.kind, behind=entry.behind)

    def _named(self, at: int, end: int, *, quoted: bool = False) -> Piece:
        """Return a name or title as written, or as the catalogue writes it where that is known."""
        known = self._glossary.entry([word.norm for word in self._words[at:end]])
        translated = known is not None and known.kind == "proper"
        english = known.english if known is not None and translated else self._proper.written(at, end)
        return Piece(english, at, end, "proper", quoted=quoted)

    def _word(self, at: int, high: int, before: list[Piece]) -> Piece:
        """Return the piece of a word that no wording explains."""
        word = self._words[at]
        if word.norm in self._glossary.pack.by:
            return Piece("by" if self._proper.is_person(at + 1, high) else "of", at, at + 1, "plain")
        parts = self._glossary.parts(word.norm)
        if parts:
            english = " ".join(part.english for part in parts)
            return Piece(english, at, at + 1, "catalog")
        slip = None if self._proper.is_known(at) else self._glossary.misspelt(word.norm)
        if slip is not None:
            return Piece(slip.english, at, at + 1, "catalog")
        titled = word.capital and self._proper.is_title(word.text)
        english = self._proper.unknown(at, before[-1].english if before else "")
        return Piece(english, at, at + 1, "proper" if titled else "unknown")
