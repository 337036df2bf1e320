"""Say how far an item grants a soft wish: wholly, nearly, not at all, or who knows. Pure.

A missing fact is no refusal. Of two items that a wish was not granted by, the one that is known to go against it stands
behind the one of which nothing is known, and that in turn behind the one that grants it.
"""

from __future__ import annotations

from collections.abc import Callable

from .filters import checked_spec, matcher
from .types import AttributeSpec, CatalogSchema, Constraint, Item

UNKNOWN = 0.4
"""What an item grants whose fact is missing."""
NEAR = 0.4
"""What a number just beyond its bound grants; it falls to 0 at ``_FAR``."""
_FAR = 0.25
"""Distance from the bound, as a share of it, at which nothing is left."""
_FAR_STEPS = 3.0
"""The same on a scale, in steps; the first step off is as near as can be."""


def grants(wish: Constraint, schema: CatalogSchema) -> Callable[[Item], float]:
    """Return what tells how far an item grants the wish, from 0 (known to go against it) to 1 (granted).

    Raises:
        ConstraintError: the wish does not fit the schema.
    """
    spec, test = checked_spec(wish, schema), matcher(wish, schema)

    def grant(item: Item) -> float:
        if test(item):
            return 1.0
        fact = item.attributes.get(spec.name)
        if fact is None:
            return UNKNOWN
        if isinstance(fact, (int, float)) and not isinstance(fact, bool):
            return _nearness(float(fact), wish, spec)
        return 0.0

    return grant


def _nearness(fact: float, wish: Constraint, spec: AttributeSpec) -> float:
    ends = wish.value if isinstance(wish.value, tuple) else (wish.value,)
    bounds = [float(end) for end in ends if isinstance(end, (int, float)) and not isinstance(end, bool)]
    if not bounds or wish.op in ("ne", "not_in", "outside"):
        return 0.0
    distance, bound = min((abs(fact - bound), abs(bound)) for bound in bounds)
    if spec.scale:
        return NEAR * max(0.0, 1.0 - (distance - 1.0) / (_FAR_STEPS - 1.0)) if distance >= 1.0 else NEAR
    return NEAR * max(0.0, 1.0 - distance / (_FAR * bound)) if bound else 0.0
