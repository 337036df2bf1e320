"""Notice new wishes that go against ones in force although nothing says that the user changed their mind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.types import CatalogSchema, Constraint

from ..types import ITEM, TEXT, Contradiction, Preference

_FAR = 1e12


def contradictions(
    new: Sequence[Preference], held: Sequence[Preference], schema: CatalogSchema
) -> tuple[Contradiction, ...]:
    """Return the pairs that cannot both hold: a value wished and unwished, or ranges without a common number.

    Another genre beside the first, or a narrower range, goes with what was said and is no contradiction.
    """
    found = []
    for wish in new:
        if wish.attribute in (ITEM, TEXT):
            continue
        spec = schema.get(wish.attribute)
        number = spec is not None and spec.kind == "number"
        for old in held:
            if old.attribute != wish.attribute or old.turn_id == wish.turn_id or old.origin == "memory":
                continue
            if _apart(old, wish) if number else _opposed(old, wish):
                found.append(Contradiction(held_id=old.id, new=wish))
                break
    return tuple(found)


def exclusive(
    new: Sequence[Preference],
    held: Sequence[Preference],
    count: Callable[[Sequence[Constraint]], int],
) -> tuple[Contradiction, ...]:
    """Return the pairs of firm wishes about one attribute that no item grants together, though each has its items.

    ``count`` says how many items satisfy conditions.
    """
    found = []
    firm = [wish for wish in held if wish.hard and wish.polarity == "like"]
    for wish in new:
        rivals = [old for old in firm if old.attribute == wish.attribute and old.turn_id != wish.turn_id]
        if not (rivals and wish.hard and wish.polarity == "like"):
            continue
        if count(_conditions([*firm, wish])) > 0 or count(_conditions([wish])) == 0:
            continue
        for old in rivals:
            if count(_conditions([old, wish])) == 0:
                found.append(Contradiction(held_id=old.id, new=wish))
    return tuple(found)


def _conditions(wishes: Sequence[Preference]) -> list[Constraint]:
    return [condition for wish in wishes if (condition := wish.constraint()) is not None]


def _opposed(old: Preference, new: Preference) -> bool:
    """Whether the same value is liked by one and disliked by the other."""
    return old.polarity != new.polarity and bool(_values(old) & _values(new))


def _values(wish: Preference) -> set[str]:
    value = wish.value if isinstance(wish.value, tuple) else (wish.value,)
    return {str(one).casefold() for one in value}


def _apart(old: Preference, new: Preference) -> bool:
    """Whether no number satisfies both, both being firm."""
    if not (old.hard and new.hard):
        return False
    first, second = _range(old), _range(new)
    return first is not None and second is not None and (first[1] < second[0] or second[1] < first[0])


def _range(wish: Preference) -> tuple[float, float] | None:
    condition = wish.constraint()
    if condition is None:
        return None
    value = condition.value
    if condition.op == "between" and isinstance(value, tuple):
        return float(value[0]), float(value[1])
    if isinstance(value, (tuple, str)):
        return None
    number = float(value)
    return {
        "eq": (number, number),
        "lt": (-_FAR, number - 1e-9),
        "le": (-_FAR, number),
        "gt": (number + 1e-9, _FAR),
        "ge": (number, _FAR),
    }.get(condition.op)
