"""Exact facts in SQLite: constraints, counts, facets and titles. It agrees with ``filters.py`` to the item.

Readers may share one ``Facts`` between threads; one writer at a time.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, Select, create_engine, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.elements import ColumnElement

from .errors import ConstraintError, IndexMismatchError, IndexMissingError
from .facts_tables import LAYOUT, METADATA, fact_rows, item_row, items, labels, meta, numbers, table_of, title_key
from .filters import checked_spec, constraint_keys, is_negative
from .types import AttributeKind, AttributeSpec, AttributeValue, CatalogSchema, Constraint, Facet, Item

_BATCH = 1000
_REBUILD = "Rebuild it: palate index build"
_MAX_TITLE_WORDS = 12
"""Words of a title search beyond these are ignored; each costs one comparison per title."""


class Facts:
    """Answer exact questions about the items of one catalogue."""

    def __init__(self, engine: Engine, schema: CatalogSchema) -> None:
        """Take an opened database; use ``open`` or ``create`` instead."""
        self._engine = engine
        self._codes = {spec.name: code for code, spec in enumerate(schema.attributes)}
        self.schema = schema

    @classmethod
    def create(cls, path: Path, schema: CatalogSchema) -> Facts:
        """Make an empty database for the schema, replacing what lies at ``path``."""
        for leftover in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(path)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA journal_mode=WAL"))
        with engine.begin() as connection:
            METADATA.create_all(connection)
            values = {"layout": LAYOUT, "schema": schema.model_dump_json()}
            connection.execute(insert(meta), [{"key": key, "value": value} for key, value in values.items()])
        return cls(engine, schema)

    @classmethod
    def open(cls, path: Path) -> Facts:
        """Open a finished database.

        Raises:
            IndexMissingError: there is no file.
            IndexMismatchError: the file is not a facts database, or of another version.
        """
        if not path.is_file():
            raise IndexMissingError(f"No facts database at {str(path)!r}.", hint="Build it: palate index build")
        engine = _engine(path)
        try:
            with engine.connect() as connection:
                stored = {row.key: row.value for row in connection.execute(select(meta.c.key, meta.c.value))}
        except DatabaseError as error:
            engine.dispose()
            raise IndexMismatchError(f"{str(path)!r} is not a facts database: {error.orig}.", hint=_REBUILD) from None
        if stored.get("layout") != LAYOUT:
            engine.dispose()
            raise IndexMismatchError(
                f"{str(path)!r} has layout {stored.get('layout')!r}; this version reads {LAYOUT!r}.", hint=_REBUILD
            )
        return cls(engine, CatalogSchema.model_validate_json(stored["schema"]))

    def close(self) -> None:
        """Release every connection."""
        self._engine.dispose()

    # --- writing

    def upsert(self, new: Iterable[Item]) -> int:
        """Add or replace items, a thousand a transaction, and return how many; a killed call keeps whole batches."""
        written = 0
        for batch in _batches(new, _BATCH):
            self._write({item.id: item for item in batch})
            written += len(batch)
        with self._engine.begin() as connection:
            connection.execute(text("PRAGMA analysis_limit=1000"))
            connection.execute(text("ANALYZE"))
        return written

    def delete(self, ids: Iterable[str]) -> None:
        """Remove items and their facts; unknown ids are ignored."""
        with self._engine.begin() as connection:
            gone = select(items.c.number).where(items.c.id.in_(_each(list(ids)))).subquery()
            for table in (labels, numbers):
                connection.execute(delete(table).where(table.c.item.in_(select(gone))))
            connection.execute(delete(items).where(items.c.number.in_(select(gone))))

    def hashes(self) -> dict[str, str]:
        """Return each item's content hash by id, so that a rebuild can skip what has not changed."""
        return {row.id: row.hash for row in self._all(select(items.c.id, items.c.hash))}

    # --- reading

    def get(self, ids: Sequence[str]) -> list[Item]:
        """Return the items in the order asked for; unknown ids are skipped."""
        wanted = _table(list(ids))
        query = select(items.c.body).join(wanted, wanted.c.value == items.c.id).order_by(wanted.c.key)
        return [Item.model_validate_json(row.body) for row in self._all(query)]

    def count(self, constraints: Sequence[Constraint] = ()) -> int:
        """Return how many items satisfy all the constraints."""
        return int(self._one(select(func.count()).select_from(items).where(*self._where(constraints))))

    def ids(self, constraints: Sequence[Constraint] = (), limit: int | None = None) -> list[str]:
        """Return the ids of the items that satisfy all the constraints, most popular first, ties by id."""
        query = select(items.c.id).where(*self._where(constraints)).order_by(items.c.popularity.desc(), items.c.id)
        return [row.id for row in self._all(query.limit(limit))]

    def facets(self, attribute: str, constraints: Sequence[Constraint] = (), limit: int = 20) -> list[Facet]:
        """Return the attribute's most frequent values among the items that satisfy the constraints."""
        spec, query = self._facets(attribute, constraints)
        return [Facet(value=_shown(row.value, spec.kind), count=row.count) for row in self._all(query.limit(limit))]

    def values(self, attribute: str) -> list[Facet]:
        """Return all distinct values of the attribute, most frequent first."""
        spec, query = self._facets(attribute, ())
        return [Facet(value=_shown(row.value, spec.kind), count=row.count) for row in self._all(query)]

    def titles(self) -> list[tuple[str, str, float]]:
        """Return (id, title, popularity) of every item, most popular first."""
        query = select(items.c.id, items.c.title, items.c.popularity).order_by(items.c.popularity.desc(), items.c.id)
        return [(row.id, row.title, row.popularity) for row in self._all(query)]

    def range(self, attribute: str, constraints: Sequence[Constraint] = ()) -> tuple[float, float] | None:
        """Return the least and greatest number among fitting items, or None where none has the fact.

        Raises:
            ConstraintError: the attribute is unknown or not a number.
        """
        spec = self._spec(attribute)
        if spec.kind != "number":
            raise ConstraintError(f"{attribute!r} is of kind {spec.kind!r} and has no range.", hint="Ask for a number.")
        query = select(func.min(numbers.c.key), func.max(numbers.c.key)).where(*self._facts_of(spec, constraints))
        with self._engine.connect() as connection:
            low, high = connection.execute(query).one()
        return None if low is None else (low, high)

    def coverage(self, attribute: str) -> float:
        """Return the share of items that have the fact, 0 to 1; 0 for an empty catalogue."""
        table = table_of(self._spec(attribute))
        having = select(func.count(table.c.item.distinct())).where(table.c.attribute == self._codes[attribute])
        return float(self._one(having)) / max(1, self.count())

    def nearest(self, constraint: Constraint, others: Sequence[Constraint]) -> AttributeValue | None:
        """Return the value nearest to the constraint's own among items that satisfy the others but not it.

        Only comparisons and ``eq`` on numbers and dates have a nearest value; anything else gives None.
        """
        spec = checked_spec(constraint, self.schema)
        if spec.kind not in ("number", "date") or constraint.op in ("ne", "in", "not_in", "outside"):
            return None
        column, ends = table_of(spec).c.key, constraint_keys(constraint, spec)
        bound, high = ends[0], ends[-1]
        facts = self._facts_of(spec, others)
        above = self._one(
            select(func.min(column)).where(*facts, column >= high if constraint.op == "lt" else column > high)
        )
        below = self._one(
            select(func.max(column)).where(*facts, column <= bound if constraint.op == "gt" else column < bound)
        )
        found = {"lt": above, "le": above, "gt": below, "ge": below}.get(
            constraint.op, _closer(below, bound, high, above)
        )
        return None if found is None else _shown(found, spec.kind)

    def search_title(self, text: str, limit: int = 20, offset: int = 0) -> list[Item]:
        """Return items whose title holds every word of the text, accents and case aside; all items for no text.

        Exact titles come first, then titles that begin so, then the most popular.
        """
        wanted = title_key(text)
        column = items.c.title_key
        words = [column.contains(word, autoescape=True) for word in wanted.split()[:_MAX_TITLE_WORDS]]
        order = (column != wanted, ~column.startswith(wanted, autoescape=True)) if wanted else ()
        query = select(items.c.body).where(*words).order_by(*order, items.c.popularity.desc(), items.c.id)
        return [Item.model_validate_json(row.body) for row in self._all(query.limit(limit).offset(offset))]

    # --- the queries' parts

    def _write(self, batch: dict[str, Item]) -> None:
        with self._engine.begin() as connection:
            statement = insert(items)
            replaced = {name: statement.excluded[name] for name in ("title", "title_key", "popularity", "hash", "body")}
            rows = [item_row(item) for item in batch.values()]
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=replaced), rows)
            placed = select(items.c.id, items.c.number).where(items.c.id.in_(_each(list(batch))))
            numbered = {row.id: row.number for row in connection.execute(placed)}
            label_rows, number_rows = fact_rows(batch.values(), numbered, self.schema)
            for table, facts in ((labels, label_rows), (numbers, number_rows)):
                connection.execute(delete(table).where(table.c.item.in_(_each(list(numbered.values())))))
                if facts:
                    connection.execute(insert(table), facts)

    def _spec(self, attribute: str) -> AttributeSpec:
        return checked_spec(Constraint(attribute=attribute, op="eq", value=""), self.schema)

    def _where(self, constraints: Sequence[Constraint]) -> list[ColumnElement[bool]]:
        return [self._condition(constraint) for constraint in constraints]

    def _condition(self, constraint: Constraint) -> ColumnElement[bool]:
        spec = checked_spec(constraint, self.schema)
        keys = constraint_keys(constraint, spec)
        table = table_of(spec)
        column = table.c.key
        if constraint.op in ("between", "outside"):
            test = column.between(keys[0], keys[1])
        elif constraint.op in ("eq", "ne", "in", "not_in"):
            test = column == keys[0] if len(keys) == 1 else column.in_(_each(list(keys)))
        else:
            test = {"lt": column < keys[0], "le": column <= keys[0], "gt": column > keys[0], "ge": column >= keys[0]}[
                constraint.op
            ]
        having = select(table.c.item).where(table.c.attribute == self._codes[spec.name], test)
        return items.c.number.not_in(having) if is_negative(constraint.op) else items.c.number.in_(having)

    def _facts_of(self, spec: AttributeSpec, constraints: Sequence[Constraint]) -> list[ColumnElement[bool]]:
        table = table_of(spec)
        facts = [table.c.attribute == self._codes[spec.name]]
        if constraints:
            facts.append(table.c.item.in_(select(items.c.number).where(*self._where(constraints))))
        return facts

    def _facets(self, attribute: str, constraints: Sequence[Constraint]) -> tuple[AttributeSpec, Select[Any]]:
        spec = self._spec(attribute)
        table = table_of(spec)
        shown = table.c.key if table is numbers else func.min(table.c.value)
        query = select(shown.label("value"), func.count().label("count")).where(*self._facts_of(spec, constraints))
        return spec, query.group_by(table.c.key).order_by(func.count().desc(), table.c.key)

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    def _one(self, query: Select[Any]) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()


def _engine(path: Path) -> Engine:
    return create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})


def _table(values: Sequence[str | float]) -> Any:
    # One bound variable however long the list: SQLite limits their number.
    return func.json_each(json.dumps(values)).table_valued("key", "value")


def _each(values: Sequence[str | float]) -> Select[Any]:
    return select(_table(values).c.value)


def _batches(new: Iterable[Item], size: int) -> Iterable[tuple[Item, ...]]:
    iterator = iter(new)
    while batch := tuple(itertools.islice(iterator, size)):
        yield batch


def _closer(below: Any, low: Any, high: Any, above: Any) -> Any:
    if below is None or above is None:
        return above if below is None else below
    if isinstance(low, str):
        return above
    return below if low - below <= above - high else above


def _shown(value: Any, kind: AttributeKind) -> AttributeValue:
    if kind == "boolean":
        return bool(value)
    if kind == "number":
        return int(value) if float(value).is_integer() else float(value)
    return str(value)
