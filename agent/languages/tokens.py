"""Cut a message of any of the languages into words, or characters where a language writes no spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\u3007"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|[{_HAN}]|[^\W\d_{_HAN}]+")
_HAN_LETTER = re.compile(f"[{_HAN}]")
_KANA = re.compile("[\u3040-\u30ff]")
_WRITTEN_TOGETHER = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae"})
_APOSTROPHES = "'’‘ʼ`´"


@dataclass(frozen=True)
class Word:
    """One word of a message, or one Chinese character."""

    text: str
    """As written."""
    norm: str
    """Comparable form: lower case, full-width signs made plain, no accents but those the language minds."""
    plain: str
    """The same with no accents at all, as names and titles are compared."""
    start: int
    """Offset of the first character in the message."""
    end: int
    """Offset behind the last character."""
    sep: str
    """What stands between the word before and this one, as written."""

    @property
    def capital(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def ends_clause_before(self) -> bool:
        """Whether a mark before the word ends a sentence or a part of it."""
        return any(mark in ".!?;:,\n。！？；：，、…" for mark in self.sep)

    @property
    def ends_sentence_before(self) -> bool:
        """Whether a mark before the word ends a sentence."""
        return any(mark in ".!?;\n。！？；…" for mark in self.sep)


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents, with full-width letters and digits made plain."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.lower().translate(_WRITTEN_TOGETHER))
    return unicodedata.normalize("NFC", "".join(ch for ch in plain if not unicodedata.combining(ch)))


def is_han(text: str) -> bool:
    """Whether ``text`` holds a Chinese character."""
    return _HAN_LETTER.search(text) is not None


def has_kana(text: str) -> bool:
    """Whether ``text`` holds a Japanese syllable sign, so that its Chinese characters are Japanese."""
    return _KANA.search(text) is not None


def cut(message: str, spelled: Mapping[str, str] = MappingProxyType({})) -> list[Word]:
    """Return the words of ``message`` in order; ``spelled`` says how letters are typed that the language minds."""
    typed = str.maketrans({**spelled, **{letter.upper(): other for letter, other in spelled.items()}})
    found: list[Word] = []
    last = 0
    for match in _TOKEN.finditer(message):
        between = message[last : match.start()]
        if _is_ordinal(found, between, match[0]):
            between = between[1:]
        plain = fold(match[0])
        norm = fold(match[0].translate(typed)) if spelled else plain
        found.append(Word(match[0], norm, plain, match.start(), match.end(), between))
        last = match.end()
    return found


def _is_ordinal(found: Sequence[Word], between: str, following: str) -> bool:
    """Whether the dot behind a digit makes it an ordinal, as German has them ("der 2. ist"), and ends no sentence."""
    behind = found[-1].norm if found else ""
    return len(behind) == 1 and behind.isdigit() and between == ". " and following[0].islower()


def is_joined(word: Word) -> bool:
    """Whether nothing but spaces, a hyphen or an apostrophe stands before a word, so that a phrase may go on."""
    return not word.sep.strip(" \t\u3000-·・" + _APOSTROPHES)


def is_elided(words: Sequence[Word], at: int) -> bool:
    """Whether a word lost its last letter before the next one, as in "d'accord"."""
    return at + 1 < len(words) and words[at + 1].sep in tuple(_APOSTROPHES)


def key(phrase: str, spelled: Mapping[str, str] = MappingProxyType({})) -> tuple[str, ...]:
    """Return the comparable words of a phrase, for looking it up."""
    return tuple(word.norm for word in cut(phrase, spelled))


def stem(word: str, endings: Collection[str]) -> str:
    """Return ``word`` without the longest of ``endings`` that leaves at least three letters."""
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
