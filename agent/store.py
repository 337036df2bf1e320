"""Append-only record of sessions in SQL: one SQLite file by default, Postgres by address, the same code.

An append that returned survives the death of the process. No call blocks the event loop: each runs in a small pool
of threads that the store owns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import Field, TypeAdapter, ValidationError

from retrieval.exploration import Impression
from retrieval.types import Value

from . import store_feedback, store_memory
from .errors import SessionNotFoundError, StoreError
from .memory.types import ConsentWithdrawn, MemoryEvent
from .store_inbox import SqlInbox, chats_of
from .store_tables import EVENTS, SESSIONS, in_memory, open_engine, prepare, shown, writing
from .types import Event, SessionInfo

Result = TypeVar("Result")

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class StoreConfig(Value):
    """Say where conversations are kept."""

    url: str = ""
    """SQLAlchemy address; empty means the file ``palate.db`` in the data folder."""
    threads: int = Field(4, ge=1, le=64)
    """Database calls that may run at once."""

    def address(self, folder: Path) -> str:
        """Return the address to open when ``folder`` is the data folder."""
        return self.url or f"sqlite:///{folder / 'palate.db'}"


class SqlStore:
    """Keep sessions, their events, what is remembered of users, and the lists they were shown.

    ``agent.types.Store``, ``agent.memory.MemoryStore`` and ``agent.feedback.FeedbackStore`` say what each call
    promises.
    """

    def __init__(self, url: str, *, threads: int = 4) -> None:
        """Open the store and create its tables where they are missing; this blocks.

        Raises:
            StoreError: the store cannot be opened, or a newer version of Palate wrote it.
            MissingExtraError: the database's driver is not installed.
        """
        self._engine = open_engine(url)
        prepare(self._engine)
        # A database in memory has one connection, which one thread at a time may use.
        workers = 1 if in_memory(self._engine.url) else threads
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="palate-store")
        self.inbox = SqlInbox(self._engine, self._run)

    @property
    def engine(self) -> sa.Engine:
        """The database, for tables of other parts that stand beside those of the conversations."""
        return self._engine

    async def run(self, work: Callable[[], Result]) -> Result:
        """Call ``work``, which uses ``engine``, in a thread of the store.

        Raises:
            StoreError: the database failed.
        """
        return await self._run(work)

    async def create_session(self, session_id: str, user_id: str | None = None) -> SessionInfo:
        """Register a session; calling again with the same id returns the first registration."""
        return await self._run(lambda: self._create_session(session_id, user_id))

    async def session(self, session_id: str) -> SessionInfo | None:
        """Return the session, or None."""
        return await self._run(lambda: self._read_session(session_id))

    async def append(self, session_id: str, events: Sequence[Event]) -> None:
        """Append events in order, all or nothing; when this returns they are on disk.

        Raises:
            SessionNotFoundError: the session was never created, or was erased.
            StoreError: nothing was written.
        """
        await self._run(lambda: self._append(session_id, events))

    async def events(self, session_id: str) -> list[Event]:
        """Return all events of a session in order.

        Raises:
            SessionNotFoundError: the session was never created, or was erased.
        """
        payloads = await self._run(lambda: self._read_payloads(session_id))
        try:
            return [_EVENT.validate_python(payload) for payload in payloads]
        except ValidationError as error:
            raise StoreError(
                f"An event of session {session_id!r} cannot be read: {error.errors()[0]['msg']}.",
                hint="It was written by another version of Palate; start a new session.",
            ) from error

    async def export_user(self, user_id: str) -> dict[str, Any]:
        """Return everything held about a user as plain JSON data; no sessions for an unknown user."""
        return await self._run(lambda: self._export_user(user_id))

    async def erase_user(self, user_id: str) -> int:
        """Delete everything held about a user; return the number of sessions erased.

        In SQLite the bytes themselves are overwritten and the write-ahead log is emptied.
        """
        return await self._run(lambda: self._erase_user(user_id))

    async def memory(self, user_id: str) -> list[MemoryEvent]:
        """Return all memory events of a user in order; none for an unknown user."""
        payloads = await self._run(lambda: self._read_memory(user_id))
        try:
            return [store_memory.EVENT.validate_python(payload) for payload in payloads]
        except ValidationError as error:
            raise StoreError(
                f"What is remembered of {user_id!r} cannot be read: {error.errors()[0]['msg']}.",
                hint="It was written by another version of Palate; export it, then erase it.",
            ) from error

    async def remember(self, user_id: str, events: Sequence[MemoryEvent]) -> bool:
        """Append memory events, all or nothing; return False, and keep nothing, when consent is not in force."""
        return await self._run(lambda: self._remember(user_id, events))

    async def forget(self, user_id: str, tastes: Sequence[str] | None, note: MemoryEvent) -> int:
        """Delete every event of these tastes, or of all with None, append ``note``, and return how many events went.

        What earlier replies said from those tastes is taken out of the stored replies too. In SQLite the bytes
        themselves are overwritten.
        """
        return await self._run(lambda: self._forget(user_id, tastes, note))

    async def log_impression(self, impression: Impression, before: str, *, consented: bool) -> bool:
        """Keep a shown list, and delete all that are older than ``before`` (ISO 8601).

        With ``consented`` nothing is kept, and False returned, unless the user's consent is in force.

        Raises:
            SessionNotFoundError: the session was never created, or was erased.
        """
        return await self._run(lambda: self._log_impression(impression, before, consented))

    async def impressions(self, user_id: str | None = None) -> list[tuple[SessionInfo, list[Impression]]]:
        """Return the logged lists by session, of a user or of all, oldest first."""
        found = await self._run(lambda: self._read_impressions(user_id))
        return [(SessionInfo.model_validate(session), _impressions(payloads)) for session, payloads in found]

    async def shown_in(self, session_id: str, item_id: str) -> Impression | None:
        """Return the latest logged list of a session that showed an item."""
        payloads = await self._run(lambda: self._read_shown(session_id))
        return next((one for one in reversed(_impressions(payloads)) if item_id in one.shown), None)

    async def erase_impressions(self, user_id: str | None = None) -> int:
        """Delete the logged lists of a user, or all; return how many there were. SQLite overwrites the bytes."""
        return await self._run(lambda: self._erase_impressions(user_id))

    async def health(self) -> str | None:
        """Return None when the store answers, else the reason in words."""
        try:
            await self._run(self._ping)
        except StoreError as error:
            return str(error)
        return None

    async def close(self) -> None:
        """Wait for running calls and release connections."""
        await asyncio.to_thread(self._pool.shutdown)
        self._engine.dispose()

    async def _run(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except sa.exc.SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or error
            raise StoreError(
                f"The conversation store {shown(self._engine)!r} failed: {reason}.",
                hint="Try again; if it stays, check the disk or the database server.",
            ) from error

    def _create_session(self, session_id: str, user_id: str | None) -> SessionInfo:
        row = {"session_id": session_id, "user_id": user_id, "created_at": _now()}
        try:
            with writing(self._engine).begin() as connection:
                connection.execute(SESSIONS.insert().values(row))
        except sa.exc.IntegrityError:
            first = self._read_session(session_id)
            if first is None:
                raise
            return first
        return SessionInfo.model_validate(row)

    def _read_session(self, session_id: str) -> SessionInfo | None:
        with self._engine.begin() as connection:
            row = connection.execute(SESSIONS.select().where(SESSIONS.c.session_id == session_id)).mappings().first()
        return None if row is None else SessionInfo.model_validate(dict(row))

    def _append(self, session_id: str, events: Sequence[Event]) -> None:
        with writing(self._engine).begin() as connection:
            # The row lock keeps two replicas on Postgres from giving one number twice; SQLite is locked already.
            _require_session(connection, session_id, lock=True)
            last = sa.select(sa.func.max(EVENTS.c.seq)).where(EVENTS.c.session_id == session_id)
            first = (connection.execute(last).scalar() or 0) + 1
            now = _now()
            rows = [_row(session_id, seq, event, now) for seq, event in enumerate(events, start=first)]
            if rows:
                connection.execute(EVENTS.insert(), rows)

    def _read_payloads(self, session_id: str) -> list[dict[str, Any]]:
        with self._engine.begin() as connection:
            _require_session(connection, session_id)
            query = sa.select(EVENTS.c.payload).where(EVENTS.c.session_id == session_id).order_by(EVENTS.c.seq)
            return list(connection.execute(query).scalars())

    def _export_user(self, user_id: str) -> dict[str, Any]:
        with self._engine.begin() as connection:
            sessions = connection.execute(
                SESSIONS.select().where(SESSIONS.c.user_id == user_id).order_by(SESSIONS.c.created_at)
            )
            found = [dict(row) for row in sessions.mappings()]
            for session in found:
                rows = connection.execute(
                    sa.select(EVENTS.c.seq, EVENTS.c.created_at, EVENTS.c.payload)
                    .where(EVENTS.c.session_id == session["session_id"])
                    .order_by(EVENTS.c.seq)
                )
                session["events"] = [{"seq": seq, "created_at": at, **payload} for seq, at, payload in rows]
                session["impressions"] = store_feedback.of_session(connection, session["session_id"])
                session["chats"] = chats_of(connection, session["session_id"])
            memory = store_memory.export(connection, user_id)
        return {"user_id": user_id, "exported_at": _now(), "sessions": found, "memory": memory}

    def _erase_user(self, user_id: str) -> int:
        with writing(self._engine).begin() as connection:
            theirs = sa.select(SESSIONS.c.session_id).where(SESSIONS.c.user_id == user_id)
            ids = list(connection.execute(theirs.with_for_update()).scalars())
            connection.execute(EVENTS.delete().where(EVENTS.c.session_id.in_(theirs)))
            store_feedback.erase(connection, user_id)
            connection.execute(SESSIONS.delete().where(SESSIONS.c.user_id == user_id))
            store_memory.lock_user(connection, user_id)
            remembered = store_memory.erase(connection, user_id)
        if ids or remembered:
            self._empty_log()
        return len(ids)

    def _read_memory(self, user_id: str) -> list[dict[str, Any]]:
        with self._engine.begin() as connection:
            return store_memory.read(connection, user_id)

    def _remember(self, user_id: str, events: Sequence[MemoryEvent]) -> bool:
        with writing(self._engine).begin() as connection:
            store_memory.lock_user(connection, user_id)
            return store_memory.add(connection, user_id, events, _now())

    def _forget(self, user_id: str, tastes: Sequence[str] | None, note: MemoryEvent) -> int:
        with writing(self._engine).begin() as connection:
            store_memory.lock_user(connection, user_id)
            gone = store_memory.drop(connection, user_id, tastes, note, _now())
            # Lists are logged by the same consent.
            shown = store_feedback.erase(connection, user_id) if isinstance(note, ConsentWithdrawn) else 0
        if gone or shown:
            self._empty_log()
        return gone

    def _log_impression(self, impression: Impression, before: str, consented: bool) -> bool:
        with writing(self._engine).begin() as connection:
            _require_session(connection, impression.session_id, lock=True)
            return store_feedback.add(connection, impression, before, consented=consented)

    def _read_impressions(self, user_id: str | None) -> list[tuple[dict[str, Any], list[Any]]]:
        with self._engine.begin() as connection:
            return store_feedback.read(connection, user_id)

    def _read_shown(self, session_id: str) -> list[Any]:
        with self._engine.begin() as connection:
            return store_feedback.of_session(connection, session_id)

    def _erase_impressions(self, user_id: str | None) -> int:
        with writing(self._engine).begin() as connection:
            gone = store_feedback.erase(connection, user_id)
        if gone:
            self._empty_log()
        return gone

    def _empty_log(self) -> None:
        """Leave nothing that was deleted in SQLite's write-ahead log."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _ping(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.count()).select_from(SESSIONS.select().limit(1).subquery()))


def _require_session(connection: sa.Connection, session_id: str, *, lock: bool = False) -> None:
    query = sa.select(SESSIONS.c.session_id).where(SESSIONS.c.session_id == session_id)
    if connection.execute(query.with_for_update() if lock else query).first() is None:
        raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Start one: POST /v1/sessions.")


def _impressions(payloads: Sequence[Any]) -> list[Impression]:
    try:
        return [Impression.model_validate(payload) for payload in payloads]
    except ValidationError as error:
        raise StoreError(
            f"A logged list cannot be read: {error.errors()[0]['msg']}.",
            hint="Another version of Palate wrote it: delete the log with palate feedback erase --all.",
        ) from error


def _row(session_id: str, seq: int, event: Event, now: str) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "seq": seq,
        "kind": event.kind,
        "turn_id": event.turn_id,
        "payload": event.model_dump(mode="json"),
        "created_at": now,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
