"""Tables of the facts database, and how one item becomes a row."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    TableValuedAlias,
    Text,
    func,
    select,
)

from .texts import item_text, search_fields
from .types import CatalogSchema, Item

LAYOUT = "2"
"""Raised whenever the tables change, so that an old file is refused and not misread."""

Row = dict[str, Any]

METADATA = MetaData()

meta = Table("meta", METADATA, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

items = Table(
    "items",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("title_key", String, nullable=False),
    Column("popularity", Float, nullable=False),
    Column("hash", String, nullable=False),
    Column("wording", String, nullable=False),
    Column("body", Text, nullable=False),
)
Index("items_by_popularity", items.c.popularity.desc(), items.c.id)


def table_values(values: Sequence[str | float]) -> TableValuedAlias:
    """Return the values as a table of ``key`` (place) and ``value``.

    It takes one bound variable however many the values are, because SQLite limits their number.
    """
    return func.json_each(json.dumps(values)).table_valued("key", "value")


def each(values: Sequence[str | float]) -> Select[Any]:
    """Return the values as a subquery for ``IN``."""
    return select(table_values(values).c.value)


def item_row(item: Item, schema: CatalogSchema) -> Row:
    """Return the item's row of ``items``: its whole body as JSON, and hashes of its content and of its wording.

    An item whose wording is the same has the same vector and the same words, whatever else has changed.
    """
    body = item.model_dump_json()
    return {
        "id": item.id,
        "title": item.title,
        "title_key": title_key(item.title),
        "popularity": item.popularity,
        "hash": _digest(body),
        "wording": _digest(item_text(item, schema), search_fields(item, schema).model_dump_json()),
        "body": body,
    }


def title_key(text: str) -> str:
    """Fold case, accents and spacing, so that ``amelie`` finds ``Amélie``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
