"""Find where the ends of a numeric attribute lie, by counting. Pure but for the count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from retrieval.types import Constraint

_WIDEST = 1 << 34
"""Beyond the size of any number in a catalogue."""


def extreme(
    count: Callable[[Sequence[Constraint]], int],
    attribute: str,
    op: Literal["le", "ge"],
    held: Sequence[Constraint] = (),
    *,
    least: int = 1,
) -> int | None:
    """Return the tightest whole bound that at least ``least`` items keep beside ``held``; None when no bound does.

    With ``ge`` and ``least`` 1 it is the whole part of the highest value. The range is halved: about 35 counts.
    """
    sign = 1 if op == "le" else -1

    def enough(step: int) -> bool:
        return count([*held, Constraint(attribute=attribute, op=op, value=sign * step)]) >= least

    low, high = -_WIDEST, _WIDEST
    if not enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return sign * high
