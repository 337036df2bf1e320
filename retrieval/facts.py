"""Exact facts in SQLite: constraints, counts, facets and titles. It agrees with ``filters.py`` to the item.

Readers may share one ``Facts`` between threads; one writer at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Integer, Select, Text, cast, create_engine, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from .errors import ConstraintError, IndexFailedError, IndexMismatchError, IndexMissingError
from .facts_items import ReadItems
from .facts_snapshot import NO_LIMITS, Limits, Snapshot, gathered
from .facts_tables import LAYOUT, METADATA, each, item_row, items, meta, title_key
from .filters import checked_spec, constraint_keys, satisfies_all
from .places import Column, ItemIds
from .places.files import PLACES, read_places
from .places.ids import Mask
from .safety import SafetyConfig, standing_constraints
from .types import AttributeKind, AttributeSpec, AttributeValue, CatalogSchema, Constraint, Facet, Item

_BATCH = 1000
_REBUILD = "Rebuild it: palate index build"
_REPLACED = ("title", "title_key", "popularity", "hash", "wording", "body")
_REMEMBERED = 8192
"""Items kept as they were last read, about three kilobytes each; the same few thousand come up in most searches."""
_MAX_TITLE_WORDS = 12
"""Words of a title search beyond these are ignored; each costs one comparison per title."""


class Facts:
    """Answer exact questions about the items of one catalogue."""

    def __init__(self, engine: Engine, schema: CatalogSchema, limits: Limits = NO_LIMITS) -> None:
        """Take an opened database; use ``open`` or ``create`` instead."""
        self._limits = limits
        self._engine = engine
        self._places = Path(str(engine.url.database)).parent / PLACES
        self._snapshot: Snapshot | None = None
        self._items = ReadItems(_REMEMBERED)
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
            values = {"layout": LAYOUT, "schema": schema.model_dump_json(), "revision": "0"}
            connection.execute(insert(meta), [{"key": key, "value": value} for key, value in values.items()])
        return cls(engine, schema)

    @classmethod
    def open(cls, path: Path, safety: SafetyConfig | None = None) -> Facts:
        """Open a finished database.

        Args:
            path: the file.
            safety: what may not be shown; such items are in no answer, as if the catalogue lacked them.

        Raises:
            ConstraintError: the safety rules do not fit the catalogue.
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
        schema = CatalogSchema.model_validate_json(stored["schema"])
        if safety is None:
            return cls(engine, schema)
        return cls(engine, schema, Limits(standing_constraints(safety, schema), frozenset(safety.blocked_items)))

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
        return written

    def delete(self, ids: Iterable[str]) -> None:
        """Remove items and their facts; unknown ids are ignored."""
        with self._engine.begin() as connection:
            connection.execute(delete(items).where(items.c.id.in_(each(list(ids)))))
            _mark_changed(connection)

    def revision(self) -> int:
        """Return a number that every change raises."""
        # Asked before every answer: written out, as a statement costs more to look up than to run.
        with self._reading() as connection:
            return int(connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'revision'").scalar_one())

    def wordings(self) -> Iterator[tuple[str, str]]:
        """Yield each id with a hash of what is embedded and searched by word, in order of ids."""
        query = select(items.c.id, items.c.wording).order_by(items.c.id)
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield row.id, row.wording

    def hashes(self) -> dict[str, str]:
        """Return each item's content hash by id, so that a rebuild can skip what has not changed."""
        return {row.id: row.hash for row in self._all(select(items.c.id, items.c.hash))}

    # --- reading

    def ordered(self) -> Iterator[Item]:
        """Yield all items, also those that may not be shown, most popular first, ties by id."""
        query = select(items.c.body).order_by(items.c.popularity.desc(), items.c.id)
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield Item.model_validate_json(row.body)

    def get(self, ids: Sequence[str]) -> list[Item]:
        """Return the items in the order asked for; unknown ids are skipped."""
        return self._items.get(ids, self.revision(), self._read) if ids else []

    def count(self, constraints: Sequence[Constraint] = ()) -> int:
        """Return how many items satisfy all the constraints."""
        return self._now().count(constraints)

    def mask(self, constraints: Sequence[Constraint] = ()) -> Mask:
        """Return which items satisfy all the constraints, by place in ``order``; the caller may change it."""
        return self._now().mask(constraints)

    def order(self) -> ItemIds:
        """Return the ids of all items, also of those that may not be shown, most popular first, ties by id."""
        return self._now().order

    def columns(self) -> tuple[ItemIds, Mapping[str, Column]]:
        """Return ``order`` and the facts by attribute, of one revision, also of items that may not be shown."""
        now = self._now()
        return now.order, now.columns

    def ids(self, constraints: Sequence[Constraint] = (), limit: int | None = None) -> list[str]:
        """Return the ids of the items that satisfy all the constraints, most popular first, ties by id."""
        return self._now().ids(constraints, limit)

    def facets(self, attribute: str, constraints: Sequence[Constraint] = (), limit: int | None = 20) -> list[Facet]:
        """Return the attribute's most frequent values among the items that satisfy the constraints."""
        spec = self._spec(attribute)
        frequent = self._now().spread(spec, constraints).most_frequent(limit)
        return [Facet(value=_shown(value, spec.kind), count=count) for value, count in frequent]

    def values(self, attribute: str) -> list[Facet]:
        """Return all distinct values of the attribute, most frequent first."""
        return self.facets(attribute, limit=None)

    def titles(self) -> list[tuple[str, str, float]]:
        """Return (id, title, popularity) of every item, most popular first."""
        query = select(items.c.id, items.c.title, items.c.popularity).order_by(items.c.popularity.desc(), items.c.id)
        rows = self._all(query)
        if self._limits:
            allowed = self._now().allows([row.id for row in rows])
            rows = [row for row, shown in zip(rows, allowed, strict=True) if shown]
        return [(row.id, row.title, row.popularity) for row in rows]

    def range(self, attribute: str, constraints: Sequence[Constraint] = ()) -> tuple[float, float] | None:
        """Return the least and greatest number among fitting items, or None where none has the fact.

        Raises:
            ConstraintError: the attribute is unknown or not a number.
        """
        spec = self._spec(attribute)
        if spec.kind != "number":
            raise ConstraintError(f"{attribute!r} is of kind {spec.kind!r} and has no range.", hint="Ask for a number.")
        ends = self._now().spread(spec, constraints).ends()
        return None if ends is None else (float(ends[0]), float(ends[1]))

    def coverage(self, attribute: str) -> float:
        """Return the share of items that have the fact, 0 to 1; 0 for an empty catalogue."""
        now = self._now()
        return now.owners(self._spec(attribute)) / max(1, now.count(()))

    def nearest(self, constraint: Constraint, others: Sequence[Constraint]) -> AttributeValue | None:
        """Return the value nearest to the constraint's own among items that satisfy the others but not it.

        Only comparisons and ``eq`` on numbers and dates have a nearest value; anything else gives None.
        """
        spec = checked_spec(constraint, self.schema)
        if spec.kind not in ("number", "date") or constraint.op in ("ne", "in", "not_in", "outside"):
            return None
        ends = constraint_keys(constraint, spec)
        spread = self._now().spread(spec, others)
        above = spread.above(ends[-1], inclusive=constraint.op == "lt")
        below = spread.below(ends[0], inclusive=constraint.op == "gt")
        closer = _closer(below, ends[0], ends[-1], above)
        found = {"lt": above, "le": above, "gt": below, "ge": below}.get(constraint.op, closer)
        return None if found is None else _shown(found, spec.kind)

    def search_title(self, text: str, limit: int = 20, offset: int = 0) -> list[Item]:
        """Return items whose title holds every word of the text, accents and case aside; all items for no text.

        Exact titles come first, then titles that begin so, then the most popular.
        """
        wanted = title_key(text)
        column = items.c.title_key
        words = [column.contains(word, autoescape=True) for word in wanted.split()[:_MAX_TITLE_WORDS]]
        order = (column != wanted, ~column.startswith(wanted, autoescape=True)) if wanted else ()
        order = (*order, items.c.popularity.desc(), items.c.id)
        if self._limits:
            named = [row.id for row in self._all(select(items.c.id).where(*words).order_by(*order))]
            allowed = self._now().allows(named)
            shown = [item_id for item_id, fits in zip(named, allowed, strict=True) if fits]
            return self.get(shown[offset : offset + limit])
        query = select(items.c.body).where(*words).order_by(*order)
        return [Item.model_validate_json(row.body) for row in self._all(query.limit(limit).offset(offset))]

    # --- the queries' parts

    def _write(self, batch: dict[str, Item]) -> None:
        with self._engine.begin() as connection:
            statement = insert(items)
            replaced = {name: statement.excluded[name] for name in _REPLACED}
            rows = [item_row(item, self.schema) for item in batch.values()]
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=replaced), rows)
            _mark_changed(connection)

    def _spec(self, attribute: str) -> AttributeSpec:
        return checked_spec(Constraint(attribute=attribute, op="eq", value=""), self.schema)

    def _now(self) -> Snapshot:
        """Return answers for the revision on disk, which another process may have changed."""
        revision = self.revision()
        snapshot = self._snapshot
        if snapshot is None or snapshot.revision != revision:
            order, columns = read_places(self._places, revision, self.schema) or gathered(self.ordered(), self.schema)
            snapshot = self._snapshot = Snapshot(revision, self.schema, order, columns, self._limits)
        return snapshot

    def _read(self, ids: Sequence[str]) -> Iterator[Item]:
        """Yield those items, in any order, that may be shown."""
        rows = self._all(select(items.c.body).where(items.c.id.in_(each(list(ids)))))
        return (item for row in rows if self._allows(item := Item.model_validate_json(row.body)))

    def _allows(self, item: Item) -> bool:
        limits = self._limits
        return item.id not in limits.ids and satisfies_all(item, limits.constraints, self.schema)

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._reading() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Read; what the database fails with is told in our own words."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or error
            raise IndexFailedError(f"The facts cannot be read: {reason}", hint="palate index verify") from error


def _engine(path: Path) -> Engine:
    return create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30}, hide_parameters=True)


def _mark_changed(connection: Connection) -> None:
    current = meta.c.key == "revision"
    connection.execute(update(meta).where(current).values(value=cast(cast(meta.c.value, Integer) + 1, Text)))


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
