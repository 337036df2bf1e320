"""Which session a list of messages goes on in. OpenAI's protocol has no sessions: every call brings all earlier turns.

The rule, in order:

1. ``palate.session_id`` names a session of the caller: it goes on there.
2. There are no earlier turns: a new session.
3. The earlier turns (roles ``user`` and ``assistant``, white space aside) are ones that Palate answered for this
   caller: it goes on in their session if that stands where they end, and otherwise in a copy of it up to there. So an
   answer that is asked for anew, or an edited question, never sees what was said in the branch that was left.
4. Palate does not know them, because a client shortened or changed them: a new session, in which the last
   ``REPLAYED`` earlier messages of the user are answered again, unseen, before the new one.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import timedelta

from agent import Recommender
from agent.access import AccessStore, Caller
from agent.errors import MessageError, SessionNotFoundError
from agent.types import Event, ReplyGiven

from .models import ChatTurn

REPLAYED = 8
"""Earlier messages that are heard again when a history is not known."""
_CLAIMED = timedelta(days=1)


class Sessions:
    """Find the session of a caller's messages, and remember where its history ends."""

    def __init__(self, recommender: Recommender, access: AccessStore, caller: Caller, user: str | None) -> None:
        """Look for sessions of this caller and user."""
        self._recommender = recommender
        self._access = access
        self._caller = caller
        self._user = user

    async def named(self, session_id: str) -> str:
        """Return the session if it is the caller's.

        Raises:
            SessionNotFoundError: it is not, or there is none.
        """
        owner = await self._access.soon(self._access.owner, session_id)
        if not self._caller.reaches(owner) or await self._recommender.store.session(session_id) is None:
            raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Leave palate.session_id out.")
        return session_id

    async def of(self, earlier: Sequence[ChatTurn]) -> str:
        """Return the session in which these earlier turns go on; it may be new."""
        told = [turn for turn in earlier if turn.role in ("user", "assistant") and turn.text.strip()]
        if not told:
            return await self._begin()
        found = await self._access.soon(self._access.history, self.digest(told))
        if found is not None:
            goes_on = await self._going_on(*found)
            if goes_on is not None:
                return goes_on
        return await self._again([turn.text for turn in told if turn.role == "user"][-REPLAYED:])

    async def remember(self, turns: Sequence[ChatTurn], session_id: str, turn_id: str) -> None:
        """Note that these turns, the new answer included, end in this turn of the session."""
        told = [turn for turn in turns if turn.role in ("user", "assistant") and turn.text.strip()]
        await self._access.soon(self._access.keep_history, self.digest(told), session_id, turn_id)

    def digest(self, turns: Sequence[ChatTurn]) -> str:
        """Return what stands for turns of this caller and user; nobody else's can be found by it."""
        said = [[turn.role, " ".join(turn.text.split())] for turn in turns]
        whole = json.dumps([self._caller.subject, self._user, said], ensure_ascii=False)
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    async def _begin(self) -> str:
        info = await self._recommender.new_session(user_id=self._user)
        if self._caller.subject is not None:
            await self._access.soon(self._access.own, info.session_id, self._caller.subject)
        return info.session_id

    async def _going_on(self, session_id: str, turn_id: str) -> str | None:
        """Return the session, or a copy up to the turn if it went on without it or somebody is at it."""
        try:
            events = await self._recommender.store.events(session_id)
        except SessionNotFoundError:
            return None  # erased meanwhile
        ends = [n for n, e in enumerate(events, 1) if isinstance(e, ReplyGiven) and e.turn_id == turn_id]
        if not ends:
            return None
        replies = [event.turn_id for event in events if isinstance(event, ReplyGiven)]
        if replies[-1] == turn_id:
            claim = await self._access.soon(
                self._access.claim, session_id, f"after:{turn_id}", "", turn_id, lease=_CLAIMED, keep=_CLAIMED
            )
            if claim.state == "new":
                return session_id
        copy = await self._begin()
        await self._recommender.store.append(copy, [_moved(event, copy) for event in events[: ends[0]]])
        return copy

    async def _again(self, messages: Sequence[str]) -> str:
        session_id = await self._begin()
        for text in messages:
            try:
                await self._recommender.reply(text, session_id)
            except MessageError:
                continue  # it could not be taken then either
        return session_id


def _moved(event: Event, session_id: str) -> Event:
    """Return the event as one of another session."""
    if not isinstance(event, ReplyGiven):
        return event
    return event.model_copy(update={"reply": event.reply.model_copy(update={"session_id": session_id})})


def new_identity() -> str:
    """Return an id for a completion."""
    return f"chatcmpl-{uuid.uuid4().hex[:24]}"
