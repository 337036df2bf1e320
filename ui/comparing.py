"""Items side by side as a door shows them: whole facts, what differs first, what was asked for marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent.types import Preference, Recommendation, Reply, TableRow
from retrieval import satisfies
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item, Value

from .language import Words, english
from .view import CardView, card
from .words import is_range, value_words


class Part(Value):
    """One value of a cell."""

    text: str
    own: bool
    """Whether another of the compared items lacks it."""


class Cell(Value):
    """One fact of one item."""

    parts: tuple[Part, ...]
    """Empty where the catalogue does not say."""
    fits: bool | None = None
    """Whether it is as was asked for; None where nothing was asked or nothing is known."""


class Row(Value):
    """One fact of all items, in the order of the columns."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the items are not all alike in it."""
        return any(part.own for cell in self.cells for part in cell.parts)


class Comparison(Value):
    """Items side by side."""

    columns: tuple[CardView, ...]
    differing: tuple[Row, ...]
    alike: tuple[Row, ...]


def comparison(reply: Reply, schema: CatalogSchema, words: Words | None = None) -> Comparison | None:
    """Return the comparison of a reply; None where the reply compares nothing.

    Args:
        reply: the reply, whose table says which facts matter; rows of attributes that it leaves out follow.
        schema: the catalogue, in the language of ``words``.
        words: the language's words; English when None.
    """
    picks = reply.recommendations
    if reply.table is None or len(picks) != len(reply.table.columns):
        return None
    words = words or english()
    rows = [_row(spec, picks, reply.preferences, schema, words) for spec in _ordered(reply.table.rows, picks, schema)]
    return Comparison(
        columns=tuple(card(pick, schema, reply.preferences, words) for pick in picks),
        differing=tuple(row for row in rows if row.differs),
        alike=tuple(row for row in rows if not row.differs),
    )


def _ordered(told: Sequence[TableRow], picks: Sequence[Recommendation], schema: CatalogSchema) -> list[AttributeSpec]:
    """Return the attributes to show: those of the reply's own table in its order, then the others that are known."""
    place = {row.attribute: at for at, row in enumerate(told)}
    known = {name for pick in picks for name in pick.attributes}
    shown = [spec for spec in schema.attributes if spec.shown and spec.kind != "text" and spec.name in known]
    return sorted(shown, key=lambda spec: place.get(spec.name, len(place)))


def _row(
    spec: AttributeSpec,
    picks: Sequence[Recommendation],
    wishes: Sequence[Preference],
    schema: CatalogSchema,
    words: Words,
) -> Row:
    values = [pick.attributes.get(spec.name) for pick in picks]
    texts = [_texts(value, spec, words) for value in values]
    common = set(texts[0]).intersection(*texts[1:])
    cells = tuple(
        Cell(parts=_parts(said, common), fits=_fits(pick, spec, wishes, schema) if said else None)
        for pick, said in zip(picks, texts, strict=True)
    )
    return Row(label=spec.display, cells=cells)


def _parts(said: Sequence[str], common: set[str]) -> tuple[Part, ...]:
    """Return the values of a cell, those that tell the item apart first."""
    return tuple(Part(text=text, own=text not in common) for text in sorted(said, key=common.__contains__))


def _texts(value: AttributeValue | None, spec: AttributeSpec, words: Words) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple) and not is_range(value):
        return tuple(value_words((str(one),), spec, words=words) for one in value)
    return (value_words(value, spec, words=words),)


def _fits(
    pick: Recommendation, spec: AttributeSpec, wishes: Sequence[Preference], schema: CatalogSchema
) -> bool | None:
    """Tell whether the item grants every wish about the attribute."""
    asked = [c for wish in wishes if wish.attribute == spec.name and (c := wish.constraint()) is not None]
    item = Item(id=pick.item_id, title=pick.title, attributes=pick.attributes)
    return all(satisfies(item, constraint, schema) for constraint in asked) if asked else None
