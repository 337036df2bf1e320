"""Values and conditions in words, once for every door. Pure; nothing here is escaped for HTML."""

from __future__ import annotations

import operator
from collections.abc import Callable

from agent.types import Preference
from retrieval.types import AttributeSpec, AttributeValue, Op

from .language import Words, english

CURRENCIES = "$€£¥₹"
YEAR_LIKE = 10_000
"""Whole numbers below this are written without separators, so that years read as years."""

_BOUNDS: dict[Op, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def number_words(value: float, spec: AttributeSpec | None, words: Words | None = None) -> str:
    """Write a number with its unit; a step of a scale becomes its word."""
    if spec and spec.scale and float(value).is_integer() and int(value) in spec.scale:
        return spec.scale[int(value)]
    unit, digits = spec.unit if spec else "", _digits(value, words)
    if not unit:
        return digits
    if unit[-1] in CURRENCIES:
        return f"{unit}{digits}" if len(unit) == 1 else f"{unit} {digits}"
    return f"{digits}{'' if unit == '%' else ' '}{unit}"


def is_range(value: AttributeValue) -> bool:
    """Tell a pair of numbers from a list of labels."""
    return isinstance(value, tuple) and len(value) == 2 and not any(isinstance(end, str) for end in value)


def range_words(value: AttributeValue, spec: AttributeSpec | None, words: Words | None = None) -> str:
    """Write a pair of numbers, the unit once: ``90–120 min``."""
    low, high = (float(end) for end in value) if isinstance(value, tuple) else (0.0, 0.0)
    if spec and (spec.scale or spec.unit.endswith(tuple(CURRENCIES))):
        return f"{number_words(low, spec, words)} – {number_words(high, spec, words)}"
    return f"{_digits(low, words)}–{number_words(high, spec, words)}"


def value_words(
    value: AttributeValue, spec: AttributeSpec | None = None, limit: int | None = None, words: Words | None = None
) -> str:
    """Write a fact's value for people.

    Args:
        value: the fact.
        spec: its attribute, which may say how values are written.
        limit: most labels of a list that are written.
        words: the language's words; English when None.
    """
    words = words or english()
    if isinstance(value, bool):
        return words.say("values.yes" if value else "values.no")
    if isinstance(value, tuple):
        if is_range(value):
            return range_words(value, spec, words)
        return words.say("values.comma").join(_label(str(label), spec) for label in value[:limit])
    return number_words(value, spec, words) if isinstance(value, int | float) else _label(value, spec)


def _label(value: str, spec: AttributeSpec | None) -> str:
    return spec.written.get(value, value) if spec else value


def condition_words(wish: Preference, spec: AttributeSpec | None, words: Words | None = None) -> str:
    """Say what must be the case; on a small scale by naming the steps: ``slow or unhurried``, ``not fast``."""
    words = words or english()
    if spec and spec.scale and isinstance(wish.value, int | float) and (test := _BOUNDS.get(wish.op)):
        inside = [name for step, name in sorted(spec.scale.items()) if test(step, wish.value)]
        outside = [name for step, name in sorted(spec.scale.items()) if not test(step, wish.value)]
        if inside and outside:
            if len(inside) <= len(outside):
                return words.join(inside, "or")
            return words.say("values.not", value=words.join(outside, "or"))
    value = wish.label or value_words(wish.value, spec, words=words)
    return words.say(f"values.{wish.op}", value=value)


def raw_value(value: AttributeValue, spec: AttributeSpec | None = None) -> str:
    """Return a value as it would be typed into a field."""
    if isinstance(value, tuple):
        return (" – " if is_range(value) else ", ").join(raw_value(part, spec) for part in value)
    return _digits(value).replace(",", "") if isinstance(value, float) else _label(str(value), spec)


def _digits(value: float, words: Words | None = None) -> str:
    words = words or english()
    if float(value).is_integer():
        return f"{int(value)}" if abs(value) < YEAR_LIKE else words.number(int(value))
    return words.decimal(value, 2).rstrip("0")
