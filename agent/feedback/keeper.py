"""Log shown lists as far as the settings and users allow, and join them with the reactions. Reads the clock."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from retrieval.exploration import Candidate, Draw, Gains, Impression, Logged
from retrieval.types import Hit, SearchResult

from ..memory.private import is_private
from ..types import Event, SessionInfo
from .config import FeedbackConfig
from .join import join

Clock = Callable[[], datetime]


class FeedbackStore(Protocol):
    """What the log needs of a store."""

    async def log_impression(self, impression: Impression, before: str, *, consented: bool) -> bool:
        """Keep a list, and delete all that are older than ``before`` (ISO 8601).

        With ``consented`` nothing is kept, and False returned, unless the user's consent is in force.

        Raises:
            SessionNotFoundError: the session was erased in the meantime.
        """
        ...

    async def impressions(self, user_id: str | None = None) -> list[tuple[SessionInfo, list[Impression]]]:
        """Return the logged lists by session, of a user or of all, oldest first."""
        ...

    async def shown_in(self, session_id: str, item_id: str) -> Impression | None:
        """Return the latest logged list of a session that showed an item."""
        ...

    async def erase_impressions(self, user_id: str | None = None) -> int:
        """Delete the logged lists of a user, or all; return how many there were."""
        ...

    async def events(self, session_id: str) -> list[Event]:
        """Return all events of a session in order."""
        ...


@dataclass(frozen=True)
class Shown:
    """A list on its way to the log."""

    policy: str
    policy_hash: str
    seed: int
    hits: tuple[Hit, ...]
    """All candidates, in the ranker's order."""
    draw: Draw | None
    """What chance made of them; None where nothing was left to it."""


class FeedbackKeeper:
    """The log of one store."""

    def __init__(self, store: FeedbackStore, config: FeedbackConfig, *, clock: Clock | None = None) -> None:
        """Work on an open store."""
        self.config = config
        self._store = store
        self._clock = clock or _now

    def allows(self, *, consent: bool) -> bool:
        """Whether the list of a user with or without consent may be logged."""
        return self.config.enabled and (consent or self.config.who == "everyone")

    async def log(
        self,
        session_id: str,
        turn_id: str,
        shown: Shown,
        result: SearchResult,
        *,
        ranker: str,
        wishes: tuple[int, int],
        said: Sequence[str],
    ) -> None:
        """Keep one shown list.

        Args:
            session_id: of the session.
            turn_id: of the turn that showed it.
            shown: the candidates and the draw.
            result: the search, whose hits are what was shown.
            ranker: hash of the ranker.
            wishes: how many hard conditions and soft wishes there were.
            said: all that the user said in the conversation; where something of it is private, no words are kept.
        """
        now = self._clock()
        keeps = self.config.words == "redacted" and not any(map(is_private, (*said, result.wording)))
        impression = _impression(session_id, turn_id, now, shown, result, ranker, wishes, keeps=keeps)
        before = _iso(now - timedelta(days=self.config.keep_days))
        await self._store.log_impression(impression, before, consented=self.config.who == "consenting")

    async def propensity(self, session_id: str, item_id: str) -> float | None:
        """Return the chance with which an item last stood where it was shown; None when that was not logged."""
        if not self.config.enabled:
            return None
        found = await self._store.shown_in(session_id, item_id)
        return found.propensities[found.shown.index(item_id)] if found is not None else None

    async def logged(self, user_id: str | None = None, *, ids: bool = False) -> AsyncIterator[Logged]:
        """Yield the logged lists with their labels, of one user or of all; users by a hash unless ``ids``."""
        gains = Gains()
        for session, impressions in await self._store.impressions(user_id):
            who = session.user_id or ""
            user = who if ids or not who else hashlib.sha256(who.encode()).hexdigest()[:16]
            for line in join(impressions, await self._store.events(session.session_id), gains, user):
                yield line

    async def erase(self, user_id: str | None = None) -> int:
        """Delete the logged lists of a user, or all; conversations stay. Return how many went."""
        return await self._store.erase_impressions(user_id)


def features_of(hit: Hit) -> dict[str, float]:
    """Return what the ranker knew of a hit, by name."""
    known = {**hit.stages, "final": hit.score, "popularity": hit.item.popularity, "unmet": float(len(hit.unmet))}
    return {name: float(f"{value:.9g}") for name, value in known.items()}


def _impression(
    session_id: str,
    turn_id: str,
    now: datetime,
    shown: Shown,
    result: SearchResult,
    ranker: str,
    wishes: tuple[int, int],
    *,
    keeps: bool,
) -> Impression:
    draw = shown.draw
    ids = tuple(hit.item.id for hit in result.hits)
    return Impression(
        session_id=session_id,
        turn_id=turn_id,
        at=_iso(now),
        policy=shown.policy,
        policy_hash=shown.policy_hash,
        ranker_hash=ranker,
        seed=shown.seed if draw is not None else 0,
        query=result.wording if keeps else "",
        query_hash=hashlib.sha256(result.wording.encode()).hexdigest()[:16],
        hard=wishes[0],
        soft=wishes[1],
        candidates=tuple(
            Candidate(item_id=hit.item.id, features=features_of(hit), chances=_chances(draw, at))
            for at, hit in enumerate(shown.hits)
        ),
        shown=ids,
        propensities=_propensities(draw, len(ids)),
        list_chance=draw.list_chance if draw is not None else 1.0,
    )


def _propensities(draw: Draw | None, places: int) -> tuple[float, ...]:
    if draw is None:
        return (1.0,) * places
    return tuple(min(1.0, float(draw.chances[candidate, place])) for place, candidate in enumerate(draw.order))


def _chances(draw: Draw | None, at: int) -> tuple[float, ...]:
    chances: Sequence[float] = draw.chances[at].tolist() if draw is not None else ()
    return tuple(float(f"{chance:.9g}") for chance in chances)


def _now() -> datetime:
    return datetime.now(UTC)


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds")
