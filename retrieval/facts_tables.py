"""Tables of the facts database, and how one item becomes their rows."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
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

from .filters import is_numeric, item_keys
from .types import AttributeSpec, CatalogSchema, Item

LAYOUT = "1"
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
    Column("body", Text, nullable=False),
)
Index("items_by_popularity", items.c.popularity.desc(), items.c.id)

# Attributes are numbered by their place in the schema: names repeated on millions of rows would double the file.
labels = Table(
    "labels",
    METADATA,
    Column("attribute", Integer, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
    sqlite_with_rowid=False,
)
Index("labels_by_key", labels.c.attribute, labels.c.key, labels.c.item)
Index("labels_by_item", labels.c.item, labels.c.attribute)

numbers = Table(
    "numbers",
    METADATA,
    Column("attribute", Integer, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("key", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("numbers_by_key", numbers.c.attribute, numbers.c.key, numbers.c.item)
Index("numbers_by_item", numbers.c.item, numbers.c.attribute)


def table_values(values: Sequence[str | float]) -> TableValuedAlias:
    """Return the values as a table of ``key`` (place) and ``value``.

    It takes one bound variable however many the values are, because SQLite limits their number.
    """
    return func.json_each(json.dumps(values)).table_valued("key", "value")


def each(values: Sequence[str | float]) -> Select[Any]:
    """Return the values as a subquery for ``IN``."""
    return select(table_values(values).c.value)


def table_of(spec: AttributeSpec) -> Table:
    """Return the table that holds the attribute's facts."""
    return numbers if is_numeric(spec.kind) else labels


def item_row(item: Item) -> Row:
    """Return the item's row of ``items``, with its content hash and its whole body as JSON."""
    body = item.model_dump_json()
    return {
        "id": item.id,
        "title": item.title,
        "title_key": title_key(item.title),
        "popularity": item.popularity,
        "hash": hashlib.sha256(body.encode()).hexdigest()[:32],
        "body": body,
    }


def fact_rows(
    batch: Iterable[Item], numbers_by_id: Mapping[str, int], schema: CatalogSchema
) -> tuple[list[Row], list[Row]]:
    """Return the rows of ``labels`` and of ``numbers`` for the items; facts outside the schema have no row."""
    label_rows: list[Row] = []
    number_rows: list[Row] = []
    for item in batch:
        number = numbers_by_id[item.id]
        for code, spec in enumerate(schema.attributes):
            value = item.attributes.get(spec.name)
            if value is None:
                continue
            keys = item_keys(value, spec.kind)
            if is_numeric(spec.kind):
                number_rows.append({"attribute": code, "item": number, "key": keys[0]})
            else:
                spellings = value if isinstance(value, tuple) else (str(value),)
                distinct = dict(zip(keys, spellings, strict=True))
                label_rows += [{"attribute": code, "item": number, "key": k, "value": v} for k, v in distinct.items()]
    return label_rows, number_rows


def title_key(text: str) -> str:
    """Fold case, accents and spacing, so that ``amelie`` finds ``Amélie``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())
