"""Cut text into words and compare words; knows nothing of catalogues."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[^\W\d_]*|['’]s\b|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*|\S")
_APOSTROPHES = frozenset("'’‘")
"""Alone they end a plural possessive or quote; neither claims anything."""
_INFLECTIONS = frozenset({"", "s", "es", "d", "ed", "ing", "e", "y", "ies", "ied", "ying"})
_STEMMER = snowballstemmer.stemmer("english")


class Token(NamedTuple):
    """One word, number or punctuation mark with its place in the text."""

    text: str
    norm: str
    """Without case and accents."""
    start: int
    end: int
    joined: bool
    """Whether it follows the previous token without a space, as after a hyphen or before ``'s``."""

    @property
    def word(self) -> bool:
        """Whether this is a word or a number, not punctuation."""
        return self.norm[:1].isalnum()

    @property
    def capital(self) -> bool:
        """Whether it starts with a capital letter."""
        return self.text[:1].isupper()


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return the text without case and accents, with plain apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut text into tokens in order; hyphenated words come apart, hyphens stay as tokens."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        if match.group() in _APOSTROPHES:
            continue
        joined = bool(tokens) and tokens[-1].end == match.start()
        tokens.append(Token(match.group(), fold(match.group()), match.start(), match.end(), joined))
    return tuple(tokens)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words and numbers of a text, punctuation and possessive endings left out."""
    return tuple(token.norm for token in tokenize(text) if token.word)


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


def _inflection(ending: str) -> bool:
    doubled = len(ending) > 2 and ending[1:] in ("ing", "ed") and ending[0] not in "aeiou"
    return ending in _INFLECTIONS or doubled


@lru_cache(maxsize=65536)
def same_word(one: str, other: str) -> bool:
    """Tell whether two folded words are forms of one word: ``plans`` and ``planning``, not ``music`` and ``musical``.

    Derivations change the claim (a musical is not any film with music), so only plural, tense and the like may differ.
    """
    if one == other:
        return True
    if one[:1] != other[:1] or _stem(one) != _stem(other):
        return False
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return _inflection(one[shared:]) and _inflection(other[shared:])


def same_words(phrase: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    """Compare two word sequences of equal length word by word."""
    return len(phrase) == len(tokens) and all(same_word(a, b) for a, b in zip(phrase, tokens, strict=True))
