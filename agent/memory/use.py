"""Use what is remembered in one search, as a weak prior. Pure. What is said in the conversation always wins."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import satisfies, validate
from retrieval.errors import ConstraintError
from retrieval.types import CatalogSchema, Constraint, Item, Leaning, Query

from ..types import ITEM, TEXT, Conversation, Preference
from .config import MemoryConfig
from .types import Memory, Taste


def with_memory(query: Query, tastes: Sequence[Taste], config: MemoryConfig) -> Query:
    """Return the query with tastes as leanings; nothing is asked for, ruled out or excluded that was not before."""
    leanings = tuple(leaning_of(taste) for taste in tastes)
    return query.model_copy(update={"leanings": leanings, "leaning_weight": config.weight}) if leanings else query


def usable(
    memory: Memory, conversation: Conversation, schema: CatalogSchema, config: MemoryConfig, liked: Sequence[Item] = ()
) -> tuple[Taste, ...]:
    """Return the tastes that may lean on this conversation's next search, strongest first.

    None when the user asked for that, or when somebody else is along: their tastes are not the user's. What
    contradicts a wish of the conversation, or speaks of the same attribute, is left out.

    Args:
        memory: what is remembered.
        conversation: the state, with this message applied.
        schema: the catalogue.
        config: settings.
        liked: items that this conversation likes.
    """
    wishes = conversation.preferences
    if not conversation.use_memory or config.weight == 0.0 or any(wish.scope == "company" for wish in wishes):
        return ()
    kept = [
        taste
        for taste in memory.tastes
        if _valid(taste, schema) and not any(_contradicts(wish, taste, schema) for wish in wishes)
    ]
    return tuple(taste for taste in kept if not _dislikes_one_of(taste, liked, schema))[: config.most]


def leaning_of(taste: Taste) -> Leaning:
    """Return a taste as search understands it; its strength and direction are the weight."""
    weight = taste.strength if taste.polarity == "like" else -taste.strength
    if taste.attribute == ITEM:
        return Leaning(id=taste.id, item_id=str(taste.value), weight=weight)
    return Leaning(id=taste.id, constraint=_condition(taste), weight=weight)


def _condition(taste: Taste) -> Constraint:
    return Constraint(attribute=taste.attribute, op=taste.op, value=taste.value, hard=False)


def _valid(taste: Taste, schema: CatalogSchema) -> bool:
    """Whether the catalogue of today can express the taste."""
    if taste.attribute == ITEM:
        return True
    try:
        validate(_condition(taste), schema)
    except ConstraintError:
        return False
    return True


def _contradicts(wish: Preference, taste: Taste, schema: CatalogSchema) -> bool:
    if wish.attribute == TEXT:
        return taste.polarity != wish.polarity and str(taste.value).casefold() in str(wish.value).casefold()
    if wish.attribute != taste.attribute:
        return False
    if wish.attribute == ITEM:
        return wish.value == taste.value
    spec = schema.get(wish.attribute)
    if spec is None or spec.kind not in ("category", "categories"):
        return True  # a number was settled in this conversation
    if wish.polarity == "like" and taste.polarity == "like":
        return True  # the wish says more exactly what is wanted now
    return bool(_values(wish) & _values(taste))


def _values(held: Preference | Taste) -> set[str]:
    values = held.value if isinstance(held.value, tuple) else (held.value,)
    return {str(value).casefold() for value in values}


def _dislikes_one_of(taste: Taste, liked: Sequence[Item], schema: CatalogSchema) -> bool:
    """Whether a dislike speaks against an item that this conversation likes."""
    if taste.attribute == ITEM or taste.polarity == "like":
        return False
    return any(satisfies(item, _condition(taste), schema) for item in liked)
