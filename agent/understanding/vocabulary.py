"""Know the words of one catalogue: its titles, its named people and places, its categories and how people say them.

Built once from the schema and the facts, read-only afterwards. Exact look-ups are dictionary hits on word tuples;
only words that a cue marks as a name are compared with tolerance for typos, so that the cost stays in milliseconds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Facet, Op, Value, parse_condition

from .nearest import LETTERS_PER_TYPO, Nearest, slips_of
from .text import singular, words
from .words import ARTICLES, STOP, TALK

Words = tuple[str, ...]
_PARTICLES = frozenset("de del della di da du la le van von der den bin ben el al st san".split())
"""Words that belong to the last name behind them."""
_SHORTEST_STEM = 3
_LINKING = re.compile(r"^(?:is|has|with) ")
"""What a column that says yes or no may begin with, and people leave out."""
_COMMON = 3
"""A word that stands in at least this many titles is an everyday word, not a name."""


class Sense(Value):
    """One meaning of a phrase: a condition on an attribute."""

    attribute: str
    op: Op = "eq"
    value: AttributeValue
    rank: int = 0
    """Place of the attribute in the schema; lower is the likelier meaning when nothing else decides."""


class Vocabulary:
    """Look up phrases, names and titles of one catalogue."""

    WELL_KNOWN = 4
    """Items behind a name of one word from which it needs no cue."""
    SERIES = 3
    """Titles that begin with the same words from which these name a series."""

    def __init__(
        self,
        schema: CatalogSchema,
        values: Mapping[str, Sequence[Facet]],
        titles: Iterable[tuple[str, str, float]],
        everyday: Collection[str] = (),
    ) -> None:
        """Index everything that can be named.

        Args:
            schema: the catalogue's attributes.
            values: all values of each categorical attribute, with counts.
            titles: (id, title, popularity) of every item.
            everyday: words of the language that are right as they stand, whether or not the catalogue uses them.
        """
        self.schema = schema
        self._senses: dict[Words, list[Sense]] = defaultdict(list)
        self._absences = {
            words(phrase): Sense(attribute=spec.name, value=target)
            for spec in schema.attributes
            for phrase, target in spec.absences.items()
        }
        self._names: dict[Words, dict[str, tuple[str, int]]] = defaultdict(dict)
        self._surnames: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._particled: dict[Words, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._titles: dict[Words, list[str]] = defaultdict(list)
        self._short_titles: dict[Words, list[str]] = defaultdict(list)
        self._popularity: dict[str, float] = {}
        self._title_of: dict[str, str] = {}
        for rank, spec in enumerate(schema.attributes):
            self._add_attribute(spec, rank, values.get(spec.name, ()))
        for item_id, title, popularity in titles:
            self._add_title(item_id, title, popularity)
        ranked = sorted(self._popularity.values(), reverse=True)
        self._well_known = ranked[len(ranked) // 10] if ranked else 0.0
        self.longest_title = max((len(key) for key in self._titles), default=0)
        self._opened_by: dict[str, list[Words]] = defaultdict(list)
        for key in self._titles:
            for word in {key[0], *(key[1:2] if key[0] in ARTICLES else ())}:
                self._opened_by[word].append(key)
        self._title_choices = Nearest(self._titles)
        self.longest_name = max((len(key) for key in self._names), default=0)
        self._name_choices = Nearest(self._names)
        self._openings: dict[str, set[str]] = {}
        for key in self._senses:
            if len(key) > 1:
                self._openings.setdefault(key[1], set()).add(key[0])
        self._sense_choices = Nearest(dict.fromkeys(key for key in self._senses if len(key) == 1))
        self._surname_choices = Nearest(
            {(name,): None for name, held in self._surnames.items() if held.total() > _COMMON}
        )
        self._title_words = Counter(word for key in self._titles for word in set(key))
        self._everyday = frozenset(everyday)
        known_by_one = [key for key in self._names if len(key) == 1 and self._is_known_by(key[0])]
        self._known_by_one = frozenset(key[0] for key in known_by_one)
        self._known_by_choices = Nearest(dict.fromkeys(known_by_one))
        self._known_words = set(self._title_words)
        for table in (self._senses, self._names):
            self._known_words.update(word for key in table for word in key)

    def _add_attribute(self, spec: AttributeSpec, rank: int, values: Sequence[Facet]) -> None:
        for phrase, target in spec.synonyms.items():
            self._add_sense(words(phrase), Sense(attribute=spec.name, value=target, rank=rank))
        for phrase, targets in spec.blends.items():
            for target in targets:
                self._add_sense(words(phrase), Sense(attribute=spec.name, value=target, rank=rank))
        for phrase, condition in spec.phrases.items():
            op, value = parse_condition(condition)
            self._add_sense(words(phrase), Sense(attribute=spec.name, op=op, value=value, rank=rank))
        if spec.kind == "boolean":
            for name in (_LINKING.sub("", spec.display), *spec.aliases):
                self._add_sense(words(name), Sense(attribute=spec.name, value=True, rank=rank))
        if spec.kind not in ("category", "categories"):
            return
        for facet in values:
            if spec.names:
                self._add_name(spec, str(facet.value), facet.count)
            else:
                self._add_label(words(str(facet.value)), Sense(attribute=spec.name, value=facet.value, rank=rank))

    def _add_sense(self, key: Words, sense: Sense) -> None:
        if key and sense not in self._senses[key]:
            self._senses[key].append(sense)

    def _add_label(self, key: Words, sense: Sense) -> None:
        """Add a label under its own words and, where a catalogue has it in the plural ("Jackets"), its singular."""
        self._add_sense(key, sense)
        if key:
            self._add_sense((*key[:-1], singular(key[-1])), sense)

    def _add_name(self, spec: AttributeSpec, name: str, count: int) -> None:
        key = words(name)
        if not key:
            return
        # Of several spellings of one name ("Celine", "Céline") the commonest is meant.
        if count > self._names[key].get(spec.name, ("", 0))[1]:
            self._names[key][spec.name] = (name, count)
        if len(key) > 1 and len(key[-1]) > 2:
            self._surnames[key[-1]][(spec.name, name)] += count
        if len(key) > 2 and key[-2] in _PARTICLES:
            self._particled[key[-2:]][(spec.name, name)] += count

    def _add_title(self, item_id: str, title: str, popularity: float) -> None:
        key = words(title)
        if not key:
            return
        self._popularity[item_id] = popularity
        self._title_of[item_id] = title
        self._titles[key].append(item_id)
        if key[0] in ARTICLES and len(key) > 1:
            self._short_titles[key[1:]].append(item_id)
        head = re.split(r"[:–—(]| - ", title)[0]
        if words(head) != key and len(words(head)) > 1:
            self._short_titles[words(head)].append(item_id)
            if words(head)[0] in ARTICLES and len(words(head)) > 2:
                self._short_titles[words(head)[1:]].append(item_id)

    def senses(self, phrase: Words) -> list[Sense]:
        """Return what a phrase can mean, likeliest first; plural forms count as their singular."""
        found = self._senses.get(phrase)
        if not found and phrase:
            found = self._senses.get((*phrase[:-1], singular(phrase[-1])))
            if found and self.is_listed(phrase[-1]):
                found = [sense for sense in found if sense.op == "eq"]  # "the news" is nothing new
        return sorted(found or (), key=lambda sense: sense.rank)

    def ruled_out_with(self, phrase: Words) -> Sense | None:
        """Return what goes with a wording that is ruled out: Horror with "scary"; None for most."""
        return self._absences.get(phrase)

    def knows(self, phrase: Words) -> bool:
        """Whether the phrase is known in exactly this form, plural endings not undone."""
        return phrase in self._senses

    def title_ids(self, phrase: Words) -> list[str]:
        """Return the items of exactly this title, best known first, else those with article or subtitle dropped."""
        ids = self._titles.get(phrase) or self._short_titles.get(phrase) or []
        if len(phrase) == 1 and phrase not in self._titles:
            # One word without its article ("Arrival") is as likely another title: only a well-known one is believed.
            ids = [item_id for item_id in ids if self._popularity[item_id] >= self._well_known]
        return sorted(ids, key=self._by_fame)

    def every_title(self, phrase: Words) -> list[str]:
        """Return the items of exactly this title, then those with article or subtitle dropped, best known first."""
        return sorted(self._titles.get(phrase, ()), key=self._by_fame) + sorted(
            self._short_titles.get(phrase, ()), key=self._by_fame
        )

    def _by_fame(self, item_id: str) -> float:
        return -self._popularity[item_id]

    def is_well_known(self, item_id: str) -> bool:
        """Whether an item is among the best-known tenth."""
        return self._popularity.get(item_id, 0.0) >= self._well_known

    def is_wording(self, text: str) -> bool:
        """Whether words mean something in the catalogue exactly as they are."""
        return bool(self.senses(words(text)))

    def series_ids(self, phrase: Words) -> list[str]:
        """Return the items whose titles begin with ``phrase``, an article before it not counted."""
        size = len(phrase)
        return [
            item_id
            for key in self._opened_by.get(phrase[0], ())
            if key[:size] == phrase or (key[0] in ARTICLES and key[1 : size + 1] == phrase)
            for item_id in self._titles[key]
        ]

    def is_maker(self, word: str) -> bool:
        """Whether a last name alone means somebody who made several items: "hitchcock" is the director."""
        maker = next((spec.name for spec in self.schema.attributes if spec.names), "")
        return self.surname(word).get(maker, ("", 0))[1] >= self.WELL_KNOWN

    def is_title(self, text: str) -> bool:
        """Whether an item has exactly this title."""
        return words(text) in self._titles

    def is_name(self, text: str) -> bool:
        """Whether a person, place or company is called so; a last name alone counts with several items."""
        phrase = words(text)
        if len(phrase) == 1:
            return sum(count for _, count in self.surname(phrase[0]).values()) >= _COMMON
        return phrase in self._names or phrase in self._particled

    def title_of(self, item_id: str) -> str:
        """Return the title of an item."""
        return self._title_of.get(item_id, item_id)

    def closest_title(self, text: str, most: int | None = None) -> str | None:
        """Return the id of the best-known item titled ``text`` but for a few slips, or but for ``most``; else None."""
        query = " ".join(words(text))
        slips = slips_of(query) if most is None else min(most, slips_of(query))
        found = self._title_choices.find(query, slips)
        if found is None and " " in query and query.split()[0] not in ARTICLES:
            found = self._title_choices.find(f"the {query}", slips)
        return self.title_ids(found)[0] if found else None

    def name(self, phrase: Words) -> dict[str, tuple[str, int]]:
        """Return attribute -> (name as catalogued, item count) for a full name.

        A name of one word that is the end of a longer one on more items is short for that: Mozart is Wolfgang Amadeus.
        """
        found = self._names.get(phrase, {})
        if len(phrase) != 1 or not found:
            return found
        longer = self.surname(phrase[0])
        return {role: max(held, longer.get(role, ("", 0)), key=lambda one: one[1]) for role, held in found.items()}

    def surname(self, word: str) -> dict[str, tuple[str, int]]:
        """Return attribute -> (likeliest full name, item count) for a last name alone."""
        return _likeliest(self._surnames.get(word))

    def particled(self, phrase: Words) -> dict[str, tuple[str, int]]:
        """Return the same for a last name of two words: "de niro", "von trier"."""
        return _likeliest(self._particled.get(phrase))

    def known_by(self, word: str) -> dict[str, tuple[str, int]]:
        """Return the same for a full name of one word that stands on several items, else nothing."""
        return self.name((word,)) if word in self._known_by_one else {}

    def _is_known_by(self, word: str) -> bool:
        """Whether a word says a name by itself.

        Lists of everyday words hold famous names too, so such a word must stand for more than it occurs in titles:
        "adele" and "drake" do, "heart" and "train" do not.
        """
        items = max(count for _, count in self._names[(word,)].values())
        if not self.is_english(word):
            return items >= self.WELL_KNOWN
        return items >= 2 * max(self.WELL_KNOWN, self._title_words[word])

    def closest_known_by(self, word: str) -> dict[str, tuple[str, int]]:
        """Return the same for the nearest such name within a few slips."""
        found = self._known_by_choices.find(word)
        return self._names[found] if found else {}

    def closest_name(self, text: str) -> dict[str, tuple[str, int]]:
        """Return attribute -> (name, item count) for the known name nearest to ``text`` within a few slips."""
        found = self._name_choices.find(" ".join(words(text)))
        return self._names[found] if found else {}

    def closest_surname(self, word: str) -> dict[str, tuple[str, int]]:
        """Return the same for a last name alone, of people with several items only."""
        found = None if self.is_word(word) else self._surname_choices.find(word)
        return self.surname(found[0]) if found else {}

    def corrected(self, word: str) -> str | None:
        """Return the single-word phrase with a meaning that ``word`` is but for a few slips, or None."""
        everyday = self.is_word(word) or word in TALK or self.is_english(word) or _is_misspelt_stop_word(word)
        found = None if everyday else self._sense_choices.find(word)
        return found[0] if found else None

    def openings(self, second: str) -> Collection[str]:
        """Return the first words of all phrases with a meaning whose second word is ``second``: "science" (fiction)."""
        return self._openings.get(second, ())

    def is_everyday(self, word: str) -> bool:
        """Whether a word stands in several titles, so that it is hardly a name when written small."""
        return self._title_words[word] >= _COMMON

    def is_listed(self, word: str) -> bool:
        """Whether a word is an everyday word of the language in just this form."""
        return word in self._everyday

    def is_english(self, word: str) -> bool:
        """Whether a word, or what it is a form of ("drags", "dragging"), is an everyday word of the language."""
        return any(form in self._everyday for form in _base_forms(word))

    def is_word(self, word: str) -> bool:
        """Whether a word occurs anywhere in the catalogue's titles, names and categories, or in everyday English."""
        return word in self._known_words or word in STOP


def _base_forms(word: str) -> Iterator[str]:
    """Yield a word and what it may be a regular form of, undoing -s, -ed, -ing and -er."""
    yield word
    yield singular(word)
    for ending in ("ed", "ing", "er", "ers", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            stem = word.removesuffix(ending)
            yield stem
            yield f"{stem}e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _is_misspelt_stop_word(word: str) -> bool:
    """Whether the word is one slip away from an everyday word: "somthing" is "something", not "soothing"."""
    return any(len(plain) > LETTERS_PER_TYPO and OSA.distance(word, plain, score_cutoff=1) <= 1 for plain in STOP)


def _likeliest(bearers: Counter[tuple[str, str]] | None) -> dict[str, tuple[str, int]]:
    """Return attribute -> (name with the most items, how many)."""
    best: dict[str, tuple[str, int]] = {}
    for (attribute, name), count in bearers.most_common() if bearers else ():
        best.setdefault(attribute, (name, count))
    return best
