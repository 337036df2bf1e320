"""Find where in a message a question begins: at its start, behind a greeting, or inside a polite frame. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .scan import Scan

OPENERS = frozenset(
    "who whos what whats when whens where wheres which how hows is are does do did was were "
    "has have why whose tell compare describe explain should".split()
)
"""Words with which a question begins."""
MODALS = frozenset("can could would will".split())
"""Verbs that open a question about an item only where they ask what somebody can do with it, or how it would be."""
YES_NO = frozenset("is are does did was were has".split()) | MODALS
"""Words that ask for a yes or a no."""
_MEETING = frozenset(
    "watch see like enjoy love hate understand follow handle stand bear appreciate get read hear listen play try "
    "use".split()
)
"""What people do with an item they are asked or ask about."""
_MOST_WORDS_OF_SUBJECT = 4
_ASKED_INSIDE = frozenset("who whos what whats when where which how why whose".split())
"""Words that open a question inside another sentence."""
_BEFORE = frozenset(
    "an nd n "
    "and so ok okay k but also can could you please pls hm hmm hmmm um uh oh ah well by then now right alright nice "
    "cool great lovely lol haha omg wow yo hey hi hello bet sorry thanks dude bro man yes yeah no wait perfect "
    "interesting in from at on for of to with about anyway".split()
)
"""Words before a question that ask nothing: interjections, and what a question word may stand behind ("in which")."""
_FRAMES = tuple(
    tuple(frame.split())
    for frame in (
        "tell me", "tell us", "may i ask", "might i ask", "can i ask", "could i ask", "i wonder", "wondering", "wonder",
        "do you know", "would you know", "any idea", "id like to know", "would like to know", "want to know",
        "wanna know", "curious", "remind me", "mind telling me", "no idea", "say",
    )
)  # fmt: skip
"""Wordings that lead to a question: "could you tell me who directed it?"."""
_BETWEEN = frozenset("if you could possibly perhaps please maybe just to me us kindly would".split())
"""Words between such a wording and its question."""


def openers(scan: Scan) -> Iterator[int]:
    """Yield the tokens at which a question may begin, in order; inside a frame before the frame itself."""
    starts = [0, *(i for i, token in enumerate(scan.tokens) if i and (token.starts_clause or "," in token.sep))]
    for start in starts:
        if (behind := _which_behind(scan, start)) >= 0:
            yield behind
        inside = _framed(scan, start)
        if inside >= 0:
            yield inside
        at = start
        while at < len(scan.tokens) and scan.tokens[at].norm in _BEFORE and scan.tokens[at].norm not in OPENERS:
            at += 1
        if at < len(scan.tokens) and _may_open(scan, start, at):
            yield at
        modal = next((i for i in range(start, at + 1) if i < len(scan.tokens) and scan.tokens[i].norm in MODALS), at)
        if _asks_of_item(scan, modal):
            yield modal


def _which_behind(scan: Scan, start: int) -> int:
    """Return where "which" asks of what stands directly before it, "of the first two which is newer", or -1."""
    ends = {m.end for m in scan.mentions if m.kind == "reference"}
    which = (at for at in range(start + 1, scan.clause_end(start)) if scan.tokens[at].norm == "which" and at in ends)
    return next(which, -1)


def _framed(scan: Scan, start: int) -> int:
    """Return where the question inside a polite frame begins, or -1."""
    end = scan.clause_end(start)
    for at in range(start, end):
        for frame in _FRAMES:
            if scan.norms(at, at + len(frame)) != frame:
                continue
            inside = at + len(frame)
            while inside < end and scan.tokens[inside].norm in _BETWEEN:
                inside += 1
            if inside < end and scan.tokens[inside].norm in _ASKED_INSIDE:
                return inside
    return -1


def _may_open(scan: Scan, start: int, at: int) -> bool:
    """Whether token ``at`` opens a question in the part that begins at ``start``: "so was Heat" and "We're" do not."""
    token = scan.tokens[at]
    named = any(m.kind == "title" and m.start <= at < m.end for m in scan.mentions)
    if token.norm not in OPENERS or named or (token.norm == "were" and token.text.lower() != "were"):
        return False
    plain = "so" in scan.norms(start, at) or "," in scan.tokens[start].sep
    return token.norm not in YES_NO or not plain or ends_in_question(scan, scan.clause_end(at))


def _asks_of_item(scan: Scan, at: int) -> bool:
    """Whether a modal verb at ``at`` asks about an item: "could I watch the second?", but not "could you show me"."""
    if at >= len(scan.tokens) or scan.tokens[at].norm not in MODALS:
        return False
    end = scan.clause_end(at)
    pointed = next((m.start for m in scan.mentions if m.kind in ("title", "reference") and at < m.start < end), end)
    if any(m.kind == "comparative" and at < m.start < end for m in scan.mentions) or pointed == end:
        return False
    before = scan.norms(at + 1, pointed)
    met = (
        bool(before)
        and before[-1] in _MEETING
        and before[0] not in ("you", "u")
        and len(before) <= _MOST_WORDS_OF_SUBJECT
    )
    return not before or met


def ends_in_question(scan: Scan, end: int) -> bool:
    """Whether a question mark stands before token ``end``, or at the end of the message."""
    mark = scan.tokens[end].sep if end < len(scan.tokens) else scan.text[scan.tokens[-1].end :]
    return "?" in mark
