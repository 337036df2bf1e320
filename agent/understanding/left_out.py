"""Hear that somebody misses a title among what was shown, without a "why": "I'm surprised Heat isn't there"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types import ItemQuestion
from .scan import Scan

_BEFORE = re.compile(
    r"\b(?:you(?:ve)? (?:forgot|forgotten|missed|left out|omitted)|wheres|where is|what happened to|"
    r"no (?:sign|mention) of)(?: the)?$"
)
_BEHIND = re.compile(
    r"^(?:film |movie |one )?(?:isnt|is not|isn t|wasnt|was not|not being|not) (?:(?:even|actually) )?"
    r"(?:there|here|listed|included|shown|among|on (?:the|your|this|that) list|in (?:the|your|this|that) list|in it|"
    r"on it|one of)\b|^(?:film |movie |one )?(?:is|was) (?:missing|left out|not)\b"
)
_REACH = 6


def left_out(scan: Scan, shown: Sequence[str]) -> ItemQuestion | None:
    """Return the question why a title that was not shown is not among what was; None where nobody misses one."""
    for mention in scan.mentions:
        if mention.kind != "title" or not shown or set(mention.item_ids) & set(shown):
            continue
        before = " ".join(scan.norms(max(scan.clause_start(mention.start), mention.start - _REACH), mention.start))
        behind = " ".join(scan.tail(mention.end, _REACH))
        if _BEFORE.search(before) or _BEHIND.search(behind):
            return ItemQuestion(topic="why_not", item_ids=mention.item_ids, text=scan.text)
    return None
