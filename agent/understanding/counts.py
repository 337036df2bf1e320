"""Read how many items a message asks for: "show me three", "top 5", "five French films", "play two of those"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .openers import ends_in_question
from .scan import Scan
from .text import singular
from .words import NUMBER_WORDS

COUNT_WORDS = {**{word: number for word, number in NUMBER_WORDS.items() if 0 < number <= 20}, "couple": 2}
LIST_WORDS = frozenset(
    "suggestions suggestion recommendations recommendation options option picks pick ideas idea choices results".split()
)
_MOST_ITEMS = 20
_ASKING_FOR = tuple((word,) for word in "me top just best only list find name suggest recommend".split())
"""Words before a number that make it how many items are wanted."""
_NEEDING = tuple((word,) for word in "need want require take".split())
_SUFFICES = (("will", "do"), ("is", "enough"), ("are", "enough"), ("is", "plenty"), ("would", "do"))
"""Words behind a number that make it how many items are wanted."""
_POINTED = (("those",), ("these",), ("them",))
_LIMITING = (("just",), ("only",))
_HANDING = frozenset("play give show get send want take need pick put recommend suggest find".split())
"""Verbs by which items are asked for."""


def requested_count(scan: Scan, nouns: Collection[str], kinds: Collection[str]) -> int | None:
    """Return how many items are asked for, None where the message does not say, and take the number's token.

    Args:
        scan: the message.
        nouns: words for an item of the catalogue.
        kinds: singular words for kinds of items: "comedy", "western".
    """
    for at, token in enumerate(scan.tokens):
        number = int(token.norm) if token.norm.isdigit() and len(token.norm) < 3 else COUNT_WORDS.get(token.norm, 0)
        if not 0 < number <= _MOST_ITEMS or scan.taken[at] or token.sep == "-":
            continue
        before, after = scan.norms(at - 1, at), scan.norms(at + 1, at + 5)
        asked = before in _ASKING_FOR or scan.norms(at - 2, at) in (
            ("another",),
            ("me", "a"),
        )
        asked = asked or after[:2] in _SUFFICES or _counts_others(scan, at) or _counts_pointed(scan, at)
        listed = any(_is_listed(word, nouns, kinds) for word in after[:4]) and not _measures(after)
        first = token.norm != "one" or at == 0 or before in (("only",), ("just",))
        if asked or (listed and first and before != ("by",)):
            if _measures(after) or (
                before
                and before[0] in ("under", "over", "than", "least", "most", "number", "the")
                and not _counts_best(scan, at)
            ):
                continue
            scan.take(at, at + 1)
            return number
    return None


def _is_listed(word: str, nouns: Collection[str], kinds: Collection[str]) -> bool:
    """Whether a word stands for items that can be counted: "films", "ones", or a kind of them, "comedies"."""
    return word in LIST_WORDS or word in nouns or singular(word) in kinds


def _counts_others(scan: Scan, at: int) -> bool:
    """Whether a number counts items that no noun names: "3 more", "two others please", "I need three"."""
    ends = at + 1 == len(scan.tokens) or bool(scan.tokens[at + 1].sep) or scan.norms(at + 1, at + 2) == ("please",)
    if (
        ends
        and scan.norms(at - 1, at) in _NEEDING
        and scan.norms(at - 2, at - 1) in (("i",), ("we",), ("only",), ("just",))
    ):
        return True
    after = scan.norms(at + 1, min(scan.clause_end(at), at + 3))
    return after[:1] in (("more",), ("others",), ("other",)) and after[1:] in (
        (),
        ("please",),
        ("of",),
        ("by",),
        ("from",),
    )


def _counts_pointed(scan: Scan, at: int) -> bool:
    """Whether a number counts what is asked for by pointing or by rank: "play two of those", "just the two best"."""
    if scan.norms(at + 1, at + 2) == ("of",) and scan.norms(at + 2, at + 3) in _POINTED:
        asks = bool(_HANDING & set(scan.norms(scan.clause_start(at), at)))
        return asks and not ends_in_question(scan, scan.clause_end(at))
    return _counts_best(scan, at)


def _counts_best(scan: Scan, at: int) -> bool:
    """Whether a number counts the first of a ranking: "only the two best reviewed", "the three newest"."""
    behind = "".join(scan.norms(at + 1, at + 2))
    ranked = behind in ("best", "top") or (behind.endswith("est") and len(behind) > len("best"))
    limited = scan.norms(at - 2, at) in (("just", "the"), ("only", "the")) or scan.norms(at - 1, at) in _LIMITING
    return ranked and limited


def _measures(after: Sequence[str]) -> bool:
    """Whether the number counts something else than items: minutes, years, awards."""
    return bool(after) and after[0] in (
        "hour", "hours", "hr", "hrs", "h", "minute", "minutes", "min", "mins", "year", "years", "s", "th", "st", "nd",
        "rd", "and", "percent",
    )  # fmt: skip
