"""Write items as text: what is embedded, what is reranked and what is searched by word. Pure, from the schema alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Value

MAX_DESCRIPTION = 420
"""Characters of the description that are embedded, cut at a word; about 90 tokens."""
MAX_TEXT = 900
"""Characters of the whole text; encoders read about 256 tokens and rerankers fewer."""
MAX_LABELS = 8
MAX_NAMES = 5
"""Names of one attribute that are embedded: long lists drown the rest, and search by word covers all of them."""

_WORD = re.compile(r"\w+")
_OPS = {
    "ne": "not",
    "not_in": "not",
    "outside": "not",
    "lt": "under",
    "le": "at most",
    "gt": "over",
    "ge": "at least",
}


class SearchFields(Value):
    """An item's words by how much a match in them means."""

    title: str
    names: str
    """Proper names in full."""
    body: str
    """All other labels, scale words and the whole description."""


def item_text(item: Item, schema: CatalogSchema) -> str:
    """Return the item as a short passage: title and year, labels, description, then names.

    The order is by worth, since every reader of it may cut the end. Numbers with a unit are left out: filters handle
    them exactly, and embeddings cannot.
    """
    parts = [_heading(item, schema), *_labels(item, schema)]
    if item.description:
        parts.append(cut(item.description, MAX_DESCRIPTION).rstrip("."))
    parts += _clauses(item, schema)
    return cut(". ".join(parts) + ".", MAX_TEXT)


def search_fields(item: Item, schema: CatalogSchema) -> SearchFields:
    """Return every indexed word of the item, nothing cut."""
    facts = _facts(item, schema)
    names = dict.fromkeys(name for spec, value in facts if spec.names for name in _values(value))
    body = [text for spec, value in facts if not spec.names for text in _values(_worded(spec, value))]
    return SearchFields(title=item.title, names=". ".join(names), body=". ".join([*body, item.description]))


def constraint_text(constraint: Constraint, schema: CatalogSchema) -> str:
    """Return the constraint as plain words, for example ``Comedy``, ``not Horror`` or ``year at least 1990``."""
    spec = schema.get(constraint.attribute) or AttributeSpec(name=constraint.attribute, kind="text")
    joiner = " to " if constraint.op in ("between", "outside") else " or "
    value = joiner.join(_values(_worded(spec, constraint.value)))
    words = [_OPS.get(constraint.op, ""), value]
    if spec.kind in ("number", "date"):
        words = [spec.display, *words, spec.unit]
    return " ".join(word for word in words if word)


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, ending at a word where there is one."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head[:limit]).rstrip(" ,;:")


def unexplained(text: str, hard: Iterable[Constraint]) -> str:
    """Return the words of a query that its hard conditions do not say already, singular or plural.

    Every eligible item satisfies those, so a match in them tells none apart and would only favour short texts.
    """
    labels = (value for one in hard if one.op == "eq" for value in _values(one.value))
    said = {word.casefold().rstrip("s") for label in labels for word in _WORD.findall(label)}
    return " ".join(word for word in _WORD.findall(text) if word.casefold().rstrip("s") not in said)


def _heading(item: Item, schema: CatalogSchema) -> str:
    # A number without a unit or a scale is an identity of sorts, such as a year or an edition.
    years = [
        text[:4] if spec.kind == "date" else text
        for spec, value in _facts(item, schema)
        if spec.kind == "date" or (spec.kind == "number" and not spec.unit and not spec.scale)
        for text in _values(value)
    ]
    return f"{item.title} ({', '.join(years)})" if years else item.title


def _labels(item: Item, schema: CatalogSchema) -> list[str]:
    found = []
    for spec, value in _facts(item, schema):
        if spec.scale and spec.kind == "number":
            found.append(f"{spec.display}: {_worded(spec, value)}")
        elif spec.kind in ("category", "categories", "text") and not spec.names:
            found.append(", ".join(_values(value)[:MAX_LABELS]))
        elif spec.kind == "boolean" and value is True:
            found.append(spec.display)
    return found


def _clauses(item: Item, schema: CatalogSchema) -> list[str]:
    said: set[str] = set()
    clauses = []
    for spec, value in _facts(item, schema):
        new = [name for name in _values(value) if name not in said][:MAX_NAMES] if spec.names else []
        said.update(new)
        if new:
            clauses.append(f"{spec.display}: {', '.join(new)}")
    return clauses


def _facts(item: Item, schema: CatalogSchema) -> list[tuple[AttributeSpec, AttributeValue]]:
    return [
        (spec, item.attributes[spec.name])
        for spec in schema.attributes
        if spec.indexed and spec.name in item.attributes
    ]


def _worded(spec: AttributeSpec, value: AttributeValue) -> AttributeValue:
    if isinstance(value, tuple):
        return tuple(text for part in value for text in _values(_worded(spec, part)))
    if isinstance(value, bool):
        return spec.display if value else f"not {spec.display}"
    if isinstance(value, int | float):
        return spec.scale.get(round(value), value)
    return value


def _values(value: AttributeValue) -> list[str]:
    parts = value if isinstance(value, tuple) else (value,)
    return [f"{part:.0f}" if isinstance(part, float) and part.is_integer() else str(part) for part in parts]
