"""Resolve words that point at what was shown: "the second one", "the first two", "those", "it"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .scan import Mention, Scan
from .verdicts import enumeration
from .words import NUMBER_WORDS, ORDINALS

_ALL = frozenset("those these them".split())
_ONE = frozenset("it".split())
_NOT_POINTING = tuple((word,) for word in "make do take call change switch keep mind let that".split())
"""Words after which "it" means the request, not an item: "make it a comedy"."""
_REACTIONS = frozenset("loved liked hated disliked saw seen watched like love hate dislike skip not".split())
"""Verbs behind which a bare number is a place in the list: "loved 1, hated 3"."""
_BEFORE_PAIR = frozenset("between of is pick compare watch about and or either take try".split())
_AGREED = tuple(
    tuple(said.split()) for said in "works|it is|will do|would do|sounds good|looks good|is fine|is perfect".split("|")
)
"""Words behind a place in the list that choose it: "2 works", "number 3 it is"."""
_QUESTIONS = frozenset("who whos what whats when which how whose where is was does did".split())
_BEHIND_THAT = frozenset("from about in by made set called out worth any a an too really on good rated".split())
"""Words behind a "that" that stands for an item in a question: "what year is that from"."""
_ASSENT = frozenset("go ok okay yes yeah yep please alright right fine sure".split())
_BESIDE_ASSENT = frozenset("on then oh for well lets the with just so and now ahead".split())
_POINTERS = frozenset("that this".split())


def find_references(scan: Scan, shown: Sequence[str], nouns: Collection[str], focus: Sequence[str]) -> None:
    """Add ``reference`` mentions.

    Args:
        scan: the message.
        shown: ids last shown, in rank order.
        nouns: words for an item.
        focus: ids talked about last, which "it" and "that one" mean; falls back to the top item shown.
    """
    titles = sorted((m for m in scan.mentions if m.kind == "title"), key=lambda m: m.start)
    at = 0
    while at < len(scan.tokens):
        named = [m for m in titles if m.end <= at]
        end = 0
        ids: Sequence[str] = ()
        if not scan.taken[at] and named:
            end, ids = _back_reference(scan, at, nouns, named)
        if not scan.taken[at] and not ids and (shown or focus):
            end, ids = _reference(scan, at, shown, nouns, _pointed_before(scan, at) or focus)
        if ids:
            scan.add(Mention(at, end, "reference", item_ids=tuple(ids)))
            scan.take(end, end + _agreement_at(scan, end))
        at = end if ids else at + 1


def _agreement_at(scan: Scan, at: int) -> int:
    """Return how many words from token ``at`` on choose what stands before them; 0 where they do not."""
    found = (said for said in _AGREED if scan.norms(at, at + len(said)) == said)
    return next((len(said) for said in found if not any(t.sep for t in scan.tokens[at : at + len(said)])), 0)


def _asks_about_that(scan: Scan, at: int) -> bool:
    """Whether the "that" at token ``at`` is what a question is about: "who directed that?"."""
    start, end = scan.clause_start(at), scan.clause_end(at)
    opened = next((norm for norm in scan.norms(start, at) if norm in _QUESTIONS), "")
    behind = scan.norms(at + 1, at + 2) if at + 1 < end else ()
    likened = scan.norms(at - 1, at) in (("like",), ("than",), ("as",))
    told = not behind or behind[0] in _BEHIND_THAT or behind[0].endswith("ed")
    return scan.tokens[at].norm == "that" and bool(opened) and not likened and told


def takes_pointed(scan: Scan) -> bool:
    """Whether a sentence agrees to one item that it points at and the message names nothing else: "the third, then"."""
    pointed = [m for m in scan.mentions if m.kind == "reference"]
    if len(pointed) != 1 or len(pointed[0].item_ids) != 1 or len(scan.mentions) != 1:
        return False
    start, end = scan.clause_start(pointed[0].start), scan.clause_end(pointed[0].end - 1)
    beside = {*scan.norms(start, pointed[0].start), *scan.norms(pointed[0].end, end)}
    rest = beside | {*scan.norms(0, start), *scan.norms(end, len(scan.tokens))}
    allowed = _ASSENT | _BESIDE_ASSENT
    return (rest <= allowed and bool(rest & _ASSENT)) or (beside <= allowed and bool(beside & (_ASSENT | {"then"})))


def _back_reference(scan: Scan, at: int, nouns: Collection[str], named: Sequence[Mention]) -> tuple[int, Sequence[str]]:
    """Return what "it", "that one" and "both of them" mean behind titles in one message: those titles."""
    norm = scan.tokens[at].norm
    if norm in _POINTERS and _one_or_noun(scan, at + 1, nouns):
        return at + 2, named[-1].item_ids
    if norm in _ONE and scan.norms(at - 1, at) not in _NOT_POINTING:
        return at + 1, named[-1].item_ids
    first, last = enumeration(scan, named[-1])
    several = tuple(i for m in named if first.start <= m.start <= last.start for i in m.item_ids)
    if len(several) > 1 and norm in _ALL and not _before_noun_of_number(scan, at):
        return at + 1, several
    return 0, ()


def _pointed_before(scan: Scan, at: int) -> tuple[str, ...]:
    """Return what the message itself pointed at last before token ``at``: "the third. is it long?"."""
    before = [m for m in scan.mentions if m.kind == "reference" and m.end <= at]
    return before[-1].item_ids if before else ()


def _reference(
    scan: Scan, at: int, shown: Sequence[str], nouns: Collection[str], focus: Sequence[str]
) -> tuple[int, Sequence[str]]:
    start = at + 1 if scan.tokens[at].norm in ("the", "your", "number", "no", "option", "pick") else at
    start += start == at and scan.norms(at, at + 1)[0] in _POINTERS and bool(_ordinal_or_last(scan, at + 1))
    if start >= len(scan.tokens):
        return 0, ()
    norm = scan.tokens[start].norm
    place = _ordinal(scan, start)
    if place:
        return _place(scan, at, start, place, shown, nouns)
    if norm in ("last", "final", "bottom") and start > at and _one_or_noun(scan, start + 1, nouns):
        return start + 2, shown[-1:]
    if norm in ("other", "two") and start > at:
        return _beside_focus(scan, start, shown, nouns, focus)
    if norm == "top" and start > at and _one_or_noun(scan, start + 1, nouns):
        return start + 2, shown[:1]
    if norm in _POINTERS:
        return _pointed_at(scan, start, shown, nouns, focus)
    if norm in ("both", "all", "any", "none", "each", "either") and _is_all(scan, start, nouns):
        return start + 3 if scan.norms(start + 1, start + 2) == ("of",) else start + 2, shown
    if norm in _ALL and not _before_noun_of_number(scan, start):
        return start + (2 if _one_or_noun(scan, start + 1, nouns, plural=True) else 1), shown
    if norm in _ONE and scan.norms(at - 1, at) not in _NOT_POINTING:
        return start + 1, (list(focus) or list(shown))[:1]
    return 0, ()


def _pointed_at(
    scan: Scan, at: int, shown: Sequence[str], nouns: Collection[str], focus: Sequence[str]
) -> tuple[int, Sequence[str]]:
    """Return what "that one" means, and "that" by itself in a question."""
    if _asks_about_that(scan, at):
        return at + 1, (list(focus) or list(shown))[:1]
    if _one_or_noun(scan, at + 1, nouns):
        return at + 2, (list(focus) or list(shown))[:1]
    return 0, ()


def _ordinal_or_last(scan: Scan, at: int) -> bool:
    """Whether "that first one" or "that last one" points at a place."""
    norms = scan.norms(at, at + 2)
    return len(norms) == 2 and norms[1] == "one" and (norms[0] in ORDINALS or norms[0] in ("last", "final"))


def _beside_focus(
    scan: Scan, start: int, shown: Sequence[str], nouns: Collection[str], focus: Sequence[str]
) -> tuple[int, Sequence[str]]:
    """Return what "the other one" means beside the item talked about, and "the two" after two were talked about."""
    if scan.tokens[start].norm == "two":
        return (start + 1, focus) if len(focus) == 2 else (0, ())
    known = len(shown) == 2 and bool(focus) and _one_or_noun(scan, start + 1, nouns)
    return (start + 2, [i for i in shown if i not in focus][:1]) if known else (0, ())


def _ordinal(scan: Scan, at: int) -> int:
    norm = scan.tokens[at].norm
    if norm in ORDINALS:
        return ORDINALS[norm]
    if scan.tokens[at].is_number and norm.isdigit():
        marked = "#" in scan.tokens[at].sep or (at and scan.tokens[at - 1].norm in ("number", "option", "no"))
        marked = marked or bool(at and scan.tokens[at - 1].norm in _REACTIONS and not scan.tokens[at].sep)
        marked = marked or bool(scan.clause_start(at) == at and _agreement_at(scan, at + 1))
        suffixed = (
            at + 1 < len(scan.tokens)
            and scan.tokens[at + 1].sep == ""
            and scan.tokens[at + 1].norm in ("st", "nd", "rd", "th")
        )
        return int(norm) if marked or suffixed or _in_pair(scan, at) else 0
    return NUMBER_WORDS.get(norm, 0) if at and scan.tokens[at - 1].norm in ("number", "option") else 0


def _in_pair(scan: Scan, at: int) -> bool:
    """Whether a bare number is one of two between which somebody chooses: "1 or 3, which is shorter?"."""
    for first, second in ((at, at + 2), (at - 2, at)):
        pair = scan.tokens[first : second + 1] if first >= 0 else []
        if len(pair) < 3 or pair[1].norm not in ("or", "and", "vs", "versus", "n"):
            continue
        alone = pair[0].norm.isdigit() and pair[2].norm.isdigit() and len(pair[0].norm + pair[2].norm) == 2
        ends = second + 1 == len(scan.tokens) or bool(scan.tokens[second + 1].sep) or scan.tokens[second].tail
        opens = first == 0 or scan.tokens[first].sep or scan.tokens[first - 1].norm in _BEFORE_PAIR
        if alone and ends and opens:
            return True
    return False


def _place(
    scan: Scan, at: int, start: int, place: int, shown: Sequence[str], nouns: Collection[str]
) -> tuple[int, Sequence[str]]:
    end = start + 1
    if end < len(scan.tokens) and scan.tokens[end].norm in ("st", "nd", "rd", "th") and scan.tokens[end].sep == "":
        end += 1
    count = _count(scan, end) if place == 1 else 0
    if count > 1:
        return end + 1, shown[:count]
    if place > len(shown):
        return 0, ()
    if _one_or_noun(scan, end, nouns):
        end += 1
    elif scan.norms(end, end + 2) in (("of", "those"), ("of", "these"), ("of", "them")):
        end += 2
    elif start == at and scan.tokens[start].norm in ORDINALS and not _stands_alone(scan, start):
        return 0, ()
    return end, shown[place - 1 : place]


def _count(scan: Scan, at: int) -> int:
    if at >= len(scan.tokens):
        return 0
    norm = scan.tokens[at].norm
    return int(norm) if norm.isdigit() and len(norm) < 3 else NUMBER_WORDS.get(norm, 0) if norm != "one" else 0


def _stands_alone(scan: Scan, at: int) -> bool:
    """Whether an ordinal without "the" is in a list ("first and third") or a message of its own."""
    beside = scan.norms(at - 1, at) + scan.norms(at + 1, at + 2)
    return len(scan.tokens) <= 3 or "and" in beside or "or" in beside


def _one_or_noun(scan: Scan, at: int, nouns: Collection[str], *, plural: bool = False) -> bool:
    if at >= len(scan.tokens) or scan.tokens[at].sep:
        return False
    norm = scan.tokens[at].norm
    if plural:
        return norm == "ones" or norm in nouns
    return norm == "one" or norm in nouns or (norm == "ones" and scan.tokens[at].possessive)  # "the last one's fine"


def _is_all(scan: Scan, at: int, nouns: Collection[str]) -> bool:
    following = scan.norms(at + 1, at + 3)
    return following[:1] in (("those",), ("these",), ("them",)) or (
        following[:1] == ("of",) and following[1:2] in (("those",), ("these",), ("them",))
    )


def _before_noun_of_number(scan: Scan, at: int) -> bool:
    """Whether "these" points at a time, as in "these days"."""
    return scan.norms(at + 1, at + 2) in (("days",), ("kinds",), ("things",))
