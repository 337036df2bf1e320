"""Write texts as hurried people would: typos, keys beside the right one, words left out or said otherwise. Seeded."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> Mapping[str, str]:
    near: dict[str, str] = {}
    for line, row in enumerate(ROWS):
        for at, key in enumerate(row):
            beside = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            above = ROWS[line - 1][at : at + 2] if line else ""
            below = ROWS[line + 1][max(0, at - 1) : at + 1] if line + 1 < len(ROWS) else ""
            near[key] = beside + above + below
    return near


NEIGHBOURS = _neighbours()
"""The keys beside each letter on a keyboard with the English layout."""


def typos(text: str, rng: random.Random, share: float = 0.25) -> str:
    """Swap, drop or double a letter in about a ``share`` of the words of four letters or more."""
    return _each_word(text, rng, share, _mistype)


def keyboard(text: str, rng: random.Random, share: float = 0.25) -> str:
    """Hit a key beside the right one in about a ``share`` of the words of four letters or more."""
    return _each_word(text, rng, share, _slip)


def drop_words(text: str, rng: random.Random, share: float = 0.15) -> str:
    """Leave about a ``share`` of the words out; at least one stays."""
    words = text.split()
    kept = [word for word in words if rng.random() >= share]
    return " ".join(kept or words[:1])


def reword(text: str, rng: random.Random, synonyms: Mapping[str, Sequence[str]]) -> str:
    """Say one known phrase otherwise, where the text holds one; longer phrases first."""
    for phrase in sorted(synonyms, key=lambda one: (-len(one), one)):
        at = text.lower().find(phrase.lower())
        if at >= 0 and synonyms[phrase]:
            return text[:at] + rng.choice(list(synonyms[phrase])) + text[at + len(phrase) :]
    return text


def disturb(text: str, rng: random.Random, synonyms: Mapping[str, Sequence[str]]) -> str:
    """Disturb a text in one of the ways above, chosen at random."""
    way = rng.randrange(4)
    if way == 0:
        return typos(text, rng)
    if way == 1:
        return keyboard(text, rng)
    return drop_words(text, rng) if way == 2 else reword(text, rng, synonyms)


def synonyms_of(table: Mapping[str, Mapping[str, Sequence[str]]], wordings: Sequence[int]) -> dict[str, list[str]]:
    """Return each wording's alternatives from a table of paraphrases by attribute and value.

    Args:
        table: wordings by attribute and value.
        wordings: which of them may be used; what is kept back for tests stays out.
    """
    found: dict[str, list[str]] = {}
    for values in table.values():
        for value, said in values.items():
            usable = [said[at] for at in wordings if at < len(said)]
            usable += [] if value.lstrip("-").isdigit() else [value]
            for phrase in usable:
                others = [other for other in usable if other != phrase]
                if len(phrase) > 3 and others:
                    found[phrase] = others
    return found


def _each_word(text: str, rng: random.Random, share: float, change: Callable[[str, random.Random], str]) -> str:
    words = text.split(" ")
    return " ".join(change(word, rng) if len(word) >= 4 and rng.random() < share else word for word in words)


def _mistype(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    way = rng.randrange(3)
    if way == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if way == 1 else word[:at] + word[at] + word[at:]


def _slip(word: str, rng: random.Random) -> str:
    letters = [at for at, letter in enumerate(word) if letter.lower() in NEIGHBOURS]
    if not letters:
        return word
    at = rng.choice(letters)
    key = rng.choice(NEIGHBOURS[word[at].lower()])
    return word[:at] + (key.upper() if word[at].isupper() else key) + word[at + 1 :]
