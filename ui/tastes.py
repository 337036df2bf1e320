"""What a door shows of remembered tastes, in plain text. Pure; shared by page, terminal and command line."""

from __future__ import annotations

from agent.memory import Taste
from retrieval.types import CatalogSchema, Value

from .language import Words, english
from .view import attribute_label
from .words import condition_words


class TasteView(Value):
    """One remembered taste as shown."""

    id: str
    label: str
    value: str
    liked: bool
    strength: int
    """Percent of what it could be."""
    origin: str
    """Where it came from, in a few words."""
    words: str
    """The taste in a few words."""


def taste(held: Taste, schema: CatalogSchema, words: Words | None = None) -> TasteView:
    """Return what a panel shows of one remembered taste."""
    words = words or english()
    spec = schema.get(held.attribute)
    wish = held.preference()
    last = held.origins[-1] if held.origins else None
    value, liked = condition_words(wish, spec, words), held.polarity == "like"
    return TasteView(
        id=held.id,
        label=attribute_label(held.attribute, schema, words),
        value=value,
        words=value if liked else words.say("values.not", value=value),
        liked=liked,
        strength=round(100 * held.strength),
        origin=(f"“{last.quote}”" if last.quote else words.say(f"memory.{last.source}")) if last else "",
    )


def taste_line(held: Taste, schema: CatalogSchema) -> str:
    """Return one remembered taste as a line for a terminal."""
    shown = taste(held, schema)
    return f"{shown.label}: {shown.words}  {shown.strength} %  {held.last_seen[:10]}  {shown.origin}  [{shown.id}]"
