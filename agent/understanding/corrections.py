"""Let the later of two wishes count when a message corrects itself: "a comedy, no wait, a thriller"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from .polarity import negated
from .scan import Scan

_CORRECTING = tuple(
    tuple(cue.split())
    for cue in (
        "wait no", "no wait", "actually no", "no actually", "oh wait", "hang on", "hold on", "scratch that",
        "or rather", "make that", "correction", "no sorry", "sorry no", "on second thought", "on second thoughts",
        "no lets say", "actually make it", "wait actually", "changed my mind",
    )
)  # fmt: skip
_KINDS = ("sense", "name", "number")
_GRADES = ("more", "less")
_WEIGHED = frozenset("than of a an the".split())
"""Words between two things of which one is to outweigh the other."""


def drop_corrected(scan: Scan) -> None:
    """Take out of ``scan`` what was wished before a correction about the same attribute as what is wished behind it."""
    at = next(
        (at for at in range(1, len(scan.tokens)) for cue in _CORRECTING if scan.norms(at, at + len(cue)) == cue), 0
    )
    if not at:
        return
    new = {m.attribute for m in scan.mentions if m.start >= at and m.kind in _KINDS and not negated(scan, m.start)}
    scan.mentions = [
        m
        for m in scan.mentions
        if m.start >= at or m.kind not in _KINDS or m.attribute not in new or negated(scan, m.start)
    ]


def keep_meaning(scan: Scan) -> None:
    """Let a wording that is said again mean what it meant the first time: "in Danish maybe ... definitely Danish"."""
    for first, second in pairwise([m for m in scan.mentions if m.kind == "sense"]):
        if (first.attribute, first.value) in second.others and scan.norms(second.start, second.end)[-1:] == scan.norms(
            first.end - 1, first.end
        ):
            meant = replace(second, attribute=first.attribute, value=first.value, others=first.others)
            scan.mentions[scan.mentions.index(second)] = meant


def drop_outweighed(scan: Scan) -> None:
    """Take out what something is to be less of than of another thing: the drama in "more of a comedy than a drama"."""
    kinds = [m for m in scan.mentions if m.kind in _KINDS or (m.kind == "comparative" and m.value != "")]
    for first, second in pairwise(kinds):
        between = scan.norms(first.end, second.start)
        weighed = between[:1] == ("than",) and set(between) <= _WEIGHED and first.attribute == second.attribute
        grade = next((norm for norm in reversed(scan.norms(first.start - 3, first.end)) if norm in _GRADES), "")
        if weighed and grade:
            scan.mentions.remove(first if grade == "less" else second)
