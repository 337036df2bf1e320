"""Know how people speak of common columns: a table from words in a column's name to the sentences and words for it.

It holds for English headers of shops, libraries and media shelves. A column that no row names gets the schema's
defaults.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .types import AttributeKind

CURRENCIES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹"}
"""Code of a currency -> the sign that is its unit."""

_LABELS: tuple[AttributeKind, ...] = ("category", "categories")
_NUMBER: tuple[AttributeKind, ...] = ("number",)


class Family(NamedTuple):
    """How people speak of one kind of column."""

    pattern: str
    """What the column's name holds, as a regular expression on whole words."""
    kinds: tuple[AttributeKind, ...]
    sentence: str = ""
    """The fact as a clause behind "it"; ``{value}`` is the value, ``{unit}`` its unit."""
    headline: int = 0
    """Place on a card's first line, 1 first; 0 leaves it off."""
    lower: tuple[str, ...] = ()
    higher: tuple[str, ...] = ()
    """Comparatives downwards and upwards."""
    low: str = ""
    high: str = ""
    """Words for the lowest and the highest fifth."""
    aliases: tuple[str, ...] = ()


FAMILIES = (
    Family("directors?|directed by", _LABELS, "was directed by {value}", 1),
    Family("authors?|writers?|written by", _LABELS, "was written by {value}", 1),
    Family("artists?|performers?|bands?|musicians?|singers?", _LABELS, "is by {value}", 1),
    Family("brands?|makers?|manufacturers?|vendors?|designers?", _LABELS, "is by {value}", 1, aliases=("brand",)),
    Family("instructors?|teachers?|lecturers?", _LABELS, "is taught by {value}", 1),
    Family("publishers?", _LABELS, "was published by {value}"),
    Family("composers?", _LABELS, "was composed by {value}"),
    Family("cast|actors?|starring", _LABELS, "stars {value}"),
    Family("category|categories|department|section", _LABELS, "is listed under {value}", 2),
    Family("genres?|type|style", _LABELS, "", 2),
    Family("colou?rs?", _LABELS, "comes in {value}", 4, aliases=("color",)),
    Family("sizes?", _LABELS, "comes in {value}", aliases=("size",)),
    Family("materials?|fabrics?", _LABELS, "is made of {value}"),
    Family("languages?", _LABELS, "is in {value}"),
    Family("countr(?:y|ies)|origin|made in", _LABELS, "is from {value}"),
    Family(
        "year|released?", _NUMBER, "came out in {value}", 3, ("older", "earlier"), ("newer", "more recent"),
        "old", "recent",
    ),
    Family(
        "price|cost", _NUMBER, "costs {amount}", 3, ("cheaper", "less expensive"), ("more expensive", "pricier"),
        "cheap", "expensive",
    ),
    Family(
        "runtime|duration|length|minutes|seconds", _NUMBER, "takes {amount}", 5, ("shorter",), ("longer",),
        "short", "long",
    ),
    Family(
        "rating|score|stars", _NUMBER, "is rated {amount}", 0, ("lower rated",), ("better rated", "higher rated"),
        "badly rated", "highly rated", ("rated",),
    ),
    Family("weight", _NUMBER, "weighs {amount}", 0, ("lighter",), ("heavier",), "light", "heavy"),
)  # fmt: skip


def family_of(name: str, kind: AttributeKind) -> Family | None:
    """Return how people speak of a column of this name and kind, or None."""
    spoken = " ".join(re.sub(r"[^0-9a-z]+", " ", name.casefold()).split())
    fitting = (family for family in FAMILIES if kind in family.kinds)
    return next((family for family in fitting if re.search(rf"\b(?:{family.pattern})\b", spoken)), None)


def sentence_of(family: Family, unit: str) -> str:
    """Return the family's sentence for a number in this unit: ``costs ${value}``, ``takes {value} minutes``."""
    if unit in CURRENCIES.values():
        return family.sentence.replace("{amount}", f"{unit}{{value}}")
    spoken = {"min": "minutes", "s": "seconds", "sec": "seconds", "h": "hours"}.get(unit, unit)
    amount = f"{{value}}{'' if spoken == '%' else ' '}{spoken}".strip()
    return family.sentence.replace("{amount}", amount)


def stock_attribute(name: str, kind: AttributeKind) -> bool:
    """Tell whether a column says if an item can be had at all."""
    return kind == "boolean" and re.fullmatch(r"(?:is_)?(?:in_stock|available|availability)", name) is not None
