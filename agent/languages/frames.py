"""Read wordings with gaps: "moins {a}", "{n} heures et demie", "比{x}{a}"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .comparing import Comparing
from .glossary import Frame, Glossary
from .pieces import Piece
from .tokens import Word, is_han, is_joined

_SLOT = re.compile(r"(\{[a-z:]+\})")
_LONGEST_GAP = 7
"""Most words that ``{x}`` stands for; twice as many characters where words are not spaced."""

Filling = str | tuple[int, int]
"""What a slot stands for: an English wording, or the words from one place up to another, which are read only once the
frame is chosen."""


@dataclass
class _Match:
    """One way in which a frame fits."""

    end: int
    slots: dict[str, list[Filling]] = field(default_factory=dict)
    """Slot -> what it stands for, one entry for each time that it occurs."""


class FrameReader:
    """Find the frames of one language in one message."""

    def __init__(
        self,
        glossary: Glossary,
        comparing: Comparing,
        words: Sequence[Word],
        pieces: Callable[[int, int], list[Piece]],
    ) -> None:
        """Look into ``words``; ``pieces`` reads the words in a gap."""
        self._glossary = glossary
        self._comparing = comparing
        self._words = words
        self._pieces = pieces
        self._in_gap = False

    def longest(self, at: int, high: int) -> list[Piece]:
        """Return the pieces of the frame that explains the most words from ``at``; the last one ends where it ends."""
        best: tuple[int, int, Frame, _Match] | None = None
        for frame in self._glossary.openings(self._words[at].norm):
            if self._in_gap and "{x}" in frame.parts:
                continue  # gaps do not nest, so that the time stays in proportion to the words
            for match in self._matches(frame.parts, at, high):
                rank = (match.end, len(frame.parts))
                if best is None or rank > best[:2]:
                    best = (*rank, frame, match)
        return self._filled(best[2], best[3], at) if best else []

    def _matches(self, parts: Sequence[str], at: int, high: int) -> Iterator[_Match]:
        """Yield the ways in which a frame fits the words from ``at``."""
        if not parts:
            yield _Match(at)
            return
        if at >= high:
            return
        part, rest = parts[0], parts[1:]
        for end, value in self._fillings(part, at, high):
            if rest and (end >= high or not is_joined(self._words[end])):
                continue
            for match in self._matches(rest, end, high):
                if part.startswith("{"):
                    match.slots.setdefault(part, []).insert(0, value)
                yield match

    def _fillings(self, part: str, at: int, high: int) -> Iterator[tuple[int, Filling]]:
        """Yield where a part that begins at ``at`` may end, and what it then stands for."""
        if not part.startswith("{"):
            if self._words[at].norm == part:
                yield at + 1, ""
        elif part == "{a}":
            for entry, end in self._glossary.prefixes(self._words, at, high):
                yield end, entry.english
        elif part == "{x}":
            yield from self._gaps(at, high)
        else:
            if part == "{q}":
                yield from self._quantities(at, high)
            number = self._glossary.number(self._words, at, high)
            if number is not None:
                yield number[1], number[0]

    def _gaps(self, at: int, high: int) -> Iterator[tuple[int, Filling]]:
        widest = _LONGEST_GAP * (2 if is_han(self._words[at].text) else 1)
        for end in range(at + 1, min(high, at + widest) + 1):
            if end > at + 1 and self._words[end - 1].ends_clause_before:
                return
            yield end, (at, end)

    def _quantities(self, at: int, high: int) -> Iterator[tuple[int, Filling]]:
        for frame in self._glossary.openings(self._words[at].norm):
            if frame.quantity:
                for match in self._matches(frame.parts, at, high):
                    yield match.end, " ".join(piece.english for piece in self._filled(frame, match, at))

    def _filled(self, frame: Frame, match: _Match, at: int) -> list[Piece]:
        """Return a frame's English with its slots filled in."""
        pieces: list[Piece] = []
        kind: Literal["number", "catalog", "plain", "question"] = "plain"
        if {"{n}", "{q}", "{a}"} & set(frame.parts):
            kind = "catalog" if "{a}" in frame.parts else "number"
        if frame.english.startswith("which "):
            kind = "question"
        text = ""
        used: Counter[str] = Counter()
        for part in _SLOT.split(frame.english):
            name, _, form = part.strip("{}").partition(":")
            slot = f"{{{name}}}"
            if slot not in match.slots or not part.startswith("{"):
                text += part
                continue
            values = match.slots[slot]
            value = values[min(used[slot], len(values) - 1)]
            used[slot] += 1
            if isinstance(value, str):
                text += self._comparing.form(value, form) if form else value
                continue
            pieces += [Piece(text.strip(), at, match.end, kind)] if text.strip() else []
            self._in_gap = True
            pieces += self._pieces(*value)
            self._in_gap = False
            text = ""
        if text.strip() or not pieces or pieces[-1].end < match.end:
            pieces.append(Piece(text.strip(), at, match.end, kind))
        return pieces
