"""Read messages in several languages with the rules of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Protocol

from retrieval.types import CatalogSchema

from ..types import ITEM, TEXT, Conversation, Preference, PreferenceUpdate
from .comparing import Comparing
from .detect import ENGLISH, Detector
from .glossary import Glossary
from .naming import Names
from .pack import Pack, load_packs, load_things
from .pivot import Pivoter
from .tokens import fold
from .written import Pivot


class Words(Names, Protocol):
    """The catalogue's names and the everyday words of English."""

    def is_english(self, word: str) -> bool:
        """Whether a word is an everyday English word."""

    def is_wording(self, text: str) -> bool:
        """Whether words mean something in the catalogue exactly as they are."""


class LanguageReader:
    """Turn a message into English wordings before it is read, and its reading back into the user's own words."""

    def __init__(self, packs: tuple[Pack, ...], schema: CatalogSchema, names: Words, detector: Detector) -> None:
        """Prepare the words of each language for one catalogue."""
        compared = [phrase for spec in schema.attributes for phrase in spec.comparatives]
        comparing = Comparing(compared)
        self._detector = detector
        self._words = names
        self._categories = frozenset(spec.name for spec in schema.attributes if not spec.names)
        self._pivoters = {
            pack.language: Pivoter(Glossary(pack, _words_of(schema, names, pack.language)), names, comparing)
            for pack in packs
        }

    @classmethod
    def of(cls, schema: CatalogSchema, words: Words, english: Collection[str]) -> LanguageReader:
        """Read all languages there is a pack for, over one catalogue; ``english`` are function words of English."""
        packs = load_packs()
        detector = Detector(
            packs,
            {pack.language: _words_of(schema, words, pack.language) for pack in packs},
            english,
            _english_wordings(schema),
            is_title=words.is_title,
            is_english=words.is_english,
        )
        return cls(packs, schema, words, detector)

    def detect(self, text: str, expected: str = ENGLISH) -> str:
        """Return the language of a message, "" when it does not show; ``expected`` is that of the conversation."""
        return self._detector.detect(text, expected)

    def pivot(self, text: str, language: str) -> Pivot | None:
        """Return a message of a language in English wordings; None for English and languages without a pack."""
        pivoter = self._pivoters.get(language)
        return pivoter.pivot(text) if pivoter else None

    def english(self, text: str, conversation: Conversation) -> str:
        """Return a message in English wordings; one in English, or in a language without a pack, as it is."""
        pivot = self.pivot(text, self.detect(text, conversation.language) or conversation.language)
        return pivot.text if pivot else text

    def read(
        self, text: str, conversation: Conversation, read_english: Callable[[str], PreferenceUpdate]
    ) -> PreferenceUpdate:
        """Return what ``read_english`` makes of a message, whatever language it is in.

        A message that shows no language, such as a number, is read in the conversation's language.
        """
        language = self.detect(text, conversation.language)
        pivot = self.pivot(text, language or conversation.language)
        if pivot is None:
            return read_english(text).model_copy(update={"language": language})
        update = read_english(pivot.text)
        meant = tuple(wish for wish in update.add if not self._is_guess(wish, pivot))
        return _own_words(update.model_copy(update={"add": meant}), pivot).model_copy(update={"language": language})

    def _is_guess(self, wish: Preference, pivot: Pivot) -> bool:
        """Whether a foreign word was taken for a misspelt English one or a name: "gamin" for "gaming"."""
        if wish.attribute not in self._categories and wish.attribute not in (ITEM, TEXT):
            said = fold(wish.quote).split()
            strange = wish.quote.islower() and all(word in pivot.unknown for word in wish.quote.split())
            return strange and not set(said) & set(fold(wish.label or str(wish.value)).split())
        last = wish.quote.split()[-1:] or [""]
        guessed = wish.attribute in self._categories and last[0] in pivot.unknown
        return guessed and not self._words.is_wording(last[0])


def _english_wordings(schema: CatalogSchema) -> Iterator[str]:
    """Yield what people call a catalogue's words in English."""
    yield from (schema.noun, schema.noun_plural, *schema.noun_aliases)
    for spec in schema.attributes:
        yield from (*spec.synonyms, *spec.blends, *spec.phrases, *spec.comparatives, *spec.aliases)
    for words in schema.languages.values():
        yield from words.said.values()


def _words_of(schema: CatalogSchema, known: Words, language: str) -> dict[str, str]:
    """Return what a language calls a catalogue's things: by its own words first, then by everyday ones it knows."""
    own = _catalog_words(schema, language)
    nouns = {schema.noun, schema.noun_plural, *schema.noun_aliases}
    things = load_things(language).items()
    common = {said: english for said, english in things if english in nouns or known.is_wording(english)}
    taken = {said.casefold() for said in own}
    return own | {said: english for said, english in common.items() if said.casefold() not in taken}


def _catalog_words(schema: CatalogSchema, language: str) -> dict[str, str]:
    """Return wording -> English wording of a catalogue in a language: what people say, and what replies write."""
    words = schema.languages.get(language)
    if words is None:
        return {}
    written = {shown: value.lower() for values in words.values.values() for value, shown in values.items()}
    # What people say comes first: "englisch" is a country to them and a language where it is written.
    return words.said | {shown: value for shown, value in written.items() if shown not in words.said}


def _own_words(update: PreferenceUpdate, pivot: Pivot) -> PreferenceUpdate:
    """Return an update whose quotes are the user's own words; free words stay English, as the encoder reads it."""
    question = update.question
    return update.model_copy(
        update={
            "add": tuple(_quoted(wish, pivot) for wish in update.add),
            "missing_titles": tuple(pivot.original(title) for title in update.missing_titles),
            "question": question and question.model_copy(update={"text": pivot.original(question.text)}),
        }
    )


def _quoted(wish: Preference, pivot: Pivot) -> Preference:
    if wish.quote == pivot.text:
        return wish.model_copy(update={"quote": pivot.source})
    missing = wish.attribute == TEXT and wish.value == wish.quote
    quote = pivot.original(wish.quote)
    return wish.model_copy(update={"quote": quote, "label": quote if missing else wish.label})
