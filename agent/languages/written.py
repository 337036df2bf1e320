"""Write the pieces of a message as English, and remember which words of it each stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .pieces import Piece
from .tokens import Word


@dataclass(frozen=True)
class Pivot:
    """A message in English wordings, with the place in the original that each stands for."""

    source: str
    text: str
    spans: tuple[tuple[int, int, int, int], ...]
    """(start, end) in ``text`` and (start, end) in ``source``."""
    unknown: frozenset[str] = frozenset()
    """Words written small that no wording explains, as written."""

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


def written(message: str, words: Sequence[Word], pieces: Sequence[Piece]) -> Pivot:
    """Return the pieces in a row, with the marks that stand between their words."""
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
    unknown = frozenset(piece.english for piece in pieces if piece.kind == "unknown" and piece.english.islower())
    return Pivot(message, (text + _marks(tail).rstrip()), tuple(spans), unknown)


def _continued(text: str, words: Sequence[Word], last: Piece | None, piece: Piece) -> str:
    """Return the text up to a piece, with the marks before it."""
    if last is None:
        return text + _marks(words[piece.start].sep).lstrip() if piece.start == 0 else text
    between = " "
    if piece.mark:
        between = _marks(piece.mark) or " "
    elif piece.start == last.end:
        sep = words[piece.start].sep
        untouched = last.kind == piece.kind == "unknown"
        between = sep if untouched and not sep.strip(" -'’.") else _marks(sep) or " "
    if between.isspace() and (not text or text[-1].isspace()):
        return text
    return text.rstrip() + between if between[:1] in (",", ".", ";", ":", "!", "?") else text + between


_PLAIN = str.maketrans("，、；：。！？（）…", ",,;:.!?().")


def _marks(sep: str) -> str:
    """Return the marks of a separator as English has them; quotation marks are written with what they hold."""
    kept = [mark for mark in sep.translate(_PLAIN) if mark in ",.;:!?+*/%$€£&#()\n"]
    return "".join(f"{mark} " if mark in ",.;:!?\n)" else f" {mark}" if mark in "(#$€£" else mark for mark in kept)
