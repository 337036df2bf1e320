"""Find titles by the year in brackets behind them, "Avengers: Infinity War (2018)", whether or not they are held.

A year in brackets proves that a title stands before it. Without this, the beginning of an absent title is taken for a
shorter one, its words for categories, and its year for a condition.
"""

from __future__ import annotations

from .scan import Mention, Scan
from .vocabulary import Vocabulary
from .words import CONNECTORS

_JOINING = frozenset("of the and a an in to for on at with from by vs or".split())
"""Small words inside a title."""
_MARKS = frozenset(":–—-&'’/ ")
"""Marks inside a title."""
_SHORT = 3
"""A word of so few letters may be cut short by a full stop inside a title: "Mr.", "Vol."."""
_SPEAKING = frozenset("i ive im we you my".split())
"""Words with a capital that only begin a sentence."""


def find_dated(scan: Scan, vocabulary: Vocabulary, dated: dict[int, list[Mention]]) -> None:
    """Add a mention for each title with its year in brackets.

    Args:
        scan: the message; nothing in it is taken yet.
        vocabulary: the catalogue's words.
        dated: year token -> the catalogue's titles that end before it and are from that year, longest first.
    """
    for at, found in dated.items():
        if not scan.free(at, at + 1):
            continue
        if found:
            scan.add(found[0])
            continue
        start = _start(scan, vocabulary, at)
        if start < at:
            scan.add(Mention(start=start, end=at + 1, kind="missing", value=scan.quote(start, at)))


def years_in_brackets(scan: Scan) -> list[int]:
    """Return the tokens that are a year in brackets behind a word."""
    return [
        at
        for at, token in enumerate(scan.tokens)
        if at and "(" in token.sep and token.norm.isdigit() and len(token.norm) == 4 and token.norm[:2] in ("19", "20")
    ]


def _start(scan: Scan, vocabulary: Vocabulary, at: int) -> int:
    """Return where the capitalised run before the year at ``at`` begins; ``at`` where there is none."""
    low = at
    while low > 0 and not scan.taken[low - 1] and _inside(scan, low, at):
        if scan.tokens[low - 1].norm in CONNECTORS and vocabulary.title_ids(scan.norms(low - 2, low - 1)):
            break  # "Heat and Ronin (1998)" are two
        low -= 1
    while low < at and (not scan.tokens[low].capital or (low + 1 < at and scan.tokens[low].norm in _SPEAKING)):
        low += 1
    written = any(token.text[0].isalpha() and token.capital for token in scan.tokens[low:at])
    return low if written else at


def _inside(scan: Scan, low: int, year: int) -> bool:
    """Whether the word before token ``low`` belongs to the same title as that token."""
    before, sep = scan.tokens[low - 1], scan.tokens[low].sep
    plain = set(sep) <= _MARKS or (sep == "." and before.capital and len(before.text) <= _SHORT)
    return (low == year or plain) and (before.capital or before.norm in _JOINING)
