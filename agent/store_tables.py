"""Tables of the conversation store, and the engine that reaches them; knows nothing of events.

SQLite and Postgres run the same statements. What differs is set once per connection: SQLite gets a write-ahead log,
a full sync at every commit and an explicit ``BEGIN``, because its driver would otherwise start transactions late.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from retrieval.errors import MissingExtraError

from .errors import StoreError

SCHEMA_VERSION = 4
"""Raise it with every change to the tables below, and say in the changelog how to move.

Version 2 added ``memory_events``, version 3 ``impressions``, version 4 ``bot_events`` and ``bot_chats``; an older store
gets them when it is opened.
"""

BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for another before the store reports failure."""

METADATA = sa.MetaData()

VERSIONS = sa.Table("palate_schema", METADATA, sa.Column("version", sa.Integer, nullable=False))

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=True, index=True),
    sa.Column("created_at", sa.Text, nullable=False),
)

EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("turn_id", sa.Text, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)

MEMORY = sa.Table(
    "memory_events",
    METADATA,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("taste", sa.Text, nullable=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)

IMPRESSIONS = sa.Table(
    "impressions",
    METADATA,
    sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("turn_id", sa.Text, primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False, index=True),
)

BOT_EVENTS = sa.Table(
    "bot_events",
    METADATA,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("created_at", sa.Text, nullable=False, index=True),
)

BOT_CHATS = sa.Table(
    "bot_chats",
    METADATA,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column(
        "session_id", sa.Text, sa.ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("created_at", sa.Text, nullable=False),
)

_WRITES = "palate_writes"
_PREPARE_LOCK = 7_201_443
"""Any fixed number: the Postgres advisory lock under which replicas create the tables one after another."""


def open_engine(url: str) -> sa.Engine:
    """Make an engine for ``url`` and set what SQLite needs; opens no connection.

    Raises:
        StoreError: the URL cannot be read, or the folder of the file cannot be made.
        MissingExtraError: the database's driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(parsed, pool_pre_ping=True)
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}}
        if in_memory(parsed):
            options["poolclass"] = StaticPool
        else:
            _make_private_file(Path(str(parsed.database)))
        engine = sa.create_engine(parsed, **options)
    except sa.exc.ArgumentError as error:
        raise StoreError(f"The store's address {url!r} cannot be read.", hint=_URL_HINT) from error
    except ModuleNotFoundError as error:
        raise MissingExtraError("postgres") from error
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


_URL_HINT = "Use sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE in store.url."


def in_memory(url: sa.URL) -> bool:
    """Say whether the database lives only as long as its one connection."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def writing(engine: sa.Engine) -> sa.Engine:
    """Return the same engine for transactions that write: they take SQLite's write lock at once.

    A transaction that reads first and asks for the lock later fails at once when another writer got in between.
    """
    return engine.execution_options(**{_WRITES: True})


def prepare(engine: sa.Engine) -> None:
    """Create the tables where they are missing, and check and raise the version of the schema.

    Raises:
        StoreError: the store was written by a newer version, or cannot be opened.
    """
    try:
        with writing(engine).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PREPARE_LOCK)))
            METADATA.create_all(connection)
            found = connection.execute(sa.select(sa.func.max(VERSIONS.c.version))).scalar()
            if found is None:
                connection.execute(VERSIONS.insert().values(version=SCHEMA_VERSION))
            elif found < SCHEMA_VERSION:
                # An older Palate would erase users without what it does not know of, so it must refuse this store.
                connection.execute(VERSIONS.update().values(version=SCHEMA_VERSION))
    except sa.exc.DBAPIError as error:
        raise StoreError(
            f"The conversation store {shown(engine)!r} cannot be opened: {error.orig}.",
            hint="Check store.url, and that the file or server can be reached and written.",
        ) from error
    if found is not None and found > SCHEMA_VERSION:
        raise StoreError(
            f"The conversation store {shown(engine)!r} has schema version {found}; this one reads {SCHEMA_VERSION}.",
            hint="Upgrade Palate, or set store.url to another file.",
        )


def shown(engine: sa.Engine) -> str:
    """Return the address without its password, for messages."""
    return engine.url.render_as_string(hide_password=True)


def _make_private_file(path: Path) -> None:
    """Create the file readable by its owner only: it holds what people said."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The conversation store {str(path)!r} cannot be written: {error.strerror}.",
            hint="Set store.url to a place that can be written.",
        ) from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own, late BEGIN is off; see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
