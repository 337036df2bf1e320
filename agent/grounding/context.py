"""What sentences about one item may rest on, prepared once for all of them."""

from __future__ import annotations

from functools import cached_property

from retrieval.types import CatalogSchema, Item, Value

from ..types import Preference
from .labels import LabelReader
from .lexicon import NOUN_SYNONYMS
from .numbers import NumberReader
from .tokens import Token, same_word, tokenize, words
from .users import UserWords
from .vocabulary import Cue, schema_cues


class GroundingContext(Value):
    """What a sentence may rest on."""

    item: Item
    catalog: CatalogSchema
    preferences: tuple[Preference, ...] = ()
    """Wishes in force, with the user's words."""
    liked: tuple[Item, ...] = ()
    """Items the user said they like; the sentence may compare with them through shared facts."""

    @cached_property
    def numbers(self) -> NumberReader:
        """Reader of the item's numbers."""
        return NumberReader(self.catalog, self.item, self._cues)

    @cached_property
    def labels(self) -> LabelReader:
        """Reader of the item's names and labels."""
        return LabelReader(self.catalog, self.item, self._cues)

    @cached_property
    def _cues(self) -> list[Cue]:
        return schema_cues(self.catalog)

    @cached_property
    def description(self) -> tuple[Token, ...]:
        """Words of the description and of the other texts about the item."""
        texts = [self.item.description]
        for spec in self.catalog.attributes:
            value = self.item.attributes.get(spec.name)
            if spec.kind == "text" and isinstance(value, str):
                texts.append(value)
        return tokenize(" . ".join(text for text in texts if text))

    @cached_property
    def told(self) -> dict[str, frozenset[str]]:
        """Words of the description by first letter."""
        letters = {word.norm[:1] for word in self.description}
        return {letter: frozenset(w.norm for w in self.description if w.norm[:1] == letter) for letter in letters}

    @cached_property
    def user(self) -> UserWords:
        """Words of the user's wishes."""
        return UserWords(self.catalog, self.preferences)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Words for an item of this catalogue."""
        own = {*words(self.catalog.noun), *words(self.catalog.noun_plural), "item", "items"}
        return frozenset(own) | NOUN_SYNONYMS.get(self.catalog.noun.casefold(), frozenset())

    def tells(self, word: str) -> bool:
        """Tell whether a form of the word stands in the description."""
        return any(same_word(word, own) for own in self.told.get(word[:1], ()))
