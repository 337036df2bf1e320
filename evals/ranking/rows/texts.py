"""Items and dialogues as text, for the rows that search by words or meaning. Pure."""

from __future__ import annotations

from retrieval.types import AttributeValue, Item

from ..types import Sample


def passage(item: Item) -> str:
    """Return everything that is known of an item: title, year, labels, names, then the whole description."""
    parts = [item.title, *map(_words, item.attributes.values())]
    return ". ".join([*parts, item.description] if item.description else parts)


def short_passage(item: Item, characters: int = 600) -> str:
    """Return what an encoder reads of an item, the surest first, since the end is cut off.

    Title, single facts and genres come before the description, and lists of names after it.
    """
    first = [value for name, value in item.attributes.items() if name == "genres" or not isinstance(value, tuple)]
    names = [value for value in item.attributes.values() if value not in first]
    parts = [item.title, *map(_words, first), item.description[:420], *map(_words, names)]
    return ". ".join(part for part in parts if part)[:characters]


def _words(value: AttributeValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def said(sample: Sample, turns: int | None = None, words: int | None = None) -> str:
    """Return the last turns of a dialogue as one text, all of them by default, cut to the last so many words."""
    texts = [text.strip() for _, text in sample.turns if text.strip()]
    text = " ".join(texts if turns is None else texts[-turns:])
    return " ".join(text.split()[-words:]) if words else text
