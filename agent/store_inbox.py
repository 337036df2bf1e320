"""What bots keep in the store: which messages were taken already, and which session each of their chats is.

Chat platforms deliver a message again when an answer is late, and several processes may serve one bot. A unique row
decides who answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from .store_tables import BOT_CHATS, BOT_EVENTS, SESSIONS, writing

KEPT = timedelta(days=2)
"""How long it is remembered that a message was taken; platforms give up delivering within hours."""


class SqlInbox:
    """An inbox in the tables of the conversation store; rows of chats go when their session is erased."""

    def __init__(self, engine: sa.Engine, run: Callable[[Callable[[], object]], Awaitable[object]]) -> None:
        """Take the store's engine and the way it runs calls outside of the event loop."""
        self._engine = engine
        self._run = run

    async def claim(self, platform: str, event_id: str) -> bool:
        """Take a message; False when it was taken before."""
        return bool(await self._run(lambda: self._claim(platform, event_id)))

    async def session_of(self, platform: str, chat: str) -> str | None:
        """Return the session that a chat is in, or None."""
        found = await self._run(lambda: self._session_of(platform, chat))
        return None if found is None else str(found)

    async def begin(self, platform: str, chat: str, session_id: str, user_id: str | None, *, fresh: bool) -> str:
        """Begin a session for a chat and return its id; unless ``fresh``, the one that it is in already stands."""
        return str(await self._run(lambda: self._begin(platform, chat, session_id, user_id, fresh)))

    def _claim(self, platform: str, event_id: str) -> bool:
        now = datetime.now(UTC)
        row = {"platform": platform, "event_id": event_id, "created_at": _text(now)}
        try:
            with writing(self._engine).begin() as connection:
                connection.execute(BOT_EVENTS.delete().where(BOT_EVENTS.c.created_at < _text(now - KEPT)))
                connection.execute(BOT_EVENTS.insert().values(row))
        except sa.exc.IntegrityError:
            return False
        return True

    def _session_of(self, platform: str, chat: str) -> str | None:
        query = sa.select(BOT_CHATS.c.session_id).where(BOT_CHATS.c.platform == platform, BOT_CHATS.c.chat == chat)
        with self._engine.begin() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def _begin(self, platform: str, chat: str, session_id: str, user_id: str | None, fresh: bool) -> str:
        this = (BOT_CHATS.c.platform == platform) & (BOT_CHATS.c.chat == chat)
        now = _text(datetime.now(UTC))
        try:
            with writing(self._engine).begin() as connection:
                connection.execute(SESSIONS.insert().values(session_id=session_id, user_id=user_id, created_at=now))
                if fresh:
                    connection.execute(BOT_CHATS.delete().where(this))
                row = {"platform": platform, "chat": chat, "session_id": session_id, "created_at": now}
                connection.execute(BOT_CHATS.insert().values(row))
        except sa.exc.IntegrityError:
            standing = self._session_of(platform, chat)  # another message of this chat came first
            if standing is None:
                raise
            return standing
        return session_id


def chats_of(connection: sa.Connection, session_id: str) -> list[dict[str, str]]:
    """Return the chats of bots that are in a session, for the export of a user's data."""
    query = sa.select(BOT_CHATS.c.platform, BOT_CHATS.c.chat, BOT_CHATS.c.created_at)
    rows = connection.execute(query.where(BOT_CHATS.c.session_id == session_id).order_by(BOT_CHATS.c.created_at))
    return [dict(row) for row in rows.mappings()]


def _text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")
