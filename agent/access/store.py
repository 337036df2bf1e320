"""Keep keys, owners of sessions and repeated requests in the database of the conversations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

import sqlalchemy as sa
from pydantic import SecretStr

from retrieval.types import Value

from ..errors import SettingsError
from ..store_tables import METADATA, writing
from .caller import Scope
from .keys import ApiKey, NewKey, check_subject, check_times, digest, key_id_of, matches, new_secret
from .tables import CLAIMS, HISTORIES, KEYS, OWNERS

Result = TypeVar("Result")


class Database(Protocol):
    """What is needed of the conversation store: its engine, and its threads to call it in."""

    @property
    def engine(self) -> sa.Engine:
        """The database."""
        ...

    async def run(self, work: Callable[[], Result]) -> Result:
        """Call ``work`` in a thread of the store."""
        ...


class Claim(Value):
    """What became of a request that names a key under which it may be repeated."""

    state: Literal["new", "again", "running", "other"]
    """``new``: do it; ``again``: it was claimed before, and its time is over; ``running``: it may still be under way;
    ``other``: the key belongs to another request."""
    turn_id: str


class AccessStore:
    """Keys, owners and claims. Times are given by the caller's clock, so that tests need not wait."""

    def __init__(self, database: Database) -> None:
        """Use an open store, whose tables are there."""
        self._database = database
        self._engine = database.engine

    async def soon(self, call: Callable[..., Result], *given: Any, **named: Any) -> Result:
        """Make one of the calls below in a thread of the store, so that the event loop does not wait.

        Raises:
            StoreError: the database failed.
        """
        return await self._database.run(partial(call, *given, **named))

    # --- keys

    def create_key(
        self,
        subject: str,
        scopes: tuple[Scope, ...],
        *,
        label: str = "",
        expires: datetime | None = None,
        now: datetime | None = None,
    ) -> NewKey:
        """Make a key; only what is returned here knows its secret.

        Raises:
            SettingsError: the subject cannot own keys, there are no scopes, or the time is past.
        """
        at = now or datetime.now(UTC)
        check_subject(subject)
        check_times(expires, at)
        if not scopes:
            raise SettingsError("A key without scopes could do nothing.", hint="Give some: --scopes chat,read")
        with writing(self._engine).begin() as connection:
            return _insert(connection, subject, scopes, label, expires, at)

    def keys(self, subject: str | None = None) -> list[ApiKey]:
        """Return all keys, or those of one subject, oldest first."""
        query = KEYS.select().order_by(KEYS.c.created_at, KEYS.c.key_id)
        if subject is not None:
            query = query.where(KEYS.c.subject == subject)
        with self._engine.begin() as connection:
            return [_key(row) for row in connection.execute(query).mappings()]

    def any_key(self) -> bool:
        """Say whether a key was ever made; revoked ones count, so that revoking the last opens no door."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(KEYS.c.key_id).limit(1)).first() is not None

    def revoke(self, key_id: str, now: datetime | None = None) -> ApiKey:
        """End a key at once.

        Raises:
            SettingsError: there is no such key.
        """
        at = _iso(now or datetime.now(UTC))
        with writing(self._engine).begin() as connection:
            key = _require(connection, key_id)
            ended = key.revoked_at or at
            connection.execute(KEYS.update().where(KEYS.c.key_id == key_id).values(revoked_at=ended))
        return key.model_copy(update={"revoked_at": ended})

    def rotate(
        self, key_id: str, *, overlap: timedelta, expires: datetime | None = None, now: datetime | None = None
    ) -> NewKey:
        """Make a key in place of another, which goes on working for ``overlap``.

        Raises:
            SettingsError: there is no such key, or it is revoked, expired or rotated already.
        """
        at = now or datetime.now(UTC)
        check_times(expires, at)
        with writing(self._engine).begin() as connection:
            old = _require(connection, key_id)
            if old.state(_iso(at)) != "active" or old.replaced_by is not None:
                state = f"rotated to {old.replaced_by}" if old.replaced_by else old.state(_iso(at))
                raise SettingsError(f"Key {key_id!r} is {state} already.", hint="Make a new one: palate keys create")
            new = _insert(connection, old.subject, old.scopes, old.label, expires, at)
            last = min(filter(None, (_iso(at + overlap), old.expires_at)))
            ended = {"expires_at": last, "replaced_by": new.key.key_id}
            connection.execute(KEYS.update().where(KEYS.c.key_id == key_id).values(**ended))
        return new

    def find(self, secret: str, now: datetime | None = None) -> ApiKey | None:
        """Return the active key of which this is the secret, noting the day; None for all others alike."""
        key_id, at = key_id_of(secret), now or datetime.now(UTC)
        if key_id is None:
            return None
        with self._engine.begin() as connection:
            row = connection.execute(KEYS.select().where(KEYS.c.key_id == key_id)).mappings().first()
        if row is None or not matches(secret, row["digest"]):
            return None
        key, today = _key(row), at.date().isoformat()
        if key.state(_iso(at)) != "active":
            return None
        if key.last_used_on != today:
            with writing(self._engine).begin() as connection:
                connection.execute(KEYS.update().where(KEYS.c.key_id == key_id).values(last_used_on=today))
        return key

    def forget_keys(self, subject: str) -> int:
        """Delete the keys of somebody whose data are erased; return how many there were."""
        with writing(self._engine).begin() as connection:
            return connection.execute(KEYS.delete().where(KEYS.c.subject == subject)).rowcount

    # --- owners

    def own(self, session_id: str, subject: str) -> None:
        """Say whose a session is; whoever owns it first keeps it."""
        with writing(self._engine).begin() as connection:
            query = sa.select(OWNERS.c.subject).where(OWNERS.c.session_id == session_id)
            if connection.execute(query).first() is None:
                connection.execute(OWNERS.insert().values(session_id=session_id, subject=subject))

    def owner(self, session_id: str) -> str | None:
        """Return whose a session is; None when nobody owns it, or there is none."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(OWNERS.c.subject).where(OWNERS.c.session_id == session_id)).scalar()

    # --- conversations that clients keep themselves

    def keep_history(self, digest: str, session_id: str, turn_id: str) -> None:
        """Note in which turn of which session a conversation of this digest ends; the latest such session counts."""
        row = {"session_id": session_id, "turn_id": turn_id}
        here = HISTORIES.c.digest == digest
        with writing(self._engine).begin() as connection:
            _lock_session(connection, session_id)
            if connection.execute(HISTORIES.update().where(here).values(**row)).rowcount == 0:
                connection.execute(HISTORIES.insert().values(digest=digest, **row))

    def history(self, digest: str) -> tuple[str, str] | None:
        """Return the session and the turn in which a conversation of this digest ends, or None."""
        query = sa.select(HISTORIES.c.session_id, HISTORIES.c.turn_id).where(HISTORIES.c.digest == digest)
        with self._engine.begin() as connection:
            found = connection.execute(query).first()
        return None if found is None else (str(found.session_id), str(found.turn_id))

    # --- requests that may be repeated

    def claim(
        self,
        session_id: str,
        key: str,
        body: str,
        turn_id: str,
        *,
        lease: timedelta,
        keep: timedelta,
        now: datetime | None = None,
    ) -> Claim:
        """Claim a request under its key; of several at once one gets ``new``.

        Args:
            session_id: the session that it is about, which exists.
            key: the key under which it may be repeated.
            body: digest of what is asked.
            turn_id: the turn that it will be, if it is new.
            lease: how long it may take; after that a repetition may do it again.
            keep: how long the key is recognised.
            now: the time.
        """
        at, kept = now or datetime.now(UTC), digest(key)
        row = {"session_id": session_id, "key": kept, "body": body, "turn_id": turn_id}
        times = {"expires_at": _iso(at + lease), "created_at": _iso(at)}
        here = (CLAIMS.c.session_id == session_id) & (CLAIMS.c.key == kept)
        with writing(self._engine).begin() as connection:
            _lock_session(connection, session_id)
            connection.execute(CLAIMS.delete().where(CLAIMS.c.created_at < _iso(at - keep)))
            found = connection.execute(CLAIMS.select().where(here)).mappings().first()
            if found is None:
                connection.execute(CLAIMS.insert().values(**row, **times))
                return Claim(state="new", turn_id=turn_id)
            if found["body"] != body:
                return Claim(state="other", turn_id=found["turn_id"])
            if found["expires_at"] > _iso(at):
                return Claim(state="running", turn_id=found["turn_id"])
            connection.execute(CLAIMS.update().where(here).values(expires_at=_iso(at + lease)))
            return Claim(state="again", turn_id=found["turn_id"])

    def release(self, session_id: str, key: str) -> None:
        """Give a claim back whose request failed, so that a repetition does it."""
        here = (CLAIMS.c.session_id == session_id) & (CLAIMS.c.key == digest(key))
        with writing(self._engine).begin() as connection:
            connection.execute(CLAIMS.update().where(here).values(expires_at=""))


def _lock_session(connection: sa.Connection, session_id: str) -> None:
    """Let claims of one session wait for each other on Postgres; SQLite is locked as a whole."""
    sessions = METADATA.tables["sessions"]
    query = sa.select(sessions.c.session_id).where(sessions.c.session_id == session_id)
    connection.execute(query.with_for_update()).first()


def _insert(
    connection: sa.Connection,
    subject: str,
    scopes: tuple[Scope, ...],
    label: str,
    expires: datetime | None,
    at: datetime,
) -> NewKey:
    key_id, secret = new_secret()
    key = ApiKey(
        key_id=key_id,
        subject=subject,
        scopes=scopes,
        label=label,
        created_at=_iso(at),
        expires_at=None if expires is None else _iso(expires),
    )
    row = key.model_dump() | {"scopes": " ".join(scopes), "digest": digest(secret)}
    connection.execute(KEYS.insert().values(row))
    return NewKey(key=key, secret=SecretStr(secret))


def _require(connection: sa.Connection, key_id: str) -> ApiKey:
    row = connection.execute(KEYS.select().where(KEYS.c.key_id == key_id)).mappings().first()
    if row is None:
        raise SettingsError(f"There is no key {key_id!r}.", hint="palate keys list shows the ids.")
    return _key(row)


def _key(row: sa.RowMapping) -> ApiKey:
    return ApiKey.model_validate({k: v for k, v in row.items() if k != "digest"} | {"scopes": row["scopes"].split()})


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
