"""What a scorer says about one thing it looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_MOST_NAMED = 5


class Finding(NamedTuple):
    """A value, 1 or 0 or None for "could not be scored", and the reason."""

    value: float | None
    reason: str


def holds(fine: bool, reason: str) -> Finding:
    """Return a finding of 1 or 0."""
    return Finding(1.0 if fine else 0.0, reason)


def unscored(reason: str) -> Finding:
    """Return a finding that is neither."""
    return Finding(None, reason)


def clip(text: str, length: int = 80) -> str:
    """Shorten a text for a report."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def without(offenders: Sequence[str], rule: str) -> Finding:
    """Return 1 when nothing offends against a rule, else 0 with the offenders."""
    if not offenders:
        return Finding(1.0, rule)
    more = f" and {len(offenders) - _MOST_NAMED} more" if len(offenders) > _MOST_NAMED else ""
    return Finding(0.0, f"{rule}: not so for {', '.join(offenders[:_MOST_NAMED])}{more}")
