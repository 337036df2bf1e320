"""Append-only record of sessions in SQL: one SQLite file by default, Postgres by address, the same code.

An append that returned survives the death of the process. No call blocks the event loop: each runs in a small pool
of threads that the store owns.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from pydantic import Field, TypeAdapter, ValidationError

from retrieval.exploration import Impression
from retrieval.types import Value

from . import store_events, store_feedback, store_memory, store_turns, store_users
from .errors import StoreError
from .memory.types import ConsentWithdrawn, MemoryEvent
from .store_holding import holding
from .store_inbox import SqlInbox
from .store_schema import prepare
from .store_tables import SESSIONS, in_memory, light, open_engine, shown, writing
from .store_users import Pruned
from .types import Event, SessionInfo

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class StoreConfig(Value):
    """Say where conversations are kept."""

    url: str = ""
    """SQLAlchemy address; empty means the file ``palate.db`` in the data folder."""
    threads: int = Field(4, ge=1, le=64)
    """Database calls that may run at once."""
    upgrade: Literal["auto", "by_hand"] = "auto"
    """Whether a store of an older version is brought to this one when it is opened, or only by ``palate store
    upgrade``; until then it is refused."""
    turn_wait_s: float = Field(60.0, gt=0.0, le=600.0)
    """How long a message waits while another process answers one of the same session; then it is refused."""
    retention_days: int = Field(0, ge=0, le=36_500)
    """Days after which a session in which nothing happened is erased; 0 keeps sessions until their user is erased."""
    memory_days: int = Field(0, ge=0, le=36_500)
    """Days after which what was learnt of a user is deleted, whether it still counts or not; 0 keeps it. Consent stays.
    """

    def address(self, folder: Path) -> str:
        """Return the address to open when ``folder`` is the data folder."""
        return self.url or f"sqlite:///{folder / 'palate.db'}"


class SqlStore:
    """Keep sessions, their events, what is remembered of users, and the lists they were shown.

    ``agent.types.Store``, ``agent.memory.MemoryStore`` and ``agent.feedback.FeedbackStore`` say what each call
    promises.
    """

    def __init__(self, url: str, *, threads: int = 4, turn_wait_s: float = 60.0, upgrade: bool = True) -> None:
        """Open the store, create its tables where they are missing and bring older ones to this version; this blocks.

        Raises:
            StoreError: the store cannot be opened, or a newer version of Palate wrote it; or an older one did, and
                ``upgrade`` is False.
            MissingExtraError: the database's driver is not installed.
        """
        self._engine = open_engine(url)
        prepare(self._engine, upgrade=upgrade)
        # A database in memory has one connection, which one thread at a time may use, and no other process.
        self._alone = in_memory(self._engine.url)
        self._wait_s = turn_wait_s
        self._pool = ThreadPoolExecutor(1 if self._alone else threads, thread_name_prefix="palate-store")
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

    @asynccontextmanager
    async def turn(self, session_id: str) -> AsyncIterator[str]:
        """Hold a session, which may not exist yet, so that no other process answers in it; yield what ``append`` takes.

        Raises:
            SessionBusyError: others hold it for longer than ``turn_wait_s``.
        """
        if self._alone:
            yield ""
            return
        async with holding(
            lambda call, token: self._run(lambda: self._lease(call, session_id, token)), self._wait_s
        ) as token:
            yield token

    async def append(self, session_id: str, events: Sequence[Event], *, turn: str = "") -> None:
        """Append events in order, all or nothing; when this returns they are on disk.

        Args:
            session_id: the session.
            events: what happened.
            turn: what ``turn`` yielded; the events are taken only while the session is still held.

        Raises:
            SessionBusyError: it is not.
            SessionNotFoundError: the session was never created, or was erased.
            StoreError: nothing was written.
        """
        await self._run(lambda: self._append(session_id, events, turn))

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

    async def prune(self, *, sessions: str = "", memories: str = "", lists: str = "", events: str = "") -> Pruned:
        """Delete what is older than these times (ISO 8601; "" deletes nothing); see ``store_users.prune``.

        In SQLite the bytes themselves are overwritten.
        """
        limits = {"sessions": sessions, "memories": memories, "lists": lists, "events": events}
        return await self._run(lambda: self._prune(limits))

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
        try:
            with writing(self._engine).begin() as connection:
                return SessionInfo.model_validate(store_events.create(connection, session_id, user_id))
        except sa.exc.IntegrityError:
            first = self._read_session(session_id)
            if first is None:
                raise
            return first

    def _read_session(self, session_id: str) -> SessionInfo | None:
        with self._engine.begin() as connection:
            row = store_events.find(connection, session_id)
        return None if row is None else SessionInfo.model_validate(row)

    def _append(self, session_id: str, events: Sequence[Event], turn: str) -> None:
        with writing(self._engine).begin() as connection:
            # The row lock keeps two replicas on Postgres from giving one number twice; SQLite is locked already.
            store_events.require(connection, session_id, lock=True)
            if turn:
                store_turns.require(connection, session_id, turn)
            store_events.append(connection, session_id, events)

    def _read_payloads(self, session_id: str) -> list[dict[str, Any]]:
        with self._engine.begin() as connection:
            store_events.require(connection, session_id)
            return store_events.payloads(connection, session_id)

    def _export_user(self, user_id: str) -> dict[str, Any]:
        with self._engine.begin() as connection:
            return store_users.export(connection, user_id)

    def _erase_user(self, user_id: str) -> int:
        with writing(self._engine).begin() as connection:
            sessions, rows = store_users.erase(connection, user_id)
        if rows:
            self._empty_log()
        return sessions

    def _prune(self, limits: dict[str, str]) -> Pruned:
        with writing(self._engine).begin() as connection:
            gone = store_users.prune(connection, **limits)
        if gone.total:
            self._empty_log()
        return gone

    def _lease(self, call: Callable[[sa.Connection, str, str], Result], session_id: str, token: str) -> Result:
        with light(self._engine).begin() as connection:
            return call(connection, session_id, token)

    def _read_memory(self, user_id: str) -> list[dict[str, Any]]:
        with self._engine.begin() as connection:
            return store_memory.read(connection, user_id)

    def _remember(self, user_id: str, events: Sequence[MemoryEvent]) -> bool:
        with writing(self._engine).begin() as connection:
            store_memory.lock_user(connection, user_id)
            return store_memory.add(connection, user_id, events, store_events.now())

    def _forget(self, user_id: str, tastes: Sequence[str] | None, note: MemoryEvent) -> int:
        with writing(self._engine).begin() as connection:
            store_memory.lock_user(connection, user_id)
            gone = store_memory.drop(connection, user_id, tastes, note, store_events.now())
            # Lists are logged by the same consent.
            shown = store_feedback.erase(connection, user_id) if isinstance(note, ConsentWithdrawn) else 0
        if gone or shown:
            self._empty_log()
        return gone

    def _log_impression(self, impression: Impression, before: str, consented: bool) -> bool:
        with writing(self._engine).begin() as connection:
            store_events.require(connection, impression.session_id, lock=True)
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
        """Leave nothing that was deleted in SQLite's write-ahead log; it waits a little for readers."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for pause in (0.0, 0.05, 0.2, 0.5, 1.0):
                time.sleep(pause)
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
                if not busy:
                    return
        log.warning("deleted words may stand in the write-ahead log until its next checkpoint: it is being read")

    def _ping(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.count()).select_from(SESSIONS.select().limit(1).subquery()))


def _impressions(payloads: Sequence[Any]) -> list[Impression]:
    try:
        return [Impression.model_validate(payload) for payload in payloads]
    except ValidationError as error:
        raise StoreError(
            f"A logged list cannot be read: {error.errors()[0]['msg']}.",
            hint="Another version of Palate wrote it: delete the log with palate feedback erase --all.",
        ) from error
