"""Choose what an item has in common with one that the user likes: true of both, telling, and rare. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.graph import SharedFact
from retrieval.types import AttributeSpec, CatalogSchema, Item, Value

from ..types import ITEM, Preference
from .phrases import values_of

_TELLING = 0.5
"""An attribute that people can rarely answer a question about, such as a language, is no reason to like two items."""


class Alike(Value):
    """What an item shares with a liked one."""

    spec: AttributeSpec
    values: tuple[str, ...]
    """As the item has them."""
    liked: Item
    owners: int | None = None
    """Items of the catalogue that share the value; None where there are several values, or nobody has counted."""


def alike(
    item: Item,
    liked: Sequence[Item],
    shared: Sequence[SharedFact],
    preferences: Sequence[Preference],
    schema: CatalogSchema,
    most: int,
) -> Alike | None:
    """Return the most telling thing that an item shares with a liked one, or None.

    What is said here is checked on both items, so facts that have changed since the graph was made are not claimed.

    Args:
        item: the pick.
        liked: what the user likes.
        shared: facts of the item and liked ones, the rarest first; without them, names come before other labels.
        preferences: the user's wishes; nothing that they do not want is a reason, nor an item they turned against.
        schema: the catalogue.
        most: how many values to name.
    """
    against = {str(wish.value) for wish in preferences if wish.attribute == ITEM and wish.polarity == "dislike"}
    known = {one.id: one for one in liked if one.id != item.id and one.id not in against}
    for name, value, liked_id, owners in _counted(shared) if shared else _uncounted(item, known, schema):
        spec, other = schema.get(name), known.get(liked_id)
        if spec is None or other is None or not _telling(spec):
            continue
        both = _both(item, other, spec.name, _unwanted(preferences, spec.name))
        if value.casefold() not in (one.casefold() for one in both):
            continue
        # The fact that was chosen is named first, then what else the two share of its kind.
        values = tuple(sorted(both, key=lambda one: one.casefold() != value.casefold())[:most])
        return Alike(spec=spec, values=values, liked=other, owners=owners if len(values) == 1 else None)
    return None


_Found = Iterator[tuple[str, str, str, int | None]]
"""Attribute, value, id of the liked item, and how many have the value."""


def _counted(shared: Sequence[SharedFact]) -> _Found:
    for fact in shared:
        yield fact.attribute, fact.value, fact.liked_id, fact.owners


def _uncounted(item: Item, known: dict[str, Item], schema: CatalogSchema) -> _Found:
    for spec in sorted(schema.attributes, key=lambda spec: not spec.names):
        for other in known.values():
            for value in _both(item, other, spec.name, set())[:1]:
                yield spec.name, value, other.id, None


def _telling(spec: AttributeSpec) -> bool:
    named = spec.names or (spec.askable >= _TELLING and not spec.nouns)
    return named and spec.kind in ("category", "categories")


def _both(item: Item, other: Item, name: str, unwanted: set[str]) -> list[str]:
    theirs = {str(one).casefold() for one in values_of(other.attributes.get(name, ()))}
    mine = [str(one) for one in values_of(item.attributes.get(name, ()))]
    return [one for one in mine if one.casefold() in theirs and one.casefold() not in unwanted]


def _unwanted(preferences: Sequence[Preference], name: str) -> set[str]:
    disliked = [wish for wish in preferences if wish.attribute == name and wish.polarity == "dislike"]
    return {str(one).casefold() for wish in disliked for one in values_of(wish.value)}
