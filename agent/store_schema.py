"""The version of the tables: create them, bring older ones to today's, refuse newer ones."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import Field

from retrieval.types import Value

from .access.tables import TABLES as ACCESS
from .errors import StoreError
from .migrations import TABLE, climb
from .store_tables import METADATA, VERSIONS, shown, writing

SCHEMA_VERSION = 7
"""Raise it with every change to ``store_tables``, and add the step that leads there to ``migrations``."""

_LOCK = 7_201_443
"""Any fixed number: the Postgres advisory lock under which replicas prepare the tables one after another."""

TABLES = tuple(table for table in METADATA.sorted_tables if table.metadata is ACCESS[0].metadata)
"""All tables, also those of access, which are defined elsewhere."""

STEPS = sa.Table(TABLE, METADATA, sa.Column("version_num", sa.String(32), primary_key=True))


class StoreState(Value):
    """What a store is found to be."""

    address: str
    """Without its password."""
    version: int | None
    """Of its tables; None where there are none yet."""
    reads: int = SCHEMA_VERSION
    """The version that this Palate reads."""
    rows: dict[str, int] = Field({})
    """How many there are by table."""


def describe(engine: sa.Engine) -> StoreState:
    """Look at a store of whatever version; changes nothing.

    Raises:
        StoreError: it cannot be opened.
    """
    version = schema_version(engine)
    with engine.begin() as connection:
        there = set(sa.inspect(connection).get_table_names())
        counted = [table for table in TABLES if table.name in there and table is not VERSIONS]
        rows = {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in counted}
    return StoreState(address=shown(engine), version=version, rows=rows)


def schema_version(engine: sa.Engine) -> int | None:
    """Return the version of the tables that are there; None for an empty database. Changes nothing.

    Raises:
        StoreError: the store cannot be opened.
    """
    try:
        with engine.begin() as connection:
            return _version(connection)
    except sa.exc.DBAPIError as error:
        raise _unusable(engine, error) from error


def prepare(engine: sa.Engine, *, upgrade: bool = True) -> int | None:
    """Create the tables in an empty database, or bring older ones to this version; return the version that was there.

    Of several processes that open a store at once one does it, while the others wait. It is all or nothing.

    Raises:
        StoreError: a newer Palate wrote the store; or an older one did, and ``upgrade`` is False; or it cannot be
            opened.
    """
    found = schema_version(engine)
    if found != SCHEMA_VERSION:
        try:
            with writing(engine).begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                found = _version(connection)
                if found is None:
                    _create(connection)
                elif found < SCHEMA_VERSION and upgrade:
                    climb(connection, found)
                    # An older Palate would erase users without what it does not know of, so it must refuse this store.
                    connection.execute(VERSIONS.update().values(version=SCHEMA_VERSION))
        except sa.exc.DBAPIError as error:
            raise _unusable(engine, error) from error
    if found is not None and (found > SCHEMA_VERSION or (found < SCHEMA_VERSION and not upgrade)):
        raise StoreError(
            f"The conversation store {shown(engine)!r} has schema version {found}; this one reads {SCHEMA_VERSION}.",
            hint="Upgrade Palate, or set store.url to another file."
            if found > SCHEMA_VERSION
            else "Make a copy of it, then run: palate store upgrade",
        )
    return found


def _version(connection: sa.Connection) -> int | None:
    if not sa.inspect(connection).has_table(VERSIONS.name):
        return None
    found = connection.execute(sa.select(sa.func.max(VERSIONS.c.version))).scalar()
    return None if found is None else int(found)


def _create(connection: sa.Connection) -> None:
    METADATA.create_all(connection, tables=[*TABLES, STEPS])
    connection.execute(VERSIONS.insert().values(version=SCHEMA_VERSION))
    connection.execute(STEPS.insert().values(version_num=str(SCHEMA_VERSION)))


def _unusable(engine: sa.Engine, error: sa.exc.DBAPIError) -> StoreError:
    return StoreError(
        f"The conversation store {shown(engine)!r} cannot be opened: {error.orig}.",
        hint="Check store.url, and that the file or server can be reached and written.",
    )
