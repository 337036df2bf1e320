"""Turn a message into English wordings that the English rules read, and remember which words stand for which.

Nothing is translated for people to read: the English is as rough as the rules allow. What no wording explains, above
all names and titles, stays as it was written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .arrange import arrange
from .comparing import Comparing
from .glossary import Frame, Glossary
from .pieces import Piece
from .tokens import Word, cut, is_han, is_joined

_SLOT = re.compile(r"(\{[a-z:]+\})")
_LONGEST_GAP = 7
"""Most words that ``{x}`` stands for; twice as many characters where words are not spaced."""
_LONGEST_PROPER = 8
_OPENING = '"“«《「『〈„'
_CLOSING = '"”»》」』〉“'
_FEW = 3


class Names(Protocol):
    """What the catalogue knows by name."""

    def is_title(self, words: tuple[str, ...]) -> bool:
        """Whether an item is called so."""

    def is_name(self, words: tuple[str, ...]) -> bool:
        """Whether a person, a place or a company is called so, last names alone included."""


@dataclass(frozen=True)
class Pivot:
    """A message in English wordings, with the place in the original that each stands for."""

    source: str
    text: str
    spans: tuple[tuple[int, int, int, int], ...]
    """(start, end) in ``text`` and (start, end) in ``source``."""

    def original(self, words: str) -> str:
        """Return the user's own words for words of ``text``; the whole message when they do not stand there."""
        at = self.text.find(words) if words else -1
        if at < 0:
            return self.source.strip()
        low, high = at, at + len(words)
        held = [(start, end) for first, last, start, end in self.spans if first < high and last > low and end > start]
        if not held:
            return self.source.strip()
        return self.source[min(start for start, _ in held) : max(end for _, end in held)]


@dataclass
class _Match:
    """What a frame's slots stand for."""

    end: int
    slots: dict[str, list[str | list[Piece]]] = field(default_factory=dict)
    """Slot -> what it stands for, one entry for each time that it occurs."""


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
        pieces = arrange(self._pieces(words, 0, len(words), plain), words)
        return _written(message, words, pieces)

    def _pieces(self, words: Sequence[Word], low: int, high: int, text: str) -> list[Piece]:
        pieces: list[Piece] = []
        at = low
        while at < high:
            found = self._next(words, at, high, text, pieces)
            pieces += found
            at = max(piece.end for piece in found)
        return pieces

    def _next(self, words: Sequence[Word], at: int, high: int, text: str, before: list[Piece]) -> list[Piece]:
        """Return the pieces for what begins at word ``at``; there is always at least one."""
        quoted = _quoted_end(words, at, high, text)
        if quoted:
            return [self._proper(words, at, quoted, text, quoted=True)]
        phrase = self._glossary.longest(words, at, high)
        framed = self._framed(words, at, high, text)
        named = self._named_end(words, at, high)
        longest = max(phrase[1] if phrase else 0, framed[0] if framed else 0)
        if named and named >= longest:
            return [self._proper(words, at, named, text)]
        if framed and framed[0] > (phrase[1] if phrase else 0):
            return framed[1]
        number = self._glossary.number(words, at, high)
        if number and number[1] > longest:
            return [Piece(number[0], at, number[1], "number")]
        if phrase:
            return self._phrase(words, at, phrase[1], before)
        if words[at].norm in self._glossary.pack.by:
            return [Piece("by" if self._is_person(words, at + 1, high) else "of", at, at + 1, "plain")]
        parts = self._glossary.parts(words[at].norm)
        if parts:
            first, last = parts
            kind: Literal["catalog"] = "catalog"
            return [Piece(f"{first.english} {last.english}".strip(), at, at + 1, kind)]
        return [Piece(self._unknown(words, at, before), at, at + 1, "unknown")]

    def _phrase(self, words: Sequence[Word], at: int, end: int, before: list[Piece]) -> list[Piece]:
        entry = self._glossary.entry([word.norm for word in words[at:end]])
        assert entry is not None  # the caller found it
        adjective = self._glossary.before_noun(words, at) if end == at + 1 else None
        entry = adjective or entry
        english = entry.english
        if entry.kind == "proper" and self._names.is_title(tuple(english.lower().split())):
            english = f'"{english}"'
        if english == "{than}":
            compared = before and any(self._comparing.is_comparison(piece.english) for piece in before[-_FEW:])
            english = "than" if compared else "that"
        kind: Literal["plain", "catalog", "proper", "question"] = entry.kind
        return [Piece(english, at, end, kind, behind=entry.behind)]

    def _proper(self, words: Sequence[Word], at: int, end: int, text: str, *, quoted: bool = False) -> Piece:
        """Return a name or title as written, or as the catalogue writes it where that is known."""
        written = text[words[at].start : words[end - 1].end]
        known = self._glossary.entry([word.norm for word in words[at:end]])
        translated = known is not None and known.kind == "proper"
        return Piece(known.english if known and translated else written, at, end, "proper", quoted=quoted)

    def _named_end(self, words: Sequence[Word], at: int, high: int) -> int:
        """Return the end of a name or title of the catalogue that begins at ``at``, 0 where none is meant."""
        end = at + 1
        while end < min(high, at + _LONGEST_PROPER) and not words[end].ends_clause_before:
            end += 1
        for stop in range(end, at, -1):
            span = words[at:stop]
            norms = tuple(word.plain for word in span)
            if stop - at == 1 and (self._glossary.entry([span[0].norm]) is None or not self._is_named_alone(words, at)):
                continue
            if (self._names.is_title(norms) and self._is_meant(span, at)) or self._is_capital_name(span, norms):
                return stop
        return 0

    def _is_named_alone(self, words: Sequence[Word], at: int) -> bool:
        """Whether one capitalised word that also means something else is a name here: "von Lang"."""
        return at > 0 and words[at].capital and words[at - 1].norm in self._glossary.pack.by

    def _is_meant(self, span: Sequence[Word], at: int) -> bool:
        """Whether the words of a title are hardly words of the language here: capitals, or one that is unknown."""
        if len(span) == 1:
            return False
        unknown = [word for word in span if not word.norm.isdigit() and self._glossary.entry([word.norm]) is None]
        capitals = [word for word in span if word.capital]
        return len(unknown) == len(span) or bool(unknown and capitals) or len(capitals) >= (2 if at else len(span))

    def _is_capital_name(self, span: Sequence[Word], norms: tuple[str, ...]) -> bool:
        small = [word for word in span if not word.capital]
        if not span[0].capital and len(span) > 1 and norms[0] in self._glossary.pack.by:
            return False
        unknown = len(span) > 1 and all(self._glossary.entry([word.norm]) is None for word in span)
        return (unknown or len(small) * 2 < len(span) or len(small) <= 1 < len(span)) and self._names.is_name(norms)

    def _is_person(self, words: Sequence[Word], at: int, high: int) -> bool:
        """Whether a person's name seems to stand at ``at``: a name of the catalogue, or capitals nothing explains."""
        if at >= high or not is_joined(words[at]) or words[at].norm[0].isdigit():
            return False
        if self._named_end(words, at, high):
            return True
        found = self._glossary.longest(words, at, high)
        if found:
            return found[0].kind == "proper" and not self._names.is_title(tuple(found[0].english.lower().split()))
        return (words[at].capital and not self._glossary.pack.joins) or self._names.is_name((words[at].plain,))

    def _unknown(self, words: Sequence[Word], at: int, before: list[Piece]) -> str:
        """Return an unknown word as written; where all nouns have capitals, one alone is no sign of a name."""
        word = words[at]
        if not self._glossary.pack.joins or not word.capital or self._names.is_name((word.plain,)):
            return word.text
        if self._names.is_title((word.plain,)) or (before and before[-1].english in ("like", "by", "similar to")):
            return word.text
        beside = [words[place] for place in (at - 1, at + 1) if 0 <= place < len(words)]
        if any(other.capital and self._glossary.entry([other.norm]) is None for other in beside):
            return word.text
        return word.text.lower()

    # --- frames

    def _framed(self, words: Sequence[Word], at: int, high: int, text: str) -> tuple[int, list[Piece]] | None:
        """Return the frame that explains the most words from ``at``: its end and its pieces."""
        best: tuple[int, int, Frame, _Match] | None = None
        for frame in self._glossary.openings(words[at].norm):
            for match in self._match(frame.parts, words, at, high, text):
                rank = (match.end, len(frame.parts))
                if best is None or rank > best[:2]:
                    best = (*rank, frame, match)
        if best is None:
            return None
        end, _, frame, match = best
        return end, self._filled(frame, match, at, end)

    def _match(self, parts: Sequence[str], words: Sequence[Word], at: int, high: int, text: str) -> Iterator[_Match]:
        """Yield the ways in which a frame fits the words from ``at``."""
        if not parts:
            yield _Match(at)
            return
        part, rest = parts[0], parts[1:]
        if at >= high:
            return
        for end, value in self._fill(part, words, at, high, text):
            if end < high and rest and not is_joined(words[end]):
                continue
            for match in self._match(rest, words, end, high, text):
                if part.startswith("{"):
                    match.slots.setdefault(part, []).insert(0, value)
                yield match

    def _fill(
        self, part: str, words: Sequence[Word], at: int, high: int, text: str
    ) -> Iterator[tuple[int, str | list[Piece]]]:
        if not part.startswith("{"):
            if words[at].norm == part:
                yield at + 1, ""
            return
        if part == "{a}":
            for entry, end in self._glossary.prefixes(words, at, high):
                yield end, entry.english
        elif part == "{x}":
            widest = _LONGEST_GAP * (2 if is_han(words[at].text) else 1)
            for end in range(at + 1, min(high, at + widest) + 1):
                if end > at + 1 and words[end - 1].ends_clause_before:
                    return
                yield end, self._pieces(words, at, end, text)
        else:
            number = self._glossary.number(words, at, high)
            if part == "{q}":
                yield from self._quantities(words, at, high, text)
            if number is not None:
                yield number[1], number[0]

    def _quantities(
        self, words: Sequence[Word], at: int, high: int, text: str
    ) -> Iterator[tuple[int, str | list[Piece]]]:
        for frame in self._glossary.openings(words[at].norm):
            if frame.quantity:
                for match in self._match(frame.parts, words, at, high, text):
                    yield match.end, " ".join(piece.english for piece in self._filled(frame, match, at, match.end))

    def _filled(self, frame: Frame, match: _Match, at: int, end: int) -> list[Piece]:
        """Return a frame's English with its slots filled in."""
        pieces: list[Piece] = []
        kind: Literal["number", "catalog", "plain"] = "plain"
        if {"{n}", "{q}", "{a}"} & set(frame.parts):
            kind = "catalog" if "{a}" in frame.parts else "number"
        text = ""
        used: Counter[str] = Counter()
        for part in _SLOT.split(frame.english):
            name, _, form = part.strip("{}").partition(":")
            slot = f"{{{name}}}"
            if not part.startswith("{") or slot not in match.slots:
                text += part
                continue
            values = match.slots[slot]
            value = values[min(used[slot], len(values) - 1)]
            used[slot] += 1
            if isinstance(value, str):
                text += self._comparing.form(value, form) if form else value
                continue
            pieces += [Piece(text.strip(), at, end, kind), *value] if text.strip() else value
            text = ""
        return [*pieces, Piece(text.strip(), at, end, kind)] if text.strip() or not pieces else pieces


def _quoted_end(words: Sequence[Word], at: int, high: int, text: str) -> int:
    """Return the end of a quotation that opens before word ``at``, or 0."""
    if not words[at].sep or words[at].sep.rstrip()[-1:] not in tuple(_OPENING):
        return 0
    for end in range(at + 1, min(high, at + 2 * _LONGEST_PROPER) + 1):
        closing = words[end].sep if end < len(words) else text[words[-1].end :]
        if closing.strip()[:1] in tuple(_CLOSING):
            return end
    return 0


def _written(message: str, words: Sequence[Word], pieces: Sequence[Piece]) -> Pivot:
    """Write the pieces in a row, with the marks that stand between their words."""
    text = ""
    spans: list[tuple[int, int, int, int]] = []
    last: Piece | None = None
    for piece in pieces:
        text = _continued(text, words, last, piece)
        if piece.english:
            english = f'"{piece.english}"' if piece.quoted else piece.english
            begin = len(text) + piece.quoted
            spans.append((begin, begin + len(piece.english), words[piece.start].start, words[piece.end - 1].end))
            text += english
        last = piece
    tail = message[words[-1].end :] if words else message
    return Pivot(message, (text + _marks(tail).rstrip()), tuple(spans))


def _continued(text: str, words: Sequence[Word], last: Piece | None, piece: Piece) -> str:
    """Return the text up to a piece, with the marks before it."""
    if last is None:
        return text + _marks(words[piece.start].sep).lstrip() if piece.start == 0 else text
    if piece.start == last.end:
        sep = words[piece.start].sep
        untouched = last.kind == piece.kind == "unknown"
        between = sep if untouched and not sep.strip(" -'’.") else _marks(sep) or " "
    else:
        between = " "
    if between.isspace() and (not text or text[-1].isspace()):
        return text
    return text.rstrip() + between if between[:1] in (",", ".", ";", ":", "!", "?") else text + between


_PLAIN = str.maketrans("，、；：。！？（）…", ",,;:.!?().")


def _marks(sep: str) -> str:
    """Return the marks of a separator as English has them; quotation marks are written with what they hold."""
    kept = [mark for mark in sep.translate(_PLAIN) if mark in ",.;:!?+*/%$€£&#()\n"]
    return "".join(f"{mark} " if mark in ",.;:!?\n)" else f" {mark}" if mark in "(#$€£" else mark for mark in kept)
