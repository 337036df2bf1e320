"""Put what a message lists together: one enumeration of an attribute, and ranges joined by or. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .polarity import negated
from .scan import Mention, Scan
from .words import CONNECTORS


def grouped(scan: Scan, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Put mentions of one attribute that stand in one enumeration together."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        joined = last is not None and last.attribute == mention.attribute and _enumerated(scan, last, mention)
        if last is not None and joined and negated(scan, last.start) is negated(scan, mention.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _enumerated(scan: Scan, first: Mention, second: Mention) -> bool:
    between = scan.norms(first.end, second.start)
    if any(token.starts_clause for token in scan.tokens[first.end : second.start + 1]):
        return False
    joining = {"and", "or", "nor", "plus", "either", "a", "an", "the", "with", "by", "maybe"}
    return set(between) <= (joining | CONNECTORS) and len(between) <= 3


def are_alternatives(scan: Scan, first: Mention, second: Mention) -> bool:
    """Whether two ranges of one attribute are joined by "or"."""
    ranged = first.op in ("between", "eq") and second.op in ("between", "eq")
    apart = ranged and first.attribute == second.attribute and _disjoint(first, second)
    between = scan.norms(first.end, second.start)
    return (
        ranged
        and first.attribute == second.attribute
        and ("or" in between or (apart and "and" in between))
        and len(between) <= 3
        and isinstance(ends_of(first)[0], float)
    )


def _disjoint(first: Mention, second: Mention) -> bool:
    """Whether no number lies in both ranges, so that "the 40s and 50s" must mean either."""
    if isinstance(first.value, str) or isinstance(second.value, str):
        return False
    (_, low_end), (high, _) = sorted((ends_of(first), ends_of(second)))
    return low_end < high


def ends_of(mention: Mention) -> tuple[float, float]:
    """Return both ends of what a mention of a number names; the same one twice for a point."""
    value = mention.value
    if isinstance(value, tuple):
        return float(value[0]), float(value[1])
    return float(value), float(value)
