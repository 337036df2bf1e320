"""Read single cells as typed values. Pure; what does not fit raises ``CellError`` and is never guessed at."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import Any

from .catalog_types import AttributeColumn
from .filters import text_key
from .types import AttributeValue

_MAX_ID_LENGTH = 512
_CURRENCIES = "$€£¥₹"
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED_NUMBER = re.compile(r"[+-]?\d{1,3}([,\u00a0\u202f ']\d{3})+(\.\d+)?")
_TRUE = frozenset({"true", "yes", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "n", "f", "0"})


class CellError(Exception):
    """Say why a cell cannot be what the mapping says it is."""

    def __init__(self, reason: str, hint: str = "", code: str = "wrong_type") -> None:
        """Keep the parts of the problem to report."""
        super().__init__(reason)
        self.reason, self.hint, self.code = reason, hint, code


def identifier(value: Any, column: str) -> str:
    """Return an id: text, or a whole number as text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _unfit(value, column, "an id", "Use text or a whole number.")
    text = clean(str(value), column)
    if len(text) > _MAX_ID_LENGTH or not text.isprintable():
        raise _unfit(text, column, "an id", f"Use at most {_MAX_ID_LENGTH} printable characters.")
    return text


def plain_text(value: Any, column: str) -> str:
    """Return text; numbers count as text, lists and objects do not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _unfit(value, column, "text")
    return clean(str(value), column)


def link(value: Any, column: str) -> str:
    """Return a web address; other schemes could run scripts when shown as links."""
    text = plain_text(value, column)
    if not re.match(r"https?://[^\s/]", text, re.IGNORECASE):
        raise _unfit(text, column, "a web address", "Begin with http:// or https://.")
    return text


def typed_value(value: Any, spec: AttributeColumn) -> AttributeValue | None:
    """Return the cell as the attribute's kind; None where nothing is left of it, as in an empty list."""
    column = spec.source_column
    match spec.kind:
        case "number":
            return number(value, column, spec.unit)
        case "date":
            return date(value, column)
        case "boolean":
            return boolean(value, column)
        case "categories":
            return categories(value, column, spec.separator) or None
        case "category":
            return label(value, column)
        case "text":
            return plain_text(value, column) or None


def number(value: Any, column: str, unit: str = "") -> int | float:
    """Return a finite number, from a number or from text such as ``1,234``, ``$12.50`` or ``142 min``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _unfit(value, column, "a number")
    try:
        found = _number_in(value, unit) if isinstance(value, str) else value
        finite = found is not None and math.isfinite(found)
    except (ValueError, OverflowError):
        found, finite = None, False
    if found is None or not finite:
        raise _unfit(value, column, "a number")
    return found


def date(value: Any, column: str) -> str:
    """Return a date as ``YYYY-MM-DD``, from a date, a time or ISO text."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    try:
        if not isinstance(value, str):
            raise ValueError
        return dt.datetime.fromisoformat(value.strip()).date().isoformat()
    except ValueError:
        raise _unfit(value, column, "a date", "Write YYYY-MM-DD; for years alone use kind number.") from None


def boolean(value: Any, column: str) -> bool:
    """Return true or false, from a boolean, 0 or 1, or a word such as ``yes``."""
    word = str(value).strip().casefold() if isinstance(value, bool | int | str) else ""
    if word not in _TRUE | _FALSE:
        raise _unfit(value, column, "true or false")
    return word in _TRUE


def label(value: Any, column: str) -> str | None:
    """Return one label with single spaces, or None where it is blank."""
    if isinstance(value, list):
        if len(value) > 1:
            raise _unfit(value, column, "one label", "Use kind categories for several.")
        value = value[0] if value else ""
    return " ".join(plain_text(value, column).split()) or None


def categories(value: Any, column: str, separator: str) -> tuple[str, ...]:
    """Return distinct labels, from a list, a JSON array in text, or text split at the separator."""
    if isinstance(value, str):
        value = _json_list(value) or (value.split(separator) if separator else [value])
    if not isinstance(value, list | tuple):
        value = [value]
    labels = (label(one, column) for one in value if one is not None and not isinstance(one, list))
    if any(isinstance(one, list) for one in value):
        raise _unfit(value, column, "a list of labels")
    return tuple({text_key(one): one for one in reversed([one for one in labels if one])}.values())[::-1]


def clean(text: str, column: str) -> str:
    """Return the text without outer spaces.

    Raises:
        CellError: it holds a NUL or half a surrogate pair, which no database or encoder can store.
    """
    if "\0" in text:
        raise CellError(f"Column {column!r} holds a NUL character.", "Remove it.", "encoding")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        reason = f"Column {column!r} holds half a character at position {error.start + 1}."
        raise CellError(reason, "Write the text again as UTF-8.", "encoding") from None
    return text.strip()


def _number_in(text: str, unit: str) -> int | float | None:
    bare = text.strip().strip(_CURRENCIES).strip()
    if unit and bare.casefold().endswith(unit.casefold()):
        bare = bare[: -len(unit)].strip()
    if _GROUPED_NUMBER.fullmatch(bare):
        bare = re.sub(r"[,\u00a0\u202f ']", "", bare)
    if not _PLAIN_NUMBER.fullmatch(bare):
        return None
    return int(bare) if bare.lstrip("+-").isdigit() else float(bare)


def _json_list(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _unfit(value: Any, column: str, wanted: str, hint: str = "") -> CellError:
    shown = repr(value)
    return CellError(f"Column {column!r} holds {shown[:80]}{'...' if len(shown) > 80 else ''}, not {wanted}.", hint)
