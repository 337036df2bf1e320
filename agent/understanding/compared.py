"""Resolve items that are pointed at by how they compare with each other: "the older one", "the shortest of them"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from retrieval.types import Item

from .scan import Mention, Scan

_LONGEST = 2
"""Words of a comparison: "more recent"."""
_AMONG = frozenset("those these them two three four five both".split())

Compared = Callable[[tuple[str, ...]], tuple[str, Literal["lower", "higher"]] | None]
"""The words of a comparison -> (attribute, direction)."""


def find_compared(
    scan: Scan, among: Sequence[str], compared: Compared, items: Callable[[Sequence[str]], list[Item]]
) -> None:
    """Add a ``reference`` mention for each item that is chosen from a list by a comparison.

    Args:
        scan: the message.
        among: ids of the items that are meant by "the two" or "those", at least two for anything to be found.
        compared: reads a comparison.
        items: returns the items of some ids.
    """
    if len(among) < 2 or _asks(scan):
        return
    for at in range(len(scan.tokens) - 1):
        if scan.tokens[at].norm not in ("the", "that"):
            continue
        for end in range(min(len(scan.tokens), at + 1 + _LONGEST), at + 1, -1):
            found = compared(scan.norms(at + 1, end)) if scan.free(at, end) else None
            behind = _pointed_end(scan, end) if found else 0
            if found is None or not behind:
                continue
            chosen = _extreme(items(among), *found)
            if chosen:
                scan.add(Mention(at, behind, "reference", item_ids=(chosen,)))
            break


def _asks(scan: Scan) -> bool:
    """Whether it is asked which one that is, which is a question of its own."""
    return any(token.norm in ("which", "whats") for token in scan.tokens)


def _pointed_end(scan: Scan, end: int) -> int:
    """Return where a comparison that points at one item ends, or 0: "one", "of the two", "of them" stand behind it."""
    if scan.norms(end, end + 1) == ("one",):
        return 0 if scan.norms(end + 1, end + 2) == ("than",) else end + 1
    rest = scan.norms(end, end + 3)
    if rest[:1] != ("of",):
        return 0
    if rest[1:2] == ("the",):
        return end + 3 if set(rest[2:]) & _AMONG else 0
    return end + 2 if set(rest[1:2]) & _AMONG else 0


def _extreme(held: Sequence[Item], attribute: str, direction: Literal["lower", "higher"]) -> str:
    """Return the id of the one item at that end, or nothing where a fact is missing or two are equal."""
    facts = [(value, item.id) for item in held if isinstance(value := item.attributes.get(attribute), (int, float))]
    if len(facts) < 2:
        return ""
    best = (min if direction == "lower" else max)(value for value, _ in facts)
    at = [item_id for value, item_id in facts if value == best]
    return at[0] if len(at) == 1 else ""
