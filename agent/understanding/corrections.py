"""Let the later of two wishes count when a message corrects itself: "a comedy, no wait, a thriller"."""

from __future__ import annotations

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


def drop_corrected(scan: Scan) -> None:
    """Take out of ``scan`` what was wished before a correction about the same attribute as what is wished behind it."""
    at = next(
        (at for at in range(1, len(scan.tokens)) for cue in _CORRECTING if scan.norms(at, at + len(cue)) == cue), 0
    )
    if not at:
        return
    kinds = ("sense", "name", "number")
    new = {m.attribute for m in scan.mentions if m.start >= at and m.kind in kinds and not negated(scan, m.start)}
    scan.mentions = [
        m
        for m in scan.mentions
        if m.start >= at or m.kind not in kinds or m.attribute not in new or negated(scan, m.start)
    ]
