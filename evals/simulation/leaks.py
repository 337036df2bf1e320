"""Find out whether a simulated user gave its target away: by id, by title, or by a telling part of the title.

Words that the user may say anyway (templates, the schema's words, function words) tell nothing, so a title made of them
alone counts only as a whole and from three words on. Such titles are counted: nobody can test them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from retrieval.types import CatalogSchema, Value

from .types import Dialogue, Need

_WORD = re.compile(r"[^\W_]+")
_FUZZY = 90.0
"""Likeness, 0 to 100, from which a stretch of text is the title with slips."""
_LEAST_FUZZY = 6
"""Letters of the shortest title or word that is compared with tolerance."""
_LEAST_PART = 5
"""Letters of the shortest word that gives a title away by itself."""
_LEAST_WORDS = 3
"""Words of the shortest title of everyday words that counts as named."""
_EVERYDAY = (
    "a about after again all also am an and any are as at back be because been before but by can could day "
    "days do down first for from get girl boy go going good great had has have he her him his home house how i "
    "if in into is it its just last life like little long love make man me men more most my new night no not "
    "of off old on one or other our out over people place right said same see she so some that the their them "
    "then there these they thing things this three time to too two up us very was way we well were what when "
    "where which who why will with woman women world would year years you your "
)


class Leak(Value):
    """A message that gives a target away."""

    need_id: str
    turn: int
    text: str
    why: str


class Detector:
    """Looks for one catalogue's targets in messages."""

    def __init__(self, schema: CatalogSchema, phrases: Mapping[str, Sequence[str]]) -> None:
        """Learn the words that a user may say without telling anything."""
        allowed = set(_EVERYDAY.split())
        for template in (one for templates in phrases.values() for one in templates):
            allowed.update(_words(template))
        for text in _schema_words(schema):
            allowed.update(_words(text))
        self._allowed = frozenset(allowed)

    def why(self, text: str, ids: Iterable[str], titles: Iterable[str], spoken: frozenset[str] = frozenset()) -> str:
        """Return why a message gives a target away, or an empty string.

        Args:
            text: the message.
            ids: ids of the targets.
            titles: titles of the targets, other titles included.
            spoken: further words that the user had reasons of their own to say (options offered, a liked title).
        """
        said = _words(text)
        for one in ids:
            if one.casefold() in text.casefold().split() or (
                len(one) >= _LEAST_FUZZY and one.casefold() in text.casefold()
            ):
                return f"the id {one!r}"
        for title in titles:
            if why := self._title(title, said, spoken):
                return why
        return ""

    def testable(self, title: str) -> bool:
        """Return whether naming the title could be told from ordinary talk."""
        words = _words(title)
        return len(words) >= _LEAST_WORDS or bool(set(words) - self._allowed)

    def _title(self, title: str, said: Sequence[str], spoken: frozenset[str]) -> str:
        words = _words(title)
        telling = [word for word in words if word not in self._allowed and word not in spoken]
        whole, text = " ".join(words), " ".join(said)
        if not telling:
            return f"the title {title!r}" if len(words) >= _LEAST_WORDS and f" {whole} " in f" {text} " else ""
        if f" {whole} " in f" {text} ":
            return f"the title {title!r}"
        if len(whole) >= _LEAST_FUZZY and len(text) >= len(whole) and fuzz.partial_ratio(whole, text) >= _FUZZY:
            return f"something like the title {title!r}"
        for word in (one for one in telling if len(one) >= _LEAST_PART):
            if any(_alike(word, one) for one in said if one not in self._allowed and one not in spoken):
                return f"{word!r} of the title {title!r}"
        return ""


def find_leaks(dialogues: Iterable[Dialogue], needs: Mapping[str, Need], detector: Detector) -> list[Leak]:
    """Return every message of the dialogues that gives its target away."""
    leaks = []
    for dialogue in dialogues:
        need = needs[dialogue.need_id]
        for turn, exchange in enumerate(dialogue.exchanges, start=1):
            why = detector.why(exchange.user.text, need.targets, need.titles)
            if why:
                leaks.append(Leak(need_id=need.id, turn=turn, text=exchange.user.text, why=why))
    return leaks


def _alike(word: str, said: str) -> bool:
    return word == said or (min(len(word), len(said)) >= _LEAST_FUZZY and fuzz.ratio(word, said) >= _FUZZY)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)).replace("’", "'"))


def _schema_words(schema: CatalogSchema) -> Iterable[str]:
    yield from (schema.noun, schema.noun_plural, *schema.noun_aliases, schema.verb)
    for spec in schema.attributes:
        yield from (spec.name, spec.label, spec.unit, spec.sentence, spec.question, *spec.aliases, *spec.scale.values())
        for table in (spec.synonyms, spec.adjectives, spec.nouns):
            yield from (*table.keys(), *table.values())
        yield from (*spec.phrases, *spec.comparatives)
