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
    sa.Index("ix_events_kind_created_at", "kind", "created_at"),
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

TURNS = sa.Table(
    "turn_leases",
    METADATA,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Float(53), nullable=False),
)
"""Which process answers in a session at the moment, until when in seconds of the database's clock."""

_WRITES = "palate_writes"
_LIGHT = "palate_light"
_SYNC = "palate_sync"
"""How the connection waits for the disk, as it was last told."""


def open_engine(url: str) -> sa.Engine:
    """Make an engine for ``url`` and set what SQLite needs; opens no connection.

    Raises:
        StoreError: the URL cannot be read, or the folder of the file cannot be made.
        MissingExtraError: the database's driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            engine = sa.create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
            if parsed.get_backend_name() == "postgresql":
                sa.event.listen(engine, "begin", _begin_postgres)
            return engine
        # Parameters are what people said, and errors go to logs.
        options: dict[str, Any] = {
            "hide_parameters": True,
            "connect_args": {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        }
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


def light(engine: sa.Engine) -> sa.Engine:
    """Return the same engine for writing what may be lost with the power; commits do not wait for the disk."""
    return engine.execution_options(**{_WRITES: True, _LIGHT: True})


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
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    # Commits of the write-ahead log wait for the disk only where it matters; the log stays whole either way.
    wanted = "NORMAL" if options.get(_LIGHT) else "FULL"
    if connection.info.get(_SYNC) != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info[_SYNC] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


def _begin_postgres(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_LIGHT):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
