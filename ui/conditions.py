"""Read conditions written on a command line, such as ``year>=1990`` or ``genres=Comedy|Drama``. Pure."""

from __future__ import annotations

import re

from retrieval.errors import ConstraintError
from retrieval.types import AttributeValue, Constraint, Op

_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|=|>|<)\s*([^\s=<>].*?)\s*")
_OPS: dict[str, Op] = {">=": "ge", "<=": "le", "!=": "ne", "=": "eq", ">": "gt", "<": "lt"}
_OF_SEVERAL: dict[str, Op] = {"=": "in", "!=": "not_in"}


def read_condition(text: str, *, hard: bool = True) -> Constraint:
    """Return the constraint; a bar between values means any of them.

    Raises:
        ConstraintError: the text is not a condition.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ConstraintError(f"{text!r} is not a condition.", hint="Write ATTRIBUTE OP VALUE, as in 'year>=1990'.")
    attribute, sign, words = match.groups()
    values = tuple(part.strip() for part in words.split("|"))
    several = len(values) > 1 and sign in _OF_SEVERAL
    value: AttributeValue = values if several else words
    return Constraint(attribute=attribute, op=_OF_SEVERAL[sign] if several else _OPS[sign], value=value, hard=hard)
