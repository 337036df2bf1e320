"""Values and conditions in words, once for every door. Pure; nothing here is escaped for HTML."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from agent.types import Preference
from retrieval.types import AttributeSpec, AttributeValue, Op

CURRENCIES = "$€£¥₹"
YEAR_LIKE = 10_000
"""Whole numbers below this are written without separators, so that years read as years."""

_WORDS: dict[Op, str] = {
    "eq": "",
    "ne": "not",
    "in": "any of",
    "not_in": "none of",
    "lt": "under",
    "le": "at most",
    "gt": "over",
    "ge": "at least",
    "between": "",
    "outside": "not",
}

_BOUNDS: dict[Op, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def number_words(value: float, spec: AttributeSpec | None) -> str:
    """Write a number with its unit; a step of a scale becomes its word."""
    if spec and spec.scale and float(value).is_integer() and int(value) in spec.scale:
        return spec.scale[int(value)]
    unit = spec.unit if spec else ""
    if not unit:
        return _digits(value)
    if unit[-1] in CURRENCIES:
        return f"{unit} {_digits(value)}"
    return f"{_digits(value)}{'' if unit == '%' else ' '}{unit}"


def is_range(value: AttributeValue) -> bool:
    """Tell a pair of numbers from a list of labels."""
    return isinstance(value, tuple) and len(value) == 2 and not any(isinstance(end, str) for end in value)


def range_words(value: AttributeValue, spec: AttributeSpec | None) -> str:
    """Write a pair of numbers, the unit once: ``90–120 min``."""
    low, high = (float(end) for end in value) if isinstance(value, tuple) else (0.0, 0.0)
    if spec and (spec.scale or spec.unit.endswith(tuple(CURRENCIES))):
        return f"{number_words(low, spec)} – {number_words(high, spec)}"
    return f"{_digits(low)}–{number_words(high, spec)}"


def value_words(value: AttributeValue, spec: AttributeSpec | None = None, limit: int | None = None) -> str:
    """Write a fact's value for people; ``limit`` caps how many labels of a list are written."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return range_words(value, spec) if is_range(value) else ", ".join(str(label) for label in value[:limit])
    if isinstance(value, int | float):
        return number_words(value, spec)
    return value


def condition_words(wish: Preference, spec: AttributeSpec | None) -> str:
    """Say what must be the case; on a small scale by naming the steps: ``slow or unhurried``, ``not fast``."""
    if spec and spec.scale and isinstance(wish.value, int | float) and (test := _BOUNDS.get(wish.op)):
        inside = [name for step, name in sorted(spec.scale.items()) if test(step, wish.value)]
        outside = [name for step, name in sorted(spec.scale.items()) if not test(step, wish.value)]
        if inside and outside:
            return joined(inside, "or") if len(inside) <= len(outside) else f"not {joined(outside, 'or')}"
    return " ".join(part for part in (_WORDS[wish.op], wish.label or value_words(wish.value, spec)) if part)


def raw_value(value: AttributeValue) -> str:
    """Return a value as it would be typed into a field."""
    if isinstance(value, tuple):
        return (" – " if is_range(value) else ", ").join(raw_value(part) for part in value)
    return _digits(value).replace(",", "") if isinstance(value, float) else str(value)


def joined(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def _digits(value: float) -> str:
    if float(value).is_integer():
        return f"{int(value)}" if abs(value) < YEAR_LIKE else f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0")
