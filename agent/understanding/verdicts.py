"""Decide what a message says of an item it names: liked, disliked, seen, turned down, chosen, or nothing.

The words before the item are read first ("never got into", "a fan of"), then those behind, in the same sentence and in
the next ones as long as they speak of it ("...and loved it", "It was a bit slow"). Items in one enumeration share what
is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from .polarity import SENTIMENT, misses, negator_before
from .scan import Mention, Scan
from .verdict_words import (
    ASKED_BEFORE,
    AVERSE_BEFORE,
    BLAME,
    CHOSEN_BEFORE,
    CHOSEN_BEHIND,
    EXAMPLE_BEFORE,
    FOND_BEFORE,
    HATE,
    MINE,
    NOT_MINE,
    OWN_PREDICATE,
    PAST,
    REFUSED_BEHIND,
    SEEN_BEFORE,
    SEEN_BEHIND,
    UNSEEN,
    USED_TO_LIKE,
    VERDICTS_BEHIND,
    VETO_BEHIND,
    WANTED,
    WANTED_AFTER_ALL,
)

Role = Literal["like", "raised", "dislike", "seen", "reject", "accept", "none"]
"""``raised`` is an item that the user brings up on their own, as seen lately or by asking whether one knows it: most
likely one they like, so it leans, weakly."""
Verdict = Literal["", "good", "bad"]

_BEFORE = 9
"""Words before an item that may speak of it."""
_BEHIND = 22
"""Words behind an item that may speak of it."""
_BECAUSE = frozenset("because cause cuz coz cos bc".split())
_COPULAS = frozenset("is are was were looks look seems seem sounds sound".split())
_GIVING_UP = frozenset("cant cannot couldnt dont no not never longer anymore hate tired sick stopped".split())
_GRADING = frozenset(
    "a bit very really so quite rather pretty kind of sort far way much also just little awfully".split()
)
_NEAR = 2
"""So many words may stand between a title and what proves that it is one."""
_ITEMS = ("title", "missing", "reference")
_JOINING = frozenset("and or nor plus also then with the both either n".split())
_WELCOME = re.compile(
    r"\b(?:love|loves|enjoy|enjoyed|prefer|(?:i|we|really|would|do|id) (?:really |actually )?like|liked|dont mind|"
    r"wouldnt mind|fine with|ok with|okay with|fan of|more of|rather|wish|wanted|into|expecting|not enough|need|want)\b"
)
_EXCLUDE = frozenset("skip exclude except without remove drop excluding".split())


def role_of_item(scan: Scan, mention: Mention, shown: Collection[str] = ()) -> Role:
    """Return what the message does with an item that it names or points at.

    Args:
        scan: the message.
        mention: a title or a reference.
        shown: ids of the items shown so far; of those, "seen" means no more than that.
    """
    first, last = enumeration(scan, mention)
    before, behind = _text_before(scan, first.start), _text_behind(scan, last.end)
    asked = bool(ASKED_BEFORE.search(before))
    if UNSEEN.search(before):
        return "accept" if WANTED.search(behind) else "none"
    turned_down = negator_before(scan, first.start) is not None
    if (CHOSEN_BEFORE.search(before) or CHOSEN_BEHIND.search(behind)) and not (asked or turned_down):
        return "accept"
    verdict = _verdict(mention, last, before, behind)
    if scan.asked == "dislikes" and verdict == "good" and EXAMPLE_BEFORE.search(before):
        return "dislike"  # "movies like Hostel" names examples of what was asked for
    if verdict == "bad":
        return "dislike"
    if verdict == "good":
        return _approved(mention, before, behind)
    if turned_down and not asked:
        return "reject"
    if asked or SEEN_BEFORE.search(before) or SEEN_BEHIND.search(behind):
        known = mention.kind != "title" or bool(set(mention.item_ids) & set(shown))
        return "seen" if known or "already" in f"{before} {behind}".split() else "raised"
    if set(before.split()[-3:]) & _EXCLUDE:
        return "reject"
    if mention.kind == "title" and scan.asked == "dislikes":
        return "dislike"
    return "like" if mention.kind == "title" else "none"


def said_like(scan: Scan, mention: Mention) -> bool:
    """Whether the words around an item say that it is liked, or wanted as an example."""
    first, last = enumeration(scan, mention)
    return _verdict(mention, last, _text_before(scan, first.start), _text_behind(scan, last.end)) == "good"


def dispraised(scan: Scan, end: int) -> bool:
    """Whether the words behind token ``end`` plainly condemn what they stand behind: "musicals are not my thing"."""
    text = _text_behind(scan, end)
    if VETO_BEHIND.search(text) or REFUSED_BEHIND.search(text):
        return True
    mine, own = NOT_MINE.search(text), OWN_PREDICATE.search(text)
    if mine is not None and len(text[: mine.start()].split()) <= _NEAR and "." not in text[: mine.start()]:
        return True
    return (
        own is not None
        and own["word"] in SENTIMENT
        and len(text[: own.start("copula")].split()) <= _NEAR
        and (_sign(own) == "bad")
    )


def welcomed(scan: Scan, start: int) -> bool:
    """Whether the words before token ``start``, from its part of the sentence on, say that it is liked or all right."""
    return misses(scan, start) or bool(_WELCOME.search(_text_before(scan, start)))


def describes_item(scan: Scan, mention: Mention) -> bool:
    """Whether something shown is said to be so, which wishes for nothing: "the first is very long"."""
    subject = next((m for m in scan.mentions if m.kind == "reference" and m.end < mention.start), None)
    if subject is None or not (_opens_part(scan, subject.start)):
        return False
    between = scan.norms(subject.end, mention.start)
    return bool(between) and between[0] in _COPULAS and set(between) <= _COPULAS | _GRADING


def _opens_part(scan: Scan, at: int) -> bool:
    """Whether a part of a sentence begins at token ``at``, interjections not counted."""
    first = scan.tokens[at]
    joined = scan.norms(at - 1, at) in (("but",), ("and",), ("because",), ("hm",), ("hmm",), ("well",), ("though",))
    return at == 0 or first.starts_clause or "," in first.sep or joined


def given_up(scan: Scan, start: int, end: int) -> bool:
    """Whether what stands there was liked once and is no more: "I used to love musicals, but ..."."""
    sentence = " ".join(scan.norms(scan.clause_start(start), start))
    behind = scan.norms(end, scan.clause_end(start))
    return bool(USED_TO_LIKE.search(sentence)) and "but" in behind and bool(_GIVING_UP & set(behind))


def wanted_after_all(scan: Scan, end: int) -> tuple[int, int] | None:
    """Return where an aversion said before token ``end`` is set aside, None for nowhere.

    "I can't stand musicals, but tonight I'd like one".
    """
    high = scan.clause_end(end - 1)
    but = next((at for at in range(end, high) if scan.tokens[at].norm == "but"), high)
    found = WANTED_AFTER_ALL.search(" ".join(scan.norms(but + 1, high)))
    return (but + 1, but + 1 + len(found[0].split())) if found else None


def reason_against(scan: Scan, start: int) -> bool:
    """Whether token ``start`` stands in the reason for an aversion: "I don't like romcoms because they're silly"."""
    low = scan.clause_start(start)
    words = scan.norms(low, start)
    because = max((at for at, norm in enumerate(words) if norm in _BECAUSE), default=-1)
    return because > 0 and _before(" ".join(words[:because])) == "bad"


def judged_behind(scan: Scan, end: int) -> bool:
    """Whether the words directly behind token ``end`` judge what stands before it: "was boring", "is not for me"."""
    text = _text_behind(scan, end)
    own = OWN_PREDICATE.search(text) or VERDICTS_BEHIND[-1].search(text)
    mine = NOT_MINE.search(text) or MINE.search(text)
    return own is not None or (mine is not None and len(text[: mine.start()].split()) <= _NEAR)


def is_judged(scan: Scan, mention: Mention) -> bool:
    """Whether the words around an item judge it, and do more than give it as an example."""
    first, last = enumeration(scan, mention)
    before = _text_before(scan, first.start)
    said = _before(before) and not EXAMPLE_BEFORE.search(before)
    return bool(said or _behind(mention, last, _text_behind(scan, last.end)))


def enumeration(scan: Scan, mention: Mention) -> tuple[Mention, Mention]:
    """Return the first and last item of the enumeration that ``mention`` stands in, twice itself where it is alone."""
    items = sorted((m for m in scan.mentions if m.kind in _ITEMS), key=lambda m: m.start)
    if mention not in items:
        return mention, mention
    low = high = items.index(mention)
    while low > 0 and _joined(scan, items[low - 1], items[low]):
        low -= 1
    while high + 1 < len(items) and _joined(scan, items[high], items[high + 1]):
        high += 1
    return items[low], items[high]


def _joined(scan: Scan, first: Mention, second: Mention) -> bool:
    between = scan.norms(first.end, second.start)
    tokens = scan.tokens[first.end : second.start + 1]
    return len(between) <= 3 and set(between) <= _JOINING and not any(token.starts_clause for token in tokens)


def _verdict(mention: Mention, last: Mention, before: str, behind: str) -> Verdict:
    """Return the verdict of the words before, unless they only give an example ("like Heat") and those behind judge."""
    said = _before(before)
    example = said == "good" and EXAMPLE_BEFORE.search(before) is not None
    return (_behind(mention, last, behind) or said) if example or not said else said


def _before(text: str) -> Verdict:
    """Return the verdict of the words before an item: of the last that judge."""
    averse = list(AVERSE_BEFORE.finditer(text))
    fond = [m for m in FOND_BEFORE.finditer(text) if not any(a.start() <= m.start() < a.end() for a in averse)]
    fond = [m for m in fond if not text[: m.start()].rstrip().endswith(("nothing", "anything but", "not"))]
    if averse and (not fond or fond[-1][0] == "like" or fond[-1].start() < averse[-1].start()):
        return "bad"  # "I don't enjoy things like Heat" too
    return "good" if fond else ""


def _behind(mention: Mention, last: Mention, text: str) -> Verdict:
    """Return the verdict of the words behind an item, or behind the enumeration that it stands in."""
    if NOT_MINE.search(text):
        return "bad"
    found = [match for pattern in VERDICTS_BEHIND if (match := pattern.search(text))]
    own = OWN_PREDICATE.search(text)
    if own is not None and (own["copula"] not in ("is", "was", "isnt", "wasnt") or mention == last):
        found.append(own)  # "A and B was boring" speaks of B alone
    if found:
        return _sign(min(found, key=lambda match: match.start()))
    return "good" if MINE.search(text) else ""


def _sign(match: re.Match[str]) -> Verdict:
    groups = match.groupdict()
    judged = groups.get("word") or groups.get("verb") or ""
    bad = judged in BLAME or bool(re.fullmatch(HATE, judged))
    turned = bool(groups.get("no")) or (groups.get("copula") or "").endswith("nt")
    return "bad" if bad is not turned else "good"


def _approved(mention: Mention, before: str, behind: str) -> Role:
    """Return whether praise of an item means that it is liked or, of something pointed at, that it is chosen."""
    if mention.kind == "title" or FOND_BEFORE.search(before) or PAST.search(behind):
        return "like"
    return "accept" if OWN_PREDICATE.search(behind) else "like"


def _text_before(scan: Scan, start: int) -> str:
    """Return the words of the clause before token ``start``, from the item before it or a "but" on."""
    low = max(scan.clause_start(start), start - _BEFORE)
    low = max([low, *(m.end for m in scan.mentions if m.kind in _ITEMS and m.end <= start)])
    words = scan.norms(low, start) if low < start else ()
    opened = max((at for at, norm in enumerate(words) if norm in ("but", "though", "although")), default=-1)
    return " ".join(words[opened + 1 :])


def _text_behind(scan: Scan, end: int) -> str:
    """Return the words behind token ``end`` up to the next title, with commas and sentence marks kept."""
    titles = [m.start for m in scan.mentions if m.kind in ("title", "missing") and m.start >= end]
    words: list[str] = []
    for token in scan.tokens[end : min([len(scan.tokens), end + _BEHIND, *titles])]:
        marks = token.sep.lstrip(")")
        if token.starts_clause:
            words.append(".")
        elif set(marks) & set(",-–()"):
            words.append(",")
        words.append(token.norm)
    return " ".join(words)
