"""Set a title into a column: choose the size and break the lines, from estimated widths of letters. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

_NARROW = frozenset("ijlI.,:;!'|`’‘·")
_SLIM = frozenset('ftr()[]{}-/\\"“” ')
_WIDE = frozenset("mwMW@%—…")
_SIZES = (64, 58, 52, 47, 42, 38, 34, 30, 27, 24, 21, 18)
_MAX_LINES = 5
_MAX_HEIGHT = 200
"""Pixels that the lines of a title may take together."""
LEADING = 1.12
"""Distance of lines, in sizes of the font."""


@dataclass(frozen=True)
class Setting:
    """Lines of a title and the size they are set in."""

    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> float:
        """Pixels from the top of the first line to the foot of the last."""
        return self.size * (0.76 + LEADING * (len(self.lines) - 1) + 0.22)


def set_title(title: str, width: float, wide: float = 1.0) -> Setting:
    """Return the title in the largest size that fits the width in pixels; a very long one ends with an ellipsis."""
    words = title.split()
    for size in _SIZES:
        lines = _broken(words, width, size, wide)
        if lines is not None and Setting(lines, size).height <= _MAX_HEIGHT:
            return Setting(lines, size)
    return Setting(_cut(words, width, _SIZES[-1], wide), _SIZES[-1])


def text_width(text: str, size: float, wide: float = 1.0) -> float:
    """Return about how many pixels the text takes, a little more rather than less."""
    return sum(map(_em, text)) * size * wide


def shorten(text: str, width: float, size: float, wide: float = 1.0) -> str:
    """Return the text, or as much of its beginning as fits with an ellipsis."""
    if text_width(text, size, wide) <= width:
        return text
    while text and text_width(f"{text}…", size, wide) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,.:;')}…"


def _broken(words: list[str], width: float, size: int, wide: float) -> tuple[str, ...] | None:
    """Break into the fewest lines, the most even way; None where a word is too long or the lines too many."""
    widths = [text_width(word, size, wide) for word in words]
    if max(widths, default=0.0) > width:
        return None
    space = text_width(" ", size, wide)
    # best[n]: least sum of squared gaps for the first n words, with its number of lines and the start of the last one.
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(words) + 1):
        options: list[tuple[int, float, int]] = []
        for start in range(end - 1, -1, -1):
            length = sum(widths[start:end]) + space * (end - start - 1)
            if length > width:
                break
            lines, cost, _ = best[start]
            options.append((lines + 1, cost + (width - length) ** 2, start))
        best.append(min(options))
    return _lines(words, best) if best[-1][0] <= _MAX_LINES else None


def _lines(words: list[str], best: list[tuple[int, float, int]]) -> tuple[str, ...]:
    ends = [len(words)]
    while ends[-1]:
        ends.append(best[ends[-1]][2])
    return tuple(" ".join(words[start:end]) for start, end in pairwise(reversed(ends)))


def _cut(words: list[str], width: float, size: int, wide: float) -> tuple[str, ...]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, wide) <= width:
            lines[-1] = longer
        else:
            lines.append(shorten(word, width, size, wide))
    kept = lines[:_MAX_LINES]
    if len(lines) > _MAX_LINES:
        kept[-1] = shorten(f"{kept[-1]} {lines[_MAX_LINES]}", width, size, wide)
    return tuple(kept)


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.31
    if letter in _SLIM:
        return 0.38
    if letter in _WIDE:
        return 0.94
    if ord(letter) >= 0x2E80:
        return 1.02
    return 0.76 if letter.isupper() else 0.62
