"""The ends of a range are found by counting alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.understanding.extremes import extreme
from retrieval.types import Constraint

VALUES = (-4, 0, 3, 3, 7.5, 1900)


def count(constraints: Sequence[Constraint]) -> int:
    found = list(VALUES)
    for one in constraints:
        assert isinstance(one.value, int)
        bound = one.value
        found = [value for value in found if (value <= bound if one.op == "le" else value >= bound)]
    return len(found)


@pytest.mark.parametrize(
    ("op", "least", "expected"),
    [("ge", 1, 1900), ("le", 1, -4), ("ge", 2, 7), ("le", 3, 3), ("le", 4, 3), ("ge", 6, -4), ("ge", 7, None)],
)
def test_extreme(op: str, least: int, expected: int | None) -> None:
    assert extreme(count, "x", op, least=least) == expected  # type: ignore[arg-type]


def test_other_conditions_hold_beside() -> None:
    assert extreme(count, "x", "ge", [Constraint(attribute="x", op="le", value=5)]) == 3
