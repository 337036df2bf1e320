"""Bring chat spelling and slips in small words to the words meant, so that every rule sees them: "smth", "teh", "waht".

Only closed classes are corrected: function words, words for an item, and the schema's own words for facts and
comparisons. Names, titles and categories have tolerance of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz.distance import OSA

from .scan import Scan
from .text import Token, singular
from .vocabulary import Vocabulary
from .words import DECADE_WORDS, HARDENERS, NEGATORS, NUMBER_WORDS, ORDINALS, SOFTENERS, STOP, TALK

_CHAT = {
    "smth": "something", "sth": "something", "sumthing": "something", "somethin": "something", "nothin": "nothing",
    "anythin": "anything", "plz": "please", "pls": "please", "plss": "please", "plzz": "please", "u": "you",
    "ur": "your", "r": "are", "cuz": "because", "cos": "because", "coz": "because", "bc": "because", "tho": "though",
    "thru": "through", "fav": "favourite", "fave": "favourite", "favs": "favourites", "faves": "favourites",
    "w": "with", "n": "and", "nd": "and", "dat": "that", "wich": "which", "wat": "what", "wut": "what", "abt": "about",
    "tmrw": "tomorrow", "2nite": "tonight", "tonite": "tonight", "havnt": "havent", "dosnt": "doesnt", "ppl": "people",
    "wana": "wanna",
}  # fmt: skip
"""Spellings of chats, each one word for one word."""
_RIGHT = frozenset(
    {*TALK, *NUMBER_WORDS, *ORDINALS, *DECADE_WORDS}
    | {word for phrase in (*NEGATORS, *HARDENERS, *SOFTENERS) for word in phrase}
)
"""Words that the rules know in just this form."""
_BEFORE_THAN = tuple((word,) for word in "less more longer shorter older newer fewer later earlier better".split())
"""Words behind which "then" is "than"."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
"""A letter that somebody leans on: "plssss", "sooo"."""
_ASKING = (("how",), ("what",), ("which",))
_SHORTEST = 3
_LONG = 5
"""From so many letters on any one slip is forgiven; in a shorter word only two letters that changed places."""


class Speller:
    """Correct the small words of a message."""

    def __init__(
        self, vocabulary: Vocabulary, words: Collection[str], compared: Collection[str], kinds: Collection[str]
    ) -> None:
        """Take the catalogue's words, which are right as they stand, and the words to correct to beside plain English.

        Args:
            vocabulary: the words of the catalogue and of the language.
            words: single words of the schema's wordings for items and facts.
            compared: single words of its wordings for comparisons: "shorter", "newer".
            kinds: single words for kinds of items, which are right, but have a tolerance of their own.
        """
        self._vocabulary = vocabulary
        self._kinds = frozenset(kinds)
        self._compared = frozenset(compared)
        self._words = frozenset(words) | self._compared
        self._meant = sorted({word for word in (*STOP, *self._words) if len(word) >= _SHORTEST and word.isalpha()})

    def correct(self, scan: Scan) -> None:
        """Set the comparable form of each misspelt word to that of the word meant; the text stays as typed."""
        for at, token in enumerate(scan.tokens):
            than = token.norm == "then" and scan.norms(at - 1, at)[:1] in _BEFORE_THAN
            following = scan.tokens[at + 1].norm if at + 1 < len(scan.tokens) else ""
            phrase = "than" if than else self._in_phrase(token.norm, following)
            ordinal = at > 0 and scan.tokens[at - 1].is_number and scan.tokens[at - 1].end == token.start
            asked = token.possessive and scan.norms(at - 1, at) in _ASKING  # "how long's the first?"
            phrase = token.norm.removesuffix("s") if asked else phrase
            meant = phrase or (None if ordinal else self._word(token, first=at == 0))
            if meant is not None:
                scan.reword(at, meant)

    def corrected(self, scan: Scan) -> str:
        """Return the text with the words of ``scan`` that were corrected put in."""
        parts, last = [], 0
        for token in scan.tokens:
            plain = token.norm == "".join(ch for ch in token.text.lower() if ch not in "'’‘")
            parts += [scan.text[last : token.start], token.text if plain or not token.text.isascii() else token.norm]
            last = token.end
        return "".join((*parts, scan.text[last:]))

    def _word(self, token: Token, *, first: bool) -> str | None:
        """Return the word meant by a token, or None when it is right or nobody knows what is meant."""
        norm = token.norm
        if plain := self._without_stress(norm):
            return _CHAT.get(plain, plain)
        if not norm.isalpha() or (token.capital and not first) or norm in STOP or norm in self._words:
            return None
        if norm in _CHAT:
            return _CHAT[norm]
        if (
            len(norm) < _SHORTEST
            or norm in _RIGHT
            or singular(norm) in self._words | self._kinds
            or self._is_right(norm)
        ):
            return None
        near = [word for word in self._meant if _is_slip(norm, word)]
        if self._vocabulary.is_english(norm):
            # "Shorer" could come from "shore", but is sooner "shorter"; "seem" is no slip of "seen".
            near = [word for word in near if word in self._compared and norm.endswith("er") and word.endswith("er")]
        return near[0] if len(near) == 1 else next((word for word in near if sorted(word) == sorted(norm)), None)

    def _without_stress(self, norm: str) -> str | None:
        """Return a word whose letters are drawn out as it is written: "plssss" as "pls", "coool" as "cool"."""
        if not _DRAWN_OUT.search(norm) or self._is_right(norm):
            return None
        forms = (_DRAWN_OUT.sub(r"\1\1", norm), _DRAWN_OUT.sub(r"\1", norm))
        known = (form for form in forms if form in STOP or form in _CHAT or form in _RIGHT or self._is_right(form))
        return next(known, next((form for form in forms if self._vocabulary.is_english(form)), None))

    def _in_phrase(self, norm: str, following: str) -> str | None:
        """Return the first word meant of a phrase that the catalogue knows: "sience fiction" has nothing of "since"."""
        if len(norm) < _LONG or norm in STOP or self._vocabulary.is_english(norm):
            return None
        near = [word for word in self._vocabulary.openings(following) if _is_slip(norm, word)]
        return near[0] if len(near) == 1 else None

    def _is_right(self, norm: str) -> bool:
        """Whether the catalogue or the language has the word in this form, or a person is called so."""
        known = self._vocabulary
        named = known.surname(norm) or known.known_by(norm)
        return bool(known.is_listed(norm) or known.is_everyday(norm) or known.senses((norm,)) or named)


def _is_slip(word: str, meant: str) -> bool:
    """Whether two letters changed places or, in a longer word, one was missed, added or mistyped."""
    if abs(len(word) - len(meant)) > 1:
        return False
    swapped = len(word) == len(meant) and sorted(word) == sorted(meant) and word[0] in meant[:2]
    return (swapped or min(len(word), len(meant)) >= _LONG) and OSA.distance(word, meant, score_cutoff=1) <= 1
