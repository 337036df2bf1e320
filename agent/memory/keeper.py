"""Keep, show, change and forget what is remembered of users. The only place that reads the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from retrieval.types import CatalogSchema

from ..errors import ConsentError, MemoryOffError, TasteNotFoundError
from ..types import FeedbackKind, Polarity, PreferenceUpdate, Removal
from .config import MemoryConfig
from .fold import recall
from .learn import from_feedback, from_message
from .profile import Stated, stated_tastes
from .types import (
    ConsentGiven,
    ConsentWithdrawn,
    Memory,
    MemoryEvent,
    MemoryStore,
    Taste,
    TasteEdited,
    TasteForgotten,
    TasteSeen,
)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class MemoryKeeper:
    """Remember the users of one catalogue, as far as the settings and each of them allow."""

    def __init__(
        self, store: MemoryStore, config: MemoryConfig, schema: CatalogSchema, *, clock: Clock = utc_now
    ) -> None:
        """Work on an open store."""
        self.config = config
        self._store = store
        self._schema = schema
        self._clock = clock

    async def recall(self, user_id: str | None) -> Memory:
        """Return what is remembered of a user; nothing without a user, without consent, or while memory is off."""
        if user_id is None or not self.config.enabled:
            return Memory()
        return recall(await self._store.memory(user_id), self.config, self._schema, self._clock())

    # --- what users and integrators do

    async def consent(self, user_id: str, given: bool) -> Memory:
        """Give or withdraw a user's consent; withdrawing deletes whatever was learnt, even while memory is off.

        Raises:
            MemoryOffError: consent is given while memory is off.
        """
        if not given:
            await self._store.forget(user_id, None, ConsentWithdrawn(at=self._now()))
            return Memory()
        self._check_on()
        if not (await self.recall(user_id)).consent:
            await self._store.remember(user_id, [ConsentGiven(at=self._now())])
        return await self.recall(user_id)

    async def state_profile(self, user_id: str, stated: Stated) -> Memory:
        """Note what an integrator states about a user; it replaces what was stated before.

        Raises:
            MemoryOffError: memory is off.
            ConsentError: the user has not consented.
            MessageError: an attribute has no meaning here.
        """
        memory = await self._consented(user_id)
        signs = stated_tastes(stated, self.config, self._schema, self._now())
        old = [taste.id for taste in memory.tastes if all(o.source == "profile" for o in taste.origins)]
        if old:
            await self._store.forget(user_id, old, self._forgotten(len(old)))
        await self._keep(user_id, signs)
        return await self.recall(user_id)

    async def edit(
        self, user_id: str, taste_id: str, *, polarity: Polarity | None = None, strength: float | None = None
    ) -> Memory:
        """Change the direction or the strength (0 to 1) of a taste.

        Raises:
            MemoryOffError: memory is off.
            ConsentError: the user has not consented.
            TasteNotFoundError: nothing of that id is remembered.
        """
        taste = _find(await self._consented(user_id), taste_id)
        edited = TasteEdited(
            at=self._now(),
            taste=taste.id,
            polarity=polarity or taste.polarity,
            strength=taste.strength if strength is None else strength,
        )
        await self._store.remember(user_id, [edited])
        return await self.recall(user_id)

    async def forget(self, user_id: str, taste_ids: Sequence[str] | None = None) -> int:
        """Delete some tastes, or all of them and leave the consent as it is; return how many tastes went.

        Raises:
            TasteNotFoundError: one of the ids is not remembered.
        """
        memory = await self.recall(user_id)
        held = [taste.id for taste in (*memory.tastes, *memory.pending)]
        for taste_id in taste_ids or ():
            _find(memory, taste_id)
        gone = list(dict.fromkeys(held if taste_ids is None else taste_ids))
        if gone:
            await self._store.forget(user_id, gone, self._forgotten(len(gone)))
        return len(gone)

    async def forget_about(self, user_id: str, removals: Sequence[Removal]) -> tuple[Taste, ...]:
        """Delete the tastes that removals name, and return them."""
        memory = await self.recall(user_id)
        named = tuple(
            taste
            for taste in (*memory.tastes, *memory.pending)
            if any(r.attribute == taste.attribute and r.value in (None, taste.value) for r in removals)
        )
        if named:
            await self.forget(user_id, [taste.id for taste in named])
        return named

    # --- what conversations do

    async def learn(
        self,
        user_id: str,
        session_id: str,
        text: str,
        update: PreferenceUpdate,
        titles: Mapping[str, str],
        turn_id: str = "",
    ) -> None:
        """Keep what is lasting in a message; nothing without consent, which the store checks once more.

        A turn that is done again, under the same ``turn_id``, teaches nothing twice.
        """
        if self.config.enabled:
            signs = from_message(text, update, session_id, self._now(), self.config, titles)
            await self._keep(user_id, signs, turn_id)

    async def learn_reaction(
        self, user_id: str, session_id: str, item_id: str, title: str, kind: FeedbackKind, turn_id: str = ""
    ) -> None:
        """Keep what a reaction says of taste; done again under the same ``turn_id``, it teaches nothing twice."""
        if self.config.enabled:
            signs = from_feedback(item_id, title, kind, session_id, self._now(), self.config)
            await self._keep(user_id, signs, turn_id)

    async def _keep(self, user_id: str, signs: Sequence[TasteSeen], turn_id: str = "") -> None:
        """Append the signs, and delete what has faded in the meantime."""
        if not signs:
            return
        events: Sequence[MemoryEvent] = [sign.model_copy(update={"turn_id": turn_id}) for sign in signs]
        if not await self._store.remember(user_id, events):
            return
        faded = (await self.recall(user_id)).faded
        if faded:
            await self._store.forget(user_id, faded, self._forgotten(len(faded)))

    async def _consented(self, user_id: str) -> Memory:
        self._check_on()
        memory = await self.recall(user_id)
        if not memory.consent:
            raise ConsentError(
                f"The user {user_id!r} has not agreed to be remembered.",
                hint="Ask them, then set consent to true: PUT /v1/users/{id}/memory, or palate memory consent USER.",
            )
        return memory

    def _check_on(self) -> None:
        if not self.config.enabled:
            raise MemoryOffError("Nobody is remembered here.", hint="The operator can set memory.enabled = true.")

    def _forgotten(self, tastes: int) -> TasteForgotten:
        return TasteForgotten(at=self._now(), tastes=tastes)

    def _now(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")


def _find(memory: Memory, taste_id: str) -> Taste:
    found = next((taste for taste in (*memory.tastes, *memory.pending) if taste.id == taste_id), None)
    if found is None:
        known = ", ".join(taste.id for taste in memory.tastes) or "none"
        raise TasteNotFoundError(f"No taste {taste_id!r} is remembered.", hint=f"Remembered: {known}.")
    return found
