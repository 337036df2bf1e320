"""Word what is remembered across conversations: when it is used, shown, kept or forgotten. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import CatalogSchema

from ..types import ITEM, MemoryWish, Preference
from .lists import constraint_words, described
from .phrases import join, plain, sentence_case

_MOST_NAMED = 3
_NAMEABLE = ("eq", "in")


def taste_words(taste: Preference, schema: CatalogSchema) -> str:
    """Return a remembered taste as what the user does: ``you like French films``."""
    verb = "you like" if taste.polarity == "like" else "you don't like"
    if taste.attribute == ITEM:
        return f"{verb} {plain(taste.label or str(taste.value))}"
    condition = taste.model_copy(update={"polarity": "like", "hard": False}).constraint()
    if condition is None:
        return f"{verb} {plain(str(taste.value))}"
    if condition.op in _NAMEABLE:
        return f"{verb} {described(schema, [condition])}"
    return f"{verb} {schema.noun_plural} with {constraint_words(condition, schema)}"


def leaned_on(tastes: Sequence[Preference], schema: CatalogSchema) -> str:
    """Say which tastes of earlier conversations moved the order."""
    named = join([taste_words(taste, schema) for taste in tastes[:_MOST_NAMED]])
    more = len(tastes) - _MOST_NAMED
    others = f", and {more} more" if more > 0 else ""
    return f"I also leaned on what I remember of you: {named}{others}."


def remembered_reason(tastes: Sequence[Preference], schema: CatalogSchema) -> str:
    """Say which remembered tastes spoke for an item, for "why this?"."""
    return f"It also fits what I remember of you: {join([taste_words(taste, schema) for taste in tastes])}."


def memory_summary(tastes: Sequence[Preference], schema: CatalogSchema, *, consent: bool) -> str:
    """Say all that is remembered of a user, strongest first."""
    if not consent:
        return "I remember nothing about you between conversations, because you have not switched that on."
    if not tastes:
        return "You let me remember your tastes, and I have learnt none yet."
    listed = "; ".join(taste_words(taste, schema) for taste in tastes)
    return f"{sentence_case(f'this is what I remember: {listed}')}. Say “forget that …” to take any of it back."


def memory_answer(wish: MemoryWish, tastes: Sequence[Preference], schema: CatalogSchema, *, consent: bool) -> str:
    """Answer a message about being remembered.

    Args:
        wish: what the message asked for.
        tastes: for ``show`` everything remembered; for ``remember`` and the forgetting ones what it was about.
        schema: the catalogue.
        consent: whether the user has agreed to be remembered, before this message.
    """
    if wish == "show":
        return memory_summary(tastes, schema, consent=consent)
    if wish in ("consent", "withdraw", "off", "on"):
        return _SWITCHED[wish]
    if not consent:
        return _NOT_ALLOWED
    if wish == "remember":
        kept = join([taste_words(taste, schema) for taste in tastes])
        return f"I'll remember that {kept}." if tastes else _NOTHING_TO_KEEP
    if wish == "clear":
        return "Done: I have forgotten all I knew of your tastes."
    # What it was is not said again: this reply is kept, and the taste must not live on in it.
    return "Done: I no longer remember that." if tastes else "I don't remember anything like that."


_SWITCHED = {
    "consent": "I'll remember your lasting tastes from now on. Ask what I remember whenever you like.",
    "withdraw": "I have forgotten what I knew of your tastes, and will remember nothing from now on.",
    "off": "I'll leave what I remember of you out of this conversation.",
    "on": "I'll let what I remember of you count again.",
}
_NOT_ALLOWED = "I keep nothing between conversations unless you allow it: say “remember my tastes”."
_NOTHING_TO_KEEP = "I found no taste in that which I could keep."
