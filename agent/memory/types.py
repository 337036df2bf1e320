"""What is remembered of a user: events as they are stored, and tastes as they are shown. Pure data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

from pydantic import Field

from retrieval.types import AttributeValue, Op, Value

from ..types import Polarity, Preference

TasteSource = Literal["lasting", "reaction", "session", "profile", "edited"]
"""How a taste came to be known: said to hold in general; a reaction to an item; a wish repeated in several
conversations; attributes of the user that the integrator stated; or set by hand."""


class ConsentGiven(Value):
    """The user wants to be remembered."""

    kind: Literal["consent"] = "consent"
    at: str
    """ISO 8601, UTC."""


class ConsentWithdrawn(Value):
    """The user wants to be remembered no longer; whatever was learnt is deleted with this."""

    kind: Literal["withdrawn"] = "withdrawn"
    at: str


class TasteSeen(Value):
    """One sign of a taste."""

    kind: Literal["seen"] = "seen"
    at: str
    taste: str
    """Key of the taste, see ``taste_key``."""
    attribute: str
    op: Op = "eq"
    value: AttributeValue
    label: str = ""
    polarity: Polarity = "like"
    strength: float = Field(ge=0.0, le=1.0)
    source: TasteSource
    session_id: str = ""
    quote: str = ""
    turn_id: str = ""
    """The turn that it showed in: a turn that is done again after a crash teaches a taste once. Empty where no turn
    did."""


class TasteEdited(Value):
    """A taste set by hand: what was known of its direction and strength before counts no longer."""

    kind: Literal["edited"] = "edited"
    at: str
    taste: str
    polarity: Polarity
    strength: float = Field(ge=0.0, le=1.0)


class TasteForgotten(Value):
    """Something was forgotten. What it was is deleted, so this does not say."""

    kind: Literal["forgotten"] = "forgotten"
    at: str
    tastes: int = Field(ge=0)


MemoryEvent = Annotated[
    ConsentGiven | ConsentWithdrawn | TasteSeen | TasteEdited | TasteForgotten, Field(discriminator="kind")
]


class TasteOrigin(Value):
    """One conversation or door that a taste came from."""

    at: str
    source: TasteSource
    session_id: str = ""
    quote: str = ""


class Taste(Value):
    """One lasting taste as of now."""

    id: str
    """Stable for the user: the same attribute and value always have the same id."""
    attribute: str
    op: Op = "eq"
    value: AttributeValue
    label: str = ""
    polarity: Polarity = "like"
    strength: float = Field(ge=0.0, le=1.0)
    """What is left of it today."""
    first_seen: str
    last_seen: str
    times: int
    """How often it showed."""
    origins: tuple[TasteOrigin, ...] = ()
    """Where it came from, newest last; the last few only."""

    def preference(self) -> Preference:
        """Return the taste as a soft wish of no turn."""
        quote = next((origin.quote for origin in reversed(self.origins) if origin.quote), "")
        return Preference(
            id=self.id,
            attribute=self.attribute,
            op=self.op,
            value=self.value,
            label=self.label,
            polarity=self.polarity,
            strength=self.strength,
            turn_id="",
            quote=quote,
            scope="lasting",
            origin="memory",
        )


class Memory(Value):
    """What is remembered of one user, as of now."""

    consent: bool = False
    since: str = ""
    """When the consent in force was given; empty without one."""
    tastes: tuple[Taste, ...] = ()
    """Strongest first."""
    pending: tuple[Taste, ...] = ()
    """Wishes seen in too few conversations to count as tastes yet; kept, and not used."""
    faded: tuple[str, ...] = ()
    """Ids of tastes too weak to be kept."""


class MemoryStore(Protocol):
    """Append-only record of what is remembered, by user. It holds nothing learnt of a user without their consent."""

    async def memory(self, user_id: str) -> list[MemoryEvent]:
        """Return all memory events of a user in order; none for an unknown user."""
        ...

    async def remember(self, user_id: str, events: Sequence[MemoryEvent]) -> bool:
        """Append events, all or nothing; return False, and keep nothing, when consent is not in force."""
        ...

    async def forget(self, user_id: str, tastes: Sequence[str] | None, note: MemoryEvent) -> int:
        """Delete every event of these tastes, or of all with None, append ``note``, and return how many events went.

        What earlier replies said from those tastes is taken out of the stored replies too.
        """
        ...


def taste_key(attribute: str, op: str, value: AttributeValue) -> str:
    """Return the id of a taste: the same for liking and disliking one value, so that the two can meet."""
    plain = json.dumps([attribute, op, _plain(value)], ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: AttributeValue) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.casefold() if isinstance(value, str) else value
