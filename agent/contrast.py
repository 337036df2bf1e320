"""Choose two items whose comparison teaches what people cannot name: "closer to A or B?". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from retrieval.types import CatalogSchema, Item

from .templates import ESCAPES, contrast_words
from .types import ITEM, AskAction

_FAR = 0.6
"""Least share of their labels in which two items must differ for the choice between them to say something."""


def contrast(picks: Sequence[Item], schema: CatalogSchema) -> AskAction | None:
    """Return a choice between the two picks that differ most, or None when all are much alike."""
    pairs = [(_distance(first, second, schema), first, second) for first, second in combinations(picks, 2)]
    far = [pair for pair in pairs if pair[0] >= _FAR]
    if not far:
        return None
    _, first, second = max(far, key=lambda pair: pair[0])
    return AskAction(
        attribute=ITEM,
        question=contrast_words(first.title, second.title),
        options=(first.title, second.title),
        values=(first.id, second.id),
        escapes=ESCAPES,
        style="contrast",
    )


def _distance(first: Item, second: Item, schema: CatalogSchema) -> float:
    """Return the share of labels that only one of the two has (Jaccard distance), 0 alike to 1 nothing in common."""
    ours, theirs = _labels(first, schema), _labels(second, schema)
    union = ours | theirs
    return 1.0 - len(ours & theirs) / len(union) if union else 0.0


def _labels(item: Item, schema: CatalogSchema) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for spec in schema.attributes:
        value = item.attributes.get(spec.name)
        if spec.question and spec.kind in ("category", "categories") and value is not None:
            found |= {(spec.name, str(one)) for one in (value if isinstance(value, tuple) else (value,))}
    return found
