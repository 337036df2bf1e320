"""Count slips of the keyboard in real messages, roughly: rare words one slip from a common word of the same talk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from retrieval import everyday_words

from .talk import Talk, plain

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_LEAST = 4
_COMMON = 5
_TIMES = 5
"""A word so many times rarer than one that lies a slip away counts as a slip of it."""


def slip_counts(talks: Sequence[Talk]) -> list[tuple[float, float]]:
    """Return (slips, words of four letters or more) of the seeker in each dialogue.

    Tagged titles are left out, and so are words with a capital, which are mostly names. A word is a slip when it is no
    everyday word nor a form of one, and a word that is at least five times as common here lies one slip away: a letter
    more, less or other, or two that changed places. Slips that make another word or go further are missed.
    """
    words = [[w for m in talk.messages if m.seeker for w in _small(plain(m))] for talk in talks]
    counts = Counter(word for said in words for word in said)
    right = everyday_words()
    common = [word for word, count in counts.items() if count >= _COMMON]
    strange = [word for word in counts if not _known(word, right)]
    slips = {word for word in strange if any(_slip_of(word, other, counts) for other in common)}
    return [(float(sum(word in slips for word in said)), float(len(said))) for said in words]


def _small(text: str) -> list[str]:
    """Return the words of four letters or more that begin with a small letter and hold no apostrophe."""
    return [w for w in _WORD.findall(text) if len(w) >= _LEAST and w.isalpha() and w[0].islower()]


def _known(word: str, right: frozenset[str]) -> bool:
    stem = word.removesuffix("ing")
    ends = ("s", "es", "ed", "d", "er", "ly", "st", "est", "nt")
    return any(form in right for form in (word, stem, f"{stem}e", *(word.removesuffix(end) for end in ends)))


def _slip_of(word: str, other: str, counts: Counter[str]) -> bool:
    if word[0] != other[0] or abs(len(word) - len(other)) > 1 or counts[other] < _TIMES * counts[word]:
        return False
    return bool(OSA.distance(word, other, score_cutoff=1) == 1)
