"""Cut quantities out of a message: durations, decades, years, sums of money, shares and plain numbers.

Each reader looks at the tokens from one place on and returns what it read with the token behind it, or None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from retrieval.types import Value

from .text import Token
from .words import DECADE_WORDS, NUMBER_WORDS, STOP

_MINUTES_PER = {"minute": 1.0, "min": 1.0, "m": 1.0, "hour": 60.0, "hr": 60.0, "h": 60.0}
_FRACTIONS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("and", "a", "half"), 0.5),
    (("and", "half"), 0.5),
    (("and", "a", "quarter"), 0.25),
    (("and", "three", "quarters"), 0.75),
    (("and", "three", "quarter"), 0.75),
)
"""What may follow a number of hours, before or behind the word itself: "two and a half hours", "an hour and a half"."""
_PARTS_OF_AN_HOUR = ((("three", "quarters", "of", "an", "hour"), 45.0), (("a", "quarter", "of", "an", "hour"), 15.0))
_MULTIPLIERS = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mio": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}


class Quantity(Value):
    """A number as written: a point or, for a decade, a span of years."""

    low: float
    high: float
    kind: str
    """``duration`` (in minutes), ``year``, ``decade``, ``money``, ``percent`` or ``plain``."""
    start: int
    end: int


def decade_at(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    """Return (first year of the decade, end) for "1990s", "90s", "nineties", or (None, at)."""
    if at >= len(tokens):
        return None, at
    norm = tokens[at].norm
    if norm in DECADE_WORDS:
        return _century(DECADE_WORDS[norm]), at + 1
    if len(norm) > 5 and norm.endswith(("ies", "ys")):
        plural = re.sub(r"e?ys$", "ies", norm)
        near = next((word for word in DECADE_WORDS if OSA.distance(word, plural) <= 1), None)
        if near is not None:
            return _century(DECADE_WORDS[near]), at + 1
    if norm.isdigit() and len(norm) in (2, 4) and norm.endswith("0"):
        follows = at + 1 < len(tokens) and tokens[at + 1].norm == "s" and tokens[at + 1].sep in ("", "'", "’")
        if follows:
            number = int(norm)
            return (number if number >= 1000 else _century(number)), at + 2
    return None, at


_CENTURIES = {"eighteen": 1800.0, "nineteen": 1900.0, "twenty": 2000.0}
"""Words with which a year begins that is read in pairs."""
CURRENCIES = "$€£¥₹"
"""Signs of currencies, which stand before or behind an amount."""
_MONEY = frozenset("dollars dollar usd bucks buck euros euro eur pounds quid gbp yen yuan rmb rupees inr".split())


def _century(two_digits: int) -> int:
    """Return the year of a two-digit decade; 00 and 10 are this century, the rest the last."""
    return (2000 if two_digits < 20 else 1900) + two_digits


def duration_at(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return (minutes, end) for "two and a half hours", "1h30", "an hour and a half", "95 min", or (None, at)."""
    for words_of, minutes in _PARTS_OF_AN_HOUR:
        if tuple(norms_at(tokens, at, len(words_of))) == words_of:
            return minutes, at + len(words_of)
    number, end = number_at(tokens, at)
    if number is None and tokens[at].norm in ("a", "an", "half"):
        number, end = (0.5 if tokens[at].norm == "half" else 1.0), at + 1
        if tokens[at].norm == "half" and end < len(tokens) and tokens[end].norm == "an":
            end += 1
    if number is None:
        return None, at
    part, end = _fraction_at(tokens, end)
    number += part
    per = _MINUTES_PER.get(tokens[end].norm.rstrip("s") or "s") if end < len(tokens) else None
    if per is None or (tokens[end].norm == "m" and tokens[end].sep) or tokens[end].sep.strip("+-"):
        return None, at
    minutes, end = number * per, end + 1
    return _odd_minutes(tokens, end, minutes) if per == 60.0 else (minutes, end)


def _odd_minutes(tokens: Sequence[Token], end: int, minutes: float) -> tuple[float, int]:
    """Add what follows the hours: "and a half", "30", "and 20 minutes"."""
    part, after = _fraction_at(tokens, end)
    if part:
        return minutes + 60.0 * part, after
    at = end + 1 if norms_at(tokens, end, 1) == ["and"] else end
    if at < len(tokens):
        extra, after = number_at(tokens, at)
        unit = after < len(tokens) and tokens[after].norm in ("min", "mins", "minute", "minutes", "m")
        alone = at > end and extra is not None and extra % 5 == 0 and _ends_phrase(tokens, after)
        if extra is not None and extra < 60 and (unit or alone or (at == end and tokens[at].sep == "")):
            return minutes + extra, after + 1 if unit else after
    return minutes, end


def _fraction_at(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """Return (part of one, end) for "and a quarter", or (0, at)."""
    return next(
        ((part, at + len(phrase)) for phrase, part in _FRACTIONS if tuple(norms_at(tokens, at, len(phrase))) == phrase),
        (0.0, at),
    )


def _ends_phrase(tokens: Sequence[Token], at: int) -> bool:
    """Whether what ends before token ``at`` counts nothing behind it: "an hour and 40, tops", not "and 40 films"."""
    return at >= len(tokens) or bool(tokens[at].sep) or tokens[at].norm in STOP


def number_at(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return (number, end) for digits or number words, or (None, at)."""
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    if token.is_number:
        text = token.norm
        text = text.replace(",", "") if text.count(",") and len(text.split(",")[-1]) == 3 else text.replace(",", ".")
        try:
            return float(text), at + 1
        except ValueError:
            return None, at
    if norms_at(tokens, at, 2) == ["a", "hundred"]:
        at += 1
    total: float | None = None
    while (
        at < len(tokens)
        and tokens[at].norm in NUMBER_WORDS
        and not (total is not None and tokens[at].sep not in ("", "-"))
    ):
        value = NUMBER_WORDS[tokens[at].norm]
        total = (total or 1) * 100 if value == 100 else (total or 0) + value
        at += 1
        if (
            value == 100
            and norms_at(tokens, at, 1) == ["and"]
            and at + 1 < len(tokens)
            and tokens[at + 1].norm in NUMBER_WORDS
        ):
            at += 1
    return total, at


def spoken_year(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return (year, end) for a year in words, "nineteen ninety three", "two thousand and five", or (None, at)."""
    low, end = 0.0, at + 2
    if norms_at(tokens, at, 2) == ["two", "thousand"]:
        low, end = _below_hundred(tokens, end + (norms_at(tokens, end, 1) == ["and"]))
        return (2000.0 + low, end) if low else (2000.0, at + 2)
    century = _CENTURIES.get(tokens[at].norm)
    if century is None or at + 1 >= len(tokens) or tokens[at + 1].sep.strip("-"):
        return None, at
    zero = tokens[at + 1].norm in ("oh", "o")
    low, end = _below_hundred(tokens, at + 1 + zero)
    return (century + low, end) if (low >= 10 and not zero) or (zero and 0 < low < 10) else (None, at)


def _below_hundred(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """Return (number, end) for up to two number words of tens and ones, or (0, at)."""
    first = NUMBER_WORDS.get(tokens[at].norm, 0) if at < len(tokens) else 0
    if not 0 < first < 100:
        return 0.0, at
    second = NUMBER_WORDS.get(tokens[at + 1].norm, 0) if at + 1 < len(tokens) else 0
    joined = first >= 20 and 0 < second < 10 and not tokens[at + 1].sep.strip("-")
    return (float(first + second), at + 2) if joined else (float(first), at + 1)


def plain_at(tokens: Sequence[Token], at: int, *, year: bool) -> Quantity | None:
    """Return the number at a place with its kind; four digits are a year where ``year`` says that there are years."""
    spoken, end = spoken_year(tokens, at) if year else (None, at)
    if spoken is not None:
        return Quantity(low=spoken, high=spoken, kind="year", start=at, end=end)
    number, end = number_at(tokens, at)
    if (
        number is None
        and tokens[at].norm in ("a", "an")
        and norms_at(tokens, at + 1, 1)[:1] in (["million"], ["billion"])
    ):
        number, end = 1.0, at + 1
    if number is None:
        return None
    kind = "plain"
    money = any(sign in tokens[at].sep for sign in CURRENCIES)
    if end < len(tokens) and tokens[end].norm in _MULTIPLIERS and (tokens[end].norm not in "km" or not tokens[end].sep):
        number, end = number * _MULTIPLIERS[tokens[end].norm], end + 1
        money = money or number >= 1e6
    if end < len(tokens) and tokens[end].norm in _MONEY:
        end, money = end + 1, True
    elif tokens[end - 1].tail[:1] in CURRENCIES and tokens[end - 1].tail:
        money = True
    named = norms_at(tokens, end, 1) in (["percent"], ["pct"])
    if named or tokens[end - 1].tail.startswith("%"):
        kind, end = "percent", end + named
    if money:
        kind = "money"
    elif year and tokens[at].is_number and len(tokens[at].norm) == 4 and 1850 <= number <= 2100:
        kind = "year"
    return Quantity(low=number, high=number, kind=kind, start=at, end=end)


def is_money(unit: str) -> bool:
    """Tell whether a unit is a currency: ``$``, ``million $``, ``EUR``."""
    return any(sign in unit for sign in CURRENCIES) or not _MONEY.isdisjoint(unit.casefold().split())


def norms_at(tokens: Sequence[Token], at: int, count: int) -> list[str]:
    """Return the comparable forms of up to ``count`` tokens from ``at`` on."""
    return [token.norm for token in tokens[at : at + count]]


def same_unit(first: Quantity, last: Quantity) -> tuple[Quantity, Quantity]:
    """Give the first end of a range the unit written only behind the second: "2 to 3 hours", "60-150 bucks"."""
    if first.kind == "plain" and last.kind in ("money", "percent"):
        times = next((many for many in (1e9, 1e6) if last.low >= many and first.low < 1e3), 1.0)
        return first.model_copy(update={"low": first.low * times, "high": first.high * times, "kind": last.kind}), last
    if first.kind != "plain" or last.kind != "duration":
        return first, last
    minutes = first.low * 60 if first.low < 10 and last.low >= 60 else first.low
    return first.model_copy(update={"low": minutes, "high": minutes, "kind": "duration"}), last
