"""Say which hard constraint stands in the way, and what dropping it would bring. Exact, from the facts."""

from __future__ import annotations

from collections.abc import Sequence

from .facts import Facts
from .types import Constraint, Relaxation


def relaxations(facts: Facts, hard: Sequence[Constraint]) -> tuple[Relaxation, ...]:
    """Return what each single constraint keeps away, most useful first; those that keep nothing away are left out."""
    satisfied = facts.count(hard)
    found = []
    for place, constraint in enumerate(hard):
        others = (*hard[:place], *hard[place + 1 :])
        gain = facts.count(others) - satisfied
        if gain > 0:
            nearest = facts.nearest(constraint, others)
            found.append(Relaxation(constraint=constraint, would_add=gain, nearest=nearest))
    return tuple(sorted(found, key=lambda relaxation: -relaxation.would_add))
