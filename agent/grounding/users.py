"""What the user said, for sentences that speak of the user's wishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval import satisfies
from retrieval.types import CatalogSchema

from ..types import Preference
from .claims import Reading
from .lexicon import FUNCTION
from .quantities import Quantity, quantities
from .tokens import same_word, words
from .vocabulary import as_number, as_tuple, minutes_per_unit

if TYPE_CHECKING:
    from .check import GroundingContext

_OPEN = frozenset({"lt", "le", "gt", "ge", "near", "almost", "just_over"})


class UserWords:
    """The words of the wishes in force."""

    def __init__(self, schema: CatalogSchema, preferences: Sequence[Preference]) -> None:
        """Gather the words of every liked wish: quote, label, value and other wordings of the value."""
        self._preferences = [wish for wish in preferences if wish.polarity == "like"]
        self._said: dict[str, str] = {}
        for wish in self._preferences:
            for text in (*self._wordings(schema, wish), wish.quote):
                for word in words(text):
                    if word not in FUNCTION:
                        self._said.setdefault(word, wish.quote or text)

    @staticmethod
    def _wordings(schema: CatalogSchema, wish: Preference) -> list[str]:
        values = [str(value) for value in as_tuple(wish.value)]
        spec = schema.get(wish.attribute)
        synonyms = spec.synonyms.items() if spec else ()
        wanted = {value.casefold() for value in values}
        return [wish.label, *values, *(wording for wording, target in synonyms if target.casefold() in wanted)]

    def said(self, word: str) -> str:
        """Return the quote that holds a form of the word, or an empty string."""
        return next((quote for own, quote in self._said.items() if same_word(own, word)), "")

    def limits(self, reading: Reading) -> list[tuple[Quantity, int, int]]:
        """Return the numbers that the sentence gives as the user's own, each with its token range."""
        found = []
        for quantity in quantities(reading.tokens):
            span = range(quantity.start - 1, quantity.end)
            own = [i for i in span if reading.norm(i) == "your"]
            if own:
                found.append((quantity, min(own[0], quantity.start), quantity.end))
        return found

    def granted_limit(self, quantity: Quantity, reading: Reading, context: GroundingContext) -> Preference | None:
        """Return the wish that has this number as its bound, if the item satisfies it."""
        fields = set(context.facts.fields_of(quantity, reading))
        for wish in self._preferences:
            spec, bound, constraint = context.catalog.get(wish.attribute), as_number(wish.value), wish.constraint()
            if wish.attribute not in fields or spec is None or bound is None or constraint is None:
                continue
            factor = minutes_per_unit(spec) if quantity.unit == "time" else 1.0
            fact = as_number(context.item.attributes.get(spec.name))
            kept = fact is not None and (quantity.relation not in _OPEN or quantity.holds(fact * factor))
            if bound * factor == quantity.number and kept and satisfies(context.item, constraint, context.catalog):
                return wish
        return None
