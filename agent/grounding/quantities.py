"""Read numbers, years, decades and durations in a sentence as intervals that a fact must lie in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .lexicon import (
    COMPARATORS,
    DECADE_WORDS,
    MONEY_UNITS,
    MULTIPLIERS,
    NUMBER_WORDS,
    SHARE_UNITS,
    TIME_UNITS,
)
from .tokens import Token

Unit = Literal["time", "money", "share", "year", ""]
_YEARS = range(1000, 2101)
_PART_OF_DECADE = {"early": (0, 3), "mid": (3, 7), "middle": (3, 7), "late": (6, 9)}
_SKIPPED = frozenset({"-", "the", "your", "a", "an", "of"})
_LONGEST_COMPARATOR = max(len(words) for words in COMPARATORS)


class Quantity(NamedTuple):
    """A number as the sentence claims it; times are in minutes."""

    start: int
    end: int
    """Token range, comparator and unit included."""
    number: float
    unit: Unit
    low: float
    high: float
    """The fact must lie in ``low <= value <= high``."""
    relation: str = "eq"

    def holds(self, value: float) -> bool:
        """Tell whether a fact's value, in this quantity's unit, bears the claim out."""
        return self.low <= value <= self.high


class _Number(NamedTuple):
    value: float
    step: float
    """Half the rounding that the wording allows: ``1.2 million`` stands for 1.15 to 1.25 million."""
    end: int
    digits: bool


def quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """Return the quantities of a sentence in order, without overlaps."""
    found: list[Quantity] = []
    i = 0
    while i < len(tokens):
        quantity = _decade(tokens, i) or _measured(tokens, i)
        if quantity is None:
            i += 1
            continue
        floor = found[-1].end if found else 0
        found.append(_with_comparator(tokens, quantity, floor))
        i = quantity.end
    return found


def _norm(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].norm if 0 <= i < len(tokens) else ""


def _past_hyphen(tokens: Sequence[Token], i: int) -> int:
    return i + 1 if _norm(tokens, i) == "-" else i


def _decade(tokens: Sequence[Token], i: int) -> Quantity | None:
    start, text = i, _norm(tokens, i)
    decade = DECADE_WORDS.get(text)
    digits = text[:-1]
    if decade is None and text.endswith("0s") and digits.isdecimal() and len(digits) in (2, 4):
        decade = int(digits) if len(digits) == 4 else 1900 + int(digits)
    if decade is None:
        return None
    low, high = 0, 9
    before = start - 1
    while _norm(tokens, before) in ("-", "'", "‘"):
        before -= 1
    part = _PART_OF_DECADE.get(_norm(tokens, before))
    if part is not None:
        start, (low, high) = before, part
    return Quantity(start, i + 1, decade, "year", decade + low, decade + high, "decade")


def _measured(tokens: Sequence[Token], i: int) -> Quantity | None:
    return _duration(tokens, i) or _amount(tokens, i)


def _number(tokens: Sequence[Token], i: int) -> _Number | None:
    text = _norm(tokens, i)
    digits = text[:1].isdigit()
    if digits:
        plain = text.replace(",", "")
        try:
            value = float(plain)
        except ValueError:
            return None
        decimals = len(plain.partition(".")[2])
        number = _Number(value, 0.5 * 10**-decimals, i + 1, digits)
    elif text in NUMBER_WORDS:
        value, end = float(NUMBER_WORDS[text]), i + 1
        after = _past_hyphen(tokens, end)
        ones = NUMBER_WORDS.get(_norm(tokens, after), 0)
        if value >= 20 and 0 < ones < 10:
            value, end = value + ones, after + 1
        number = _Number(value, 0.5, end, digits)
    elif text == "a" and _norm(tokens, i + 1) == "hundred":
        number = _Number(1.0, 0.0, i + 1, digits)
    else:
        return None
    return _multiplied(tokens, _halved(tokens, number))


def _halved(tokens: Sequence[Token], number: _Number) -> _Number:
    at = number.end
    following = [_norm(tokens, at + step) for step in range(6)]
    compact = [word for word in following if word != "-"][:3]
    if compact != ["and", "a", "half"]:
        return number
    end = at + following.index("half") + 1
    return number._replace(value=number.value + 0.5, end=end)


def _multiplied(tokens: Sequence[Token], number: _Number) -> _Number:
    factor = MULTIPLIERS.get(_norm(tokens, number.end))
    if factor is None or (_norm(tokens, number.end) == "m" and not number.digits):
        return number
    return _Number(number.value * factor, number.step * factor, number.end + 1, number.digits)


def _duration(tokens: Sequence[Token], i: int) -> Quantity | None:
    compact = _compact_duration(tokens, i)
    if compact is not None:
        return compact
    if [_norm(tokens, i + step) for step in range(3)] in (["half", "an", "hour"], ["half", "a", "hour"]):
        return _exact(i, i + 3, 30.0, 0.0, "time")
    number = _number(tokens, i)
    if number is None and _norm(tokens, i) in ("a", "an") and _norm(tokens, i + 1) == "hour":
        number = _Number(1.0, 0.0, i + 1, False)
    if number is None:
        return None
    at = _past_hyphen(tokens, number.end)
    factor = TIME_UNITS.get(_norm(tokens, at))
    if factor is None:
        return None
    minutes, end = number.value * factor, at + 1
    if factor == 60:
        minutes, end = _minutes_after_hours(tokens, minutes, end)
    return _exact(i, end, minutes, 0.0, "time")


def _minutes_after_hours(tokens: Sequence[Token], minutes: float, end: int) -> tuple[float, int]:
    at = end + 1 if _norm(tokens, end) == "and" else end
    if at > end and [_norm(tokens, at), _norm(tokens, at + 1)] == ["a", "half"]:
        return minutes + 30, at + 2
    rest = _number(tokens, at)
    if rest is not None and TIME_UNITS.get(_norm(tokens, _past_hyphen(tokens, rest.end))) == 1:
        return minutes + rest.value, _past_hyphen(tokens, rest.end) + 1
    return minutes, end


def _compact_duration(tokens: Sequence[Token], i: int) -> Quantity | None:
    """Read ``95min``, ``2h`` and ``2h10``, which are single tokens or nearly so."""
    text = _norm(tokens, i)
    if not text[:1].isdigit():
        return None
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    factor = TIME_UNITS.get(text[len(digits) :])
    if factor is None or not digits.isdecimal():
        return None
    minutes, end = int(digits) * factor, i + 1
    rest = _norm(tokens, end)
    if factor == 60 and rest.rstrip("min").isdecimal():
        minutes, end = minutes + int(rest.rstrip("min")), end + 1
        end += _norm(tokens, end) in TIME_UNITS
    return _exact(i, end, minutes, 0.0, "time")


def _amount(tokens: Sequence[Token], i: int) -> Quantity | None:
    negative = _norm(tokens, i) == "-" and not tokens[i].joined
    if negative and _norm(tokens, i + 1)[:1].isdigit():
        amount = _amount(tokens, i + 1)
        return amount and _exact(i, amount.end, -amount.number, 0.0, amount.unit)
    start = i
    money = _norm(tokens, i) in MONEY_UNITS and not _norm(tokens, i).isalnum()
    number = _number(tokens, i + 1 if money else i)
    if number is None:
        return None
    end = number.end
    unit: Unit = "money" if money else ""
    after = _norm(tokens, end)
    if after in MONEY_UNITS:
        unit, end = "money", end + 1
    elif after in SHARE_UNITS:
        unit, end = "share", end + (2 if after == "per" and _norm(tokens, end + 1) == "cent" else 1)
    elif [after, _norm(tokens, end + 1), _norm(tokens, end + 2)] == ["out", "of", "100"]:
        unit, end = "share", end + 3
    elif after == "/" and _norm(tokens, end + 1) == "100":
        unit, end = "share", end + 2
    elif number.digits and end == i + 1 and number.value in _YEARS and len(tokens[i].norm) == 4:
        unit = "year"
    exact = number.value < 1000 or unit == "year" or end == i + 1
    return _exact(start, end, number.value, 0.0 if exact else number.step, unit)


def _exact(start: int, end: int, number: float, step: float, unit: Unit) -> Quantity:
    return Quantity(start, end, number, unit, number - step, number + step)


def _with_comparator(tokens: Sequence[Token], quantity: Quantity, floor: int) -> Quantity:
    at = quantity.start
    while at - 1 >= floor and _norm(tokens, at - 1) in _SKIPPED:
        at -= 1
    for size in range(_LONGEST_COMPARATOR, 0, -1):
        for end in {at, quantity.start}:
            words = tuple(_norm(tokens, k) for k in range(end - size, end))
            if end - size >= floor and words in COMPARATORS:
                return _compared(quantity._replace(start=end - size), COMPARATORS[words])
    return quantity


def _compared(quantity: Quantity, relation: str) -> Quantity:
    number, year = quantity.number, quantity.unit == "year"
    margin = 2.0 if year else abs(number) * 0.05
    below, above = math.nextafter(quantity.low, -math.inf), math.nextafter(quantity.high, math.inf)
    bounds = {
        "lt": (-math.inf, below),
        "le": (-math.inf, quantity.high),
        "gt": (above, math.inf),
        "ge": (quantity.low, math.inf),
        "near": (quantity.low - margin, quantity.high + margin),
        "almost": (number - 1.5 * margin, math.nextafter(number, -math.inf)),
        "just_over": (math.nextafter(number, math.inf), number + 1.5 * margin),
        "eq": (quantity.low, quantity.high),
    }
    low, high = bounds[relation]
    return quantity._replace(low=low, high=high, relation=relation)
