"""Turn a conversation's wishes into one search. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import Constraint, Query

from .types import ITEM, TEXT, Conversation, Preference
from .understanding.text import words
from .understanding.words import STOP

_SPOKEN = 0.5
"""Weaker wishes are side meanings of a word that another wish already stands for."""
_SEARCHED = 0.1
"""Weaker wishes are remembered and not searched by: what is liked normally, and not tonight."""
_RECENT_TEXTS = 4
"""Free words of this many wishes are searched; older ones have been talked past."""


def to_query(conversation: Conversation, k: int) -> Query:
    """Return the search for ``k`` items; what the user knows, turned down or chose already never comes back."""
    preferences = conversation.preferences
    liked = item_ids(preferences, "like")
    disliked = item_ids(preferences, "dislike")
    excluded = (*conversation.seen_ids, *conversation.rejected_ids, *conversation.accepted_ids, *disliked, *liked)
    return Query(
        text=wished_text(preferences),
        constraints=tuple(constraints(preferences)),
        like_ids=liked,
        dislike_ids=disliked,
        exclude_ids=tuple(dict.fromkeys(excluded)),
        avoid=unwanted_words(preferences),
        k=k,
        adventure=conversation.adventure,
    )


def constraints(preferences: Sequence[Preference]) -> list[Constraint]:
    """Return the conditions on attributes, hard and soft; what is only remembered is none."""
    found = [preference.constraint() for preference in preferences if preference.strength >= _SEARCHED]
    return [constraint for constraint in found if constraint is not None]


def hard_constraints(query: Query) -> list[Constraint]:
    """Return the conditions of a search that every item must satisfy."""
    return [constraint for constraint in query.constraints if constraint.hard]


def item_ids(preferences: Sequence[Preference], polarity: str) -> tuple[str, ...]:
    """Return the ids of items liked or disliked."""
    return tuple(str(p.value) for p in preferences if p.attribute == ITEM and p.polarity == polarity)


def unwanted_words(preferences: Sequence[Preference]) -> tuple[str, ...]:
    """Return free words the user wished away: "gravestones" of "not the gravestones".

    Of a wording with several words of content it is not known which one makes it unwanted.
    """
    said = [str(p.value) for p in preferences if p.attribute == TEXT and p.polarity == "dislike"]
    content = [[word for word in words(text) if word not in STOP] for text in said]
    return tuple(dict.fromkeys(found[0] for found in content if len(found) == 1))


def wished_text(preferences: Sequence[Preference]) -> str:
    """Return the free words the user wished for, newest last, and the labels of soft wishes, for search by meaning."""
    texts = [str(p.value) for p in preferences if p.attribute == TEXT and p.polarity == "like"][-_RECENT_TEXTS:]
    labels = [
        str(p.value)
        for p in preferences
        if p.attribute not in (ITEM, TEXT)
        and p.polarity == "like"
        and isinstance(p.value, str)
        and not p.hard
        and p.strength >= _SPOKEN
    ]
    return " ".join(dict.fromkeys((*labels, *texts)))
