"""One turn at a time in a session, whichever process answers: a lease in the database, which a dead process loses.

A lease orders turns; it is not what keeps them whole. That is done by ``require``: what a turn appends is taken only
while the lease is still its own, in the same transaction. So a process that was frozen, or a clock that jumped, costs
a turn that is refused, never one that is lost or mixed with another.

Times are those of the database, so that the clocks of replicas do not matter.
"""

from __future__ import annotations

import sqlalchemy as sa

from .errors import SessionBusyError
from .store_tables import TURNS

LEASE_S = 10.0
"""How long a lease lasts unless it is renewed; after a crash the session is held for so long."""
RENEW_S = 3.0
"""How often it is renewed."""


def take(connection: sa.Connection, session_id: str, token: str) -> bool:
    """Take the session's lease; False while another holds it."""
    now = _clock(connection)
    # A lease that ends later than any could was given before the clock was set back; it counts as over.
    over = (TURNS.c.expires_at <= now) | (TURNS.c.expires_at > now + 2 * LEASE_S)
    connection.execute(TURNS.delete().where(TURNS.c.session_id == session_id, over))
    insert = _insert(connection).values(session_id=session_id, token=token, expires_at=now + LEASE_S)
    return connection.execute(insert.on_conflict_do_nothing().returning(TURNS.c.token)).first() is not None


def renew(connection: sa.Connection, session_id: str, token: str) -> bool:
    """Hold the lease for longer; False when it was lost."""
    mine = (TURNS.c.session_id == session_id) & (TURNS.c.token == token)
    longer = TURNS.update().where(mine).values(expires_at=_clock(connection) + LEASE_S)
    return connection.execute(longer).rowcount == 1


def give_back(connection: sa.Connection, session_id: str, token: str) -> None:
    """Let the next turn begin."""
    connection.execute(TURNS.delete().where(TURNS.c.session_id == session_id, TURNS.c.token == token))


def require(connection: sa.Connection, session_id: str, token: str) -> None:
    """Hold on to the lease until the transaction ends.

    Raises:
        SessionBusyError: it was lost, so another turn may have been answered in the meantime.
    """
    query = sa.select(TURNS.c.token).where(TURNS.c.session_id == session_id)
    if connection.execute(query.with_for_update()).scalar() != token:
        raise SessionBusyError(
            f"Session {session_id!r} went on elsewhere while this was being answered; nothing of it was kept.",
            hint="Look at the session, then say it again.",
        )


def forget_old(connection: sa.Connection) -> int:
    """Delete the leases of processes that died; return how many there were."""
    return connection.execute(TURNS.delete().where(TURNS.c.expires_at <= _clock(connection))).rowcount


def _clock(connection: sa.Connection) -> float:
    if connection.dialect.name == "sqlite":
        query = "SELECT (julianday('now') - 2440587.5) * 86400.0"
    else:
        query = "SELECT extract(epoch from clock_timestamp())"
    return float(connection.exec_driver_sql(query).scalar_one())


def _insert(connection: sa.Connection) -> sa.dialects.postgresql.Insert | sa.dialects.sqlite.Insert:
    from sqlalchemy.dialects import postgresql, sqlite

    if connection.dialect.name == "sqlite":
        return sqlite.insert(TURNS)
    return postgresql.insert(TURNS)
