"""What a turn showed, as scorers see it: the reply, and the catalogue's own facts of the items in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.types import Preference, PreferenceUpdate, Reply
from retrieval.types import CatalogSchema, Constraint, Item

from .types import ItemRef


class Catalog(Protocol):
    """The part of ``retrieval.Facts`` that scorers ask."""

    def get(self, ids: Sequence[str]) -> list[Item]:
        """Return items in order; unknown ids are skipped."""
        ...

    def titles(self) -> list[tuple[str, str, float]]:
        """Return (id, title, popularity) of every item."""
        ...

    def count(self, constraints: Sequence[Constraint] = ()) -> int:
        """Return how many items satisfy all the constraints."""
        ...


class Titles:
    """Find items by exact title, the best known first."""

    def __init__(self, catalog: Catalog) -> None:
        """Read all titles once."""
        self._catalog = catalog
        self._ids: dict[str, str] = {}
        for item_id, title, _ in sorted(catalog.titles(), key=lambda row: -row[2]):
            self._ids.setdefault(title.casefold(), item_id)

    def get(self, title: str) -> Item | None:
        """Return the item, or None."""
        item_id = self._ids.get(title.casefold())
        found = self._catalog.get([item_id]) if item_id is not None else []
        return found[0] if found else None


@dataclass(frozen=True)
class Observed:
    """One turn after it happened."""

    schema: CatalogSchema
    titles: Titles
    said: str = ""
    """The user's words; empty for what was done by hand."""
    update: PreferenceUpdate | None = None
    """What the words were understood to change; None for what was done by hand."""
    reply: Reply | None = None
    """None for what was done by hand."""
    items: tuple[Item, ...] = ()
    """Recommended items as the catalogue holds them, best first; ids that it does not hold are left out."""
    preferences: tuple[Preference, ...] = ()
    """State after the turn."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Ids that must not be recommended -> why."""
    earlier: tuple[Observed, ...] = ()
    """The turns before, oldest first."""
    error: str = ""
    """Why there is no outcome; empty when all went well."""
    count: Callable[[Sequence[Constraint]], int] | None = None
    """Tells how many items of the catalogue satisfy conditions; None where it cannot be asked."""

    @property
    def recommending(self) -> bool:
        """Whether the reply recommends, as opposed to showing items again to answer a question about them."""
        return self.reply is not None and self.reply.action.kind == "recommend"

    @property
    def words(self) -> str:
        """All that the user has typed so far."""
        return "\n".join(turn.said for turn in (*self.earlier, self))

    def resolve(self, ref: ItemRef) -> Item | None:
        """Return the item that is pointed at, or None."""
        if ref.title is not None:
            return self.titles.get(ref.title)
        turn = self.shown_in(ref.turn)
        rank = ref.rank or 1
        return turn.items[rank - 1] if turn is not None and len(turn.items) >= rank else None

    def shown_in(self, number: int | None) -> Observed | None:
        """Return the earlier turn of that number, or without one the latest that recommended items."""
        if number is not None:
            return self.earlier[number - 1] if number <= len(self.earlier) else None
        return next((turn for turn in reversed(self.earlier) if turn.recommending and turn.items), None)


def describe(item: Item, schema: CatalogSchema) -> str:
    """Return an item's facts in one line."""
    parts = [f"{item.title} [{item.id}]"]
    for spec in schema.attributes:
        value = item.attributes.get(spec.name)
        if value is not None:
            shown = ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)
            parts.append(f"{spec.name}: {shown}")
    return "; ".join([*parts, f"description: {item.description}"] if item.description else parts)
