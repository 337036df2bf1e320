"""Items and dialogues as text, for the rows that search by words or meaning. Pure."""

from __future__ import annotations

from retrieval.types import Item

from ..types import Sample


def passage(item: Item) -> str:
    """Return everything that is known of an item: title, year, labels, names, then the whole description."""
    parts = [item.title]
    for value in item.attributes.values():
        parts.append(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
    return ". ".join([*parts, item.description] if item.description else parts)


def said(sample: Sample, turns: int | None = None, words: int | None = None) -> str:
    """Return the last turns of a dialogue as one text, all of them by default, cut to the last so many words."""
    texts = [text.strip() for _, text in sample.turns if text.strip()]
    text = " ".join(texts if turns is None else texts[-turns:])
    return " ".join(text.split()[-words:]) if words else text
