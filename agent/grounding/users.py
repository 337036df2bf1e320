"""What the user said, for sentences that speak of the user's wishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval import satisfies
from retrieval.types import AttributeSpec, CatalogSchema, Item

from ..types import Preference
from .lexicon import FUNCTION
from .quantities import Quantity, quantities
from .readings import Reading
from .tokens import same_word, words
from .vocabulary import as_number, as_tuple, minutes_per_unit

_BOUNDS: dict[str, str] = {
    "lt": "under before below less",
    "le": "most within earlier",
    "gt": "over after above more",
    "ge": "least later",
}
"""Operator of a wish -> words that say the same bound in other words."""
_OPEN = frozenset({"lt", "le", "gt", "ge", "near", "almost", "just_over"})


class UserWords:
    """The words of the wishes in force."""

    def __init__(self, schema: CatalogSchema, preferences: Sequence[Preference]) -> None:
        """Gather the words of every liked wish: quote, label, value, other wordings of it and the attribute's own."""
        self._schema = schema
        self._preferences = [wish for wish in preferences if wish.polarity == "like"]
        self._said: dict[str, str] = {}
        self._named = frozenset(part for wish in self._preferences for part in str(wish.value).split())
        for wish in self._preferences:
            for text in (*self._wordings(schema, wish), wish.quote):
                for word in words(text):
                    if word not in FUNCTION:
                        self._said.setdefault(word, wish.quote or text)

    @staticmethod
    def _wordings(schema: CatalogSchema, wish: Preference) -> list[str]:
        values = [str(value) for value in as_tuple(wish.value)]
        spec = schema.get(wish.attribute)
        if spec is None:
            return [wish.label, *values]
        bound = _BOUNDS.get(wish.op, "")
        wanted = {value.casefold() for value in values}
        synonyms = (wording for wording, target in spec.synonyms.items() if target.casefold() in wanted)
        exact = (words[value] for words in (spec.adjectives, spec.nouns) for value in values if value in words)
        own = (spec.display, spec.sentence.replace("{value}", " "), bound)
        return [wish.label, *values, *synonyms, *exact, *own]

    def said(self, word: str) -> str:
        """Return the quote that holds a form of the word, or an empty string."""
        return next((quote for own, quote in self._said.items() if same_word(own, word)), "")

    def names(self, text: str) -> bool:
        """Tell whether this small word is written so in a value that the user asked for: "The" of "The Band"."""
        return text[:1].isupper() and text in self._named

    def limits(self, reading: Reading) -> list[tuple[Quantity, int, int]]:
        """Return the numbers that the sentence gives as the user's own, each with its token range."""
        found = []
        for quantity in quantities(reading.tokens):
            span = range(quantity.start - 1, quantity.end)
            own = [i for i in span if reading.norm(i) == "your"]
            if own:
                found.append((quantity, min(own[0], quantity.start), quantity.end))
        return found

    def granted_limit(self, quantity: Quantity, fields: Iterable[AttributeSpec], item: Item) -> Preference | None:
        """Return the wish that has this number as its bound, if the item satisfies it."""
        specs = {spec.name: spec for spec in fields}
        for wish in self._preferences:
            spec, bound, constraint = specs.get(wish.attribute), as_number(wish.value), wish.constraint()
            if spec is None or bound is None or constraint is None:
                continue
            factor = minutes_per_unit(spec) if quantity.unit == "time" else 1.0
            fact = as_number(item.attributes.get(spec.name))
            kept = fact is not None and (quantity.relation not in _OPEN or quantity.holds(fact * factor))
            if bound * factor == quantity.number and kept and satisfies(item, constraint, self._schema):
                return wish
        return None
