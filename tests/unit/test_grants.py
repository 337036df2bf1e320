"""How far items grant soft wishes: what is not known lies between what goes with a wish and what goes against it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retrieval.errors import ConstraintError
from retrieval.grants import NEAR, UNKNOWN, grants
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Op

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="minutes", kind="number", unit="min"),
        AttributeSpec(name="pace", kind="number", scale={1: "slow", 3: "steady", 5: "frantic"}),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="dubbed", kind="boolean"),
    ),
)


def granted(attribute: str, op: Op, value: AttributeValue, fact: AttributeValue | None) -> float:
    item = Item(id="a", title="A", attributes={} if fact is None else {attribute: fact})
    return grants(Constraint(attribute=attribute, op=op, value=value, hard=False), SCHEMA)(item)


@pytest.mark.parametrize(
    ("attribute", "op", "value", "facts"),
    [
        ("minutes", "le", 100, [90, None, 104, 115, 200]),
        ("minutes", "between", (90, 100), [95, None, 102, 110, 300]),
        ("minutes", "ge", 100, [100, None, 96, 85, 10]),
        ("pace", "le", 2, [2, None, 4, 5]),
        ("genres", "eq", "Horror", [("Horror", "War"), None, ("War",)]),
        ("dubbed", "eq", True, [True, None, False]),
    ],
)
def test_the_further_off_the_less_is_granted(
    attribute: str, op: Op, value: AttributeValue, facts: list[AttributeValue | None]
) -> None:
    found = [granted(attribute, op, value, fact) for fact in facts]
    assert found[0] == 1.0 and found[1] == UNKNOWN
    assert all(later < earlier for earlier, later in pairwise(found[1:]))
    assert found[-1] == 0.0


def test_one_step_beyond_a_bound_is_as_near_as_can_be() -> None:
    assert granted("pace", "le", 2, 3) == NEAR
    assert granted("pace", "lt", 2, 2) == NEAR
    assert granted("minutes", "lt", 0, 3) == 0.0, "nothing is near nought in shares of it"


def test_what_is_to_be_spared_is_granted_by_what_is_not_known() -> None:
    assert granted("genres", "ne", "Horror", None) == 1.0
    assert granted("genres", "ne", "Horror", ("Horror",)) == 0.0
    assert granted("minutes", "outside", (90, 100), 95) == 0.0


def test_a_wish_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConstraintError, match="weight"):
        granted("weight", "le", 2, 3)
