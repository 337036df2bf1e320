"""Cut a message into words with their places, and bring words to a comparable form."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from retrieval.types import Value

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’‘][^\W\d_]+)*")
_APOSTROPHES = str.maketrans("", "", "'’‘")
_CLAUSE_END = frozenset(".!?;\n")


class Token(Value):
    """One word of a message; what follows from it is kept, as matchers ask for it thousands of times a message."""

    text: str
    """As written."""
    norm: str
    """Comparable form: lower case, no accents, no apostrophes."""
    start: int
    """Offset of the first character in the message."""
    end: int
    """Offset behind the last character."""
    sep: str
    """What stands between the word before and this one, spaces removed."""
    tail: str = ""
    """What stands between this word and the next one or the end, spaces removed."""

    @cached_property
    def capital(self) -> bool:
        """Whether the word is written with a capital or is a number."""
        return self.text[0].isupper() or self.text[0].isdigit()

    @cached_property
    def possessive(self) -> bool:
        """Whether the word is written with 's or a final apostrophe."""
        return self.text.lower().replace("’", "'").endswith("'s")

    @cached_property
    def starts_clause(self) -> bool:
        """Whether a sentence mark stands before the word."""
        return any(mark in _CLAUSE_END for mark in self.sep)

    @cached_property
    def is_number(self) -> bool:
        """Whether the word is written in digits."""
        return self.text[0].isdigit()


def fold(text: str) -> str:
    """Return lower case without accents and apostrophes."""
    lowered = text.lower().translate(_APOSTROPHES)
    if lowered.isascii():
        return lowered
    plain = unicodedata.normalize("NFD", lowered)
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens; punctuation is kept in ``sep`` and ``tail``."""
    found = list(_WORD.finditer(text))
    edges = [0, *(edge for match in found for edge in match.span()), len(text)]
    between = ["".join(text[edges[at] : edges[at + 1]].split(" ")) for at in range(0, len(edges), 2)]
    return [
        Token(
            text=match[0],
            norm=fold(match[0]),
            start=match.start(),
            end=match.end(),
            sep=between[place],
            tail=between[place + 1],
        )
        for place, match in enumerate(found)
    ]


def words(text: str) -> tuple[str, ...]:
    """Return the comparable words of a phrase, for looking it up."""
    return tuple(_WORD.findall(fold(text)))


def singular(word: str) -> str:
    """Return the likely singular of an English plural, or the word itself."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def plural(word: str) -> str:
    """Return the regular plural of an English noun."""
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def slice_text(message: str, tokens: list[Token], start: int, end: int) -> str:
    """Return the exact words of the message from token ``start`` up to, not including, token ``end``."""
    if start >= end:
        return ""
    return message[tokens[start].start : tokens[end - 1].end]
