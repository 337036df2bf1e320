"""Decide exactly whether an item satisfies a constraint. Pure: the SQL in ``facts.py`` must always agree with this."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from .errors import ConstraintError
from .types import AttributeKind, AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Op

Key = str | float
"""What is compared: folded text for labels, text and dates; a float for numbers and booleans."""

_EQUALITY: frozenset[Op] = frozenset({"eq", "ne", "in", "not_in"})
_NEGATIVE: frozenset[Op] = frozenset({"ne", "not_in", "outside"})
_RANGES: frozenset[Op] = frozenset({"between", "outside"})
_ORDERED: frozenset[AttributeKind] = frozenset({"number", "date"})
_NUMERIC: frozenset[AttributeKind] = frozenset({"number", "boolean"})


def satisfies(item: Item, constraint: Constraint, schema: CatalogSchema) -> bool:
    """Return whether the item's facts satisfy the constraint, exactly.

    A missing fact satisfies only ``ne``, ``not_in`` and ``outside``: nothing is assumed about what is not known.

    Raises:
        ConstraintError: the constraint does not fit the schema.
    """
    return matcher(constraint, schema)(item)


def satisfies_all(item: Item, constraints: Sequence[Constraint], schema: CatalogSchema) -> bool:
    """Return whether the item satisfies every one of the constraints, hard or not."""
    return all(satisfies(item, constraint, schema) for constraint in constraints)


def matcher(constraint: Constraint, schema: CatalogSchema) -> Callable[[Item], bool]:
    """Return a test of items, so that one check of the constraint serves many items.

    Raises:
        ConstraintError: the constraint does not fit the schema.
    """
    spec = checked_spec(constraint, schema)
    wanted = constraint_keys(constraint, spec)
    if constraint.op in _EQUALITY:
        return _equality(spec, frozenset(wanted), negative=constraint.op in _NEGATIVE)
    if constraint.op in _RANGES:
        return _range(spec, wanted[0], wanted[1], negative=constraint.op in _NEGATIVE)
    return _comparison(spec, constraint.op, wanted[0])


def validate(constraint: Constraint, schema: CatalogSchema) -> None:
    """Check that the constraint names a known attribute, a fitting operator and a fitting value.

    Raises:
        ConstraintError: it does not; the hint says what would.
    """
    constraint_keys(constraint, checked_spec(constraint, schema))


def checked_spec(constraint: Constraint, schema: CatalogSchema) -> AttributeSpec:
    """Return the attribute the constraint is about.

    Raises:
        ConstraintError: there is no such attribute, or its kind has no order to compare by.
    """
    spec = schema.get(constraint.attribute)
    if spec is None:
        names = ", ".join(known.name for known in schema.attributes)
        raise ConstraintError(f"No attribute is named {constraint.attribute!r}.", hint=f"Known attributes: {names}.")
    if constraint.op not in _EQUALITY and spec.kind not in _ORDERED:
        raise ConstraintError(
            f"Operator {constraint.op!r} needs a number or a date; {spec.name!r} is of kind {spec.kind!r}.",
            hint="Use eq, ne, in or not_in.",
        )
    return spec


def constraint_keys(constraint: Constraint, spec: AttributeSpec) -> tuple[Key, ...]:
    """Return the constraint's values as keys: one or more for ``in`` and ``not_in``, low and high for ranges, else one.

    Raises:
        ConstraintError: a value does not fit the attribute's kind, or there are too many or none.
    """
    values = constraint.value if isinstance(constraint.value, tuple) else (constraint.value,)
    if not values:
        raise ConstraintError(f"The constraint on {spec.name!r} names no value.", hint="Give at least one value.")
    if constraint.op in _RANGES:
        return _range_keys(values, constraint, spec)
    if len(values) > 1 and constraint.op not in ("in", "not_in"):
        raise ConstraintError(
            f"Operator {constraint.op!r} takes one value; {values!r} was given for {spec.name!r}.",
            hint="Use 'in' for any of them, or one constraint each for all of them.",
        )
    return tuple(_key_of(value, spec) for value in values)


def _range_keys(
    values: Sequence[str | int | float | bool], constraint: Constraint, spec: AttributeSpec
) -> tuple[Key, ...]:
    keys = tuple(_key_of(value, spec) for value in values)
    if len(keys) != 2 or _compare(keys[1], "lt", keys[0]):
        raise ConstraintError(
            f"Operator {constraint.op!r} takes a low and a high end; {constraint.value!r} was given for {spec.name!r}.",
            hint="Give two values, the lower one first.",
        )
    return keys


def item_keys(value: AttributeValue, kind: AttributeKind) -> tuple[Key, ...]:
    """Return an item's fact as keys, one per label; numbers and booleans give one float."""
    values = value if isinstance(value, tuple) else (value,)
    if kind in _NUMERIC:
        return tuple(float(one) for one in values)
    return tuple(text_key(str(one)) for one in values)


# Every search checks a hundred items or more by their labels, which are the same few thousand.
@lru_cache(1 << 16)
def text_key(text: str) -> str:
    """Fold case, Unicode form and spacing, so that equal labels have equal keys; accents still count."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def is_numeric(kind: AttributeKind) -> bool:
    """Return whether facts of this kind compare as floats (booleans as 0 and 1)."""
    return kind in _NUMERIC


def is_negative(op: Op) -> bool:
    """Return whether the operator is satisfied by a missing fact."""
    return op in _NEGATIVE


def _equality(spec: AttributeSpec, wanted: frozenset[Key], *, negative: bool) -> Callable[[Item], bool]:
    def test(item: Item) -> bool:
        fact = item.attributes.get(spec.name)
        found = fact is not None and not wanted.isdisjoint(item_keys(fact, spec.kind))
        return found is not negative

    return test


def _range(spec: AttributeSpec, low: Key, high: Key, *, negative: bool) -> Callable[[Item], bool]:
    def test(item: Item) -> bool:
        fact = item.attributes.get(spec.name)
        keys = () if fact is None else item_keys(fact, spec.kind)
        inside = any(_compare(key, "ge", low) and _compare(key, "le", high) for key in keys)
        return inside is not negative

    return test


def _comparison(spec: AttributeSpec, op: Op, bound: Key) -> Callable[[Item], bool]:
    def test(item: Item) -> bool:
        fact = item.attributes.get(spec.name)
        return fact is not None and any(_compare(key, op, bound) for key in item_keys(fact, spec.kind))

    return test


def _compare(key: Key, op: Op, bound: Key) -> bool:
    below = str(key) < str(bound) if isinstance(key, str) else key < float(bound)
    if op in ("lt", "ge"):
        return below is (op == "lt")
    return (below or key == bound) is (op == "le")


def _key_of(value: str | int | float | bool, spec: AttributeSpec) -> Key:
    if spec.kind == "number":
        return _number_key(value, spec)
    if spec.kind == "boolean":
        return _boolean_key(value, spec)
    if spec.kind == "date":
        return _date_key(value, spec)
    if not isinstance(value, str) or not value.strip():
        raise _unfit(value, spec, "Give a label as text.")
    return text_key(value)


def _number_key(value: str | int | float | bool, spec: AttributeSpec) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _unfit(value, spec, "Give a finite number.")
    return number


def _boolean_key(value: str | int | float | bool, spec: AttributeSpec) -> float:
    words = {"true": 1.0, "false": 0.0}
    key = words.get(str(value).casefold())
    if key is None:
        raise _unfit(value, spec, "Give true or false.")
    return key


def _date_key(value: str | int | float | bool, spec: AttributeSpec) -> str:
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _unfit(value, spec, "Give a date as YYYY-MM-DD.") from None


def _unfit(value: object, spec: AttributeSpec, hint: str) -> ConstraintError:
    return ConstraintError(f"Value {value!r} does not fit {spec.name!r}, which is of kind {spec.kind!r}.", hint=hint)
