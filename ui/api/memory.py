"""A user's lasting tastes: ask for consent, show, change and forget them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from agent import Recommender
from agent.access import Caller
from agent.errors import MemoryOffError, MessageError
from agent.memory import Memory, MemoryKeeper, Taste
from agent.types import Polarity
from retrieval.types import Value

from .callers import OwnUser, Talker
from .context import RecommenderOf
from .models import Name, example
from .openapi import problems

router = APIRouter(
    prefix="/v1/users/{user_id}/memory",
    tags=["memory"],
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429, 503),
)


class MemoryView(Value):
    """What is remembered of a user."""

    user_id: str
    enabled: bool
    """Whether anybody can be remembered here: the setting ``memory.enabled``."""
    consent: bool
    since: str
    """When consent was given; empty without it."""
    tastes: tuple[Taste, ...]
    """Strongest first; these lean on the user's conversations."""
    pending: tuple[Taste, ...]
    """Wishes that showed in too few conversations to count yet."""

    @classmethod
    def of(cls, user_id: str, memory: Memory, *, enabled: bool) -> MemoryView:
        """Show a memory."""
        return cls(
            user_id=user_id,
            enabled=enabled,
            consent=memory.consent,
            since=memory.since,
            tastes=memory.tastes,
            pending=memory.pending,
        )


class MemoryChoice(Value):
    """Whether to remember a user, and what is stated about them to begin with."""

    model_config = example({"consent": True, "profile": {"genres": ["Crime", "Comedy"]}})

    consent: bool
    """The user's own choice. False deletes whatever was learnt."""
    profile: dict[Name, str | tuple[str, ...]] = Field(default_factory=dict, max_length=50)
    """Stated attributes: of the catalogue, with values that the user likes; or those with rules in the settings."""


class ChangedTaste(Value):
    """New values for a taste; what is left out stays."""

    id: str
    polarity: Polarity | None = None
    strength: float | None = Field(None, ge=0.0, le=1.0)


class MemoryPatch(Value):
    """Change or forget single tastes."""

    model_config = example({"change": [{"id": "1f0c9a52be77", "strength": 0.3}], "remove": ["90ab12cd34ef"]})

    change: tuple[ChangedTaste, ...] = Field((), max_length=50)
    remove: tuple[str, ...] = Field((), max_length=200)
    """Ids of tastes to forget for good."""


class Forgotten(Value):
    """How much was forgotten."""

    user_id: str
    tastes_forgotten: int


@router.get("", summary="What is remembered of a user")
async def look(user_id: OwnUser, caller: Talker, recommender: RecommenderOf) -> MemoryView:
    """Return the user's tastes with their strength today and where they came from; none without consent."""
    return await _view(recommender, user_id, caller)


@router.put("", summary="Give or withdraw consent", responses=problems(409))
async def choose(user_id: OwnUser, body: MemoryChoice, caller: Talker, recommender: RecommenderOf) -> MemoryView:
    """Begin to remember the user, or stop and delete whatever was learnt.

    A profile is for users of whom nothing is known yet: it counts less, the more the user's own words tell.
    """
    if body.profile and not body.consent:
        raise MessageError("A profile cannot be kept without consent.", hint="Leave it out, or set consent to true.")
    keeper = _keeper(recommender)
    await keeper.consent(user_id, body.consent)
    if body.profile:
        await keeper.state_profile(user_id, body.profile)
    return await _view(recommender, user_id, caller)


@router.patch("", summary="Change or forget tastes", responses=problems(404, 409))
async def change(user_id: OwnUser, body: MemoryPatch, caller: Talker, recommender: RecommenderOf) -> MemoryView:
    """Set the direction or strength of tastes, and forget others for good."""
    keeper = _keeper(recommender)
    if not (body.change or body.remove):
        raise MessageError("The edit changes nothing.", hint="Send change, remove or both.")
    for changed in body.change:
        await keeper.edit(user_id, changed.id, polarity=changed.polarity, strength=changed.strength)
    if body.remove:
        await keeper.forget(user_id, body.remove)
    return await _view(recommender, user_id, caller)


@router.delete("", summary="Forget all tastes")
async def forget(user_id: OwnUser, caller: Talker, recommender: RecommenderOf) -> Forgotten:
    """Forget all tastes for good; consent and conversations stay. ``DELETE /v1/users/{id}`` takes everything."""
    return Forgotten(user_id=caller.shown(user_id), tastes_forgotten=await _keeper(recommender).forget(user_id))


def _keeper(recommender: Recommender) -> MemoryKeeper:
    if recommender.memory is None:
        raise MemoryOffError("Nobody is remembered here.", hint="The operator can set memory.enabled = true.")
    return recommender.memory


async def _view(recommender: Recommender, user_id: str, caller: Caller) -> MemoryView:
    keeper = recommender.memory
    memory = await keeper.recall(user_id) if keeper is not None else Memory()
    return MemoryView.of(caller.shown(user_id), memory, enabled=keeper is not None and keeper.config.enabled)
