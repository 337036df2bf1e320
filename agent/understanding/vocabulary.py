"""Know the words of one catalogue: its titles, its named people and places, its categories and how people say them.

Built once from the schema and the facts, read-only afterwards. Exact look-ups are dictionary hits on word tuples; only words
that a cue marks as a name are compared with tolerance for typos, so that the cost stays in milliseconds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Facet, Op, Value

from .text import fold, singular, words
from .words import ARTICLES, STOP

Words = tuple[str, ...]
_CONDITION = re.compile(r"\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")
_OPS: dict[str, Op] = {"<=": "le", ">=": "ge", "<": "lt", ">": "gt", "=": "eq"}
_TYPO_TOLERANCE = 86.0
"""Least similarity (0-100) of a misspelt name to be taken as the known one."""
_SHORTEST_FUZZY = 5
"""Names shorter than this many letters are only matched exactly: one typo in four letters is another word."""


class Sense(Value):
    """One meaning of a phrase: a condition on an attribute."""

    attribute: str
    op: Op = "eq"
    value: AttributeValue
    rank: int = 0
    """Place of the attribute in the schema; lower is the likelier meaning when nothing else decides."""


class Vocabulary:
    """Look up phrases, names and titles of one catalogue."""

    def __init__(
        self,
        schema: CatalogSchema,
        values: Mapping[str, Sequence[Facet]],
        titles: Iterable[tuple[str, str, float]],
        years: dict[str, int] | None = None,
    ) -> None:
        """Index everything that can be named.

        Args:
            schema: the catalogue's attributes.
            values: all values of each categorical attribute, with counts.
            titles: (id, title, popularity) of every item.
            years: year of each item where known, to tell items of one title apart.
        """
        self.schema = schema
        self.years = years or {}
        self._senses: dict[Words, list[Sense]] = defaultdict(list)
        self._names: dict[Words, dict[str, tuple[str, int]]] = defaultdict(dict)
        self._surnames: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
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
        self._title_choices = {" ".join(key): key for key in self._titles}
        self._name_choices = {" ".join(key): key for key in self._names}

    def _add_attribute(self, spec: AttributeSpec, rank: int, values: Sequence[Facet]) -> None:
        for phrase, target in spec.synonyms.items():
            self._add_sense(words(phrase), Sense(attribute=spec.name, value=target, rank=rank))
        for phrase, condition in spec.phrases.items():
            match = _CONDITION.fullmatch(condition)
            if match:
                number = float(match[2])
                value = int(number) if number.is_integer() else number
                self._add_sense(words(phrase), Sense(attribute=spec.name, op=_OPS[match[1]], value=value, rank=rank))
        if spec.kind not in ("category", "categories"):
            return
        for facet in values:
            if spec.names:
                self._add_name(spec, str(facet.value), facet.count)
            else:
                self._add_sense(words(str(facet.value)), Sense(attribute=spec.name, value=facet.value, rank=rank))

    def _add_sense(self, key: Words, sense: Sense) -> None:
        if key and sense not in self._senses[key]:
            self._senses[key].append(sense)

    def _add_name(self, spec: AttributeSpec, name: str, count: int) -> None:
        key = words(name)
        if not key:
            return
        self._names[key][spec.name] = (name, count)
        if len(key) > 1 and len(key[-1]) > 2:
            self._surnames[key[-1]][(spec.name, name)] += count

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
        return sorted(found or (), key=lambda sense: sense.rank)

    def knows(self, phrase: Words) -> bool:
        """Whether the phrase is known in exactly this form, plural endings not undone."""
        return phrase in self._senses

    def title_ids(self, phrase: Words) -> list[str]:
        """Return the items of exactly this title, best known first; a dropped article or subtitle is accepted second."""
        ids = self._titles.get(phrase) or self._short_titles.get(phrase) or []
        if len(phrase) == 1 and phrase not in self._titles:
            # One word without its article ("Arrival") is as likely another title: only the best-known tenth is believed.
            ids = [item_id for item_id in ids if self._popularity[item_id] >= self._well_known]
        return sorted(ids, key=lambda item_id: -self._popularity[item_id])

    def title_of(self, item_id: str) -> str:
        """Return the title of an item."""
        return self._title_of.get(item_id, item_id)

    def closest_title(self, text: str) -> str | None:
        """Return the id of the item whose title is nearest to ``text`` within a few typos, or None."""
        query = " ".join(words(text))
        if len(query) < _SHORTEST_FUZZY:
            return None
        best = process.extractOne(query, self._title_choices.keys(), scorer=fuzz.ratio, score_cutoff=_TYPO_TOLERANCE)
        if best is None and " " in query and query.split()[0] not in ARTICLES:
            best = process.extractOne(
                f"the {query}", self._title_choices.keys(), scorer=fuzz.ratio, score_cutoff=_TYPO_TOLERANCE + 4
            )
        return self.title_ids(self._title_choices[best[0]])[0] if best else None

    def name(self, phrase: Words) -> dict[str, tuple[str, int]]:
        """Return attribute -> (name as catalogued, item count) for a full name."""
        return self._names.get(phrase, {})

    def surname(self, word: str) -> dict[str, tuple[str, int]]:
        """Return attribute -> (likeliest full name, item count) for a last name alone."""
        best: dict[str, tuple[str, int]] = {}
        for (attribute, name), count in self._surnames.get(word, Counter()).most_common():
            best.setdefault(attribute, (name, count))
        return best

    def closest_name(self, text: str) -> dict[str, tuple[str, int]]:
        """Return attribute -> (name, item count) for the known name nearest to a misspelt one, or nothing."""
        query = fold(text)
        if len(query) < _SHORTEST_FUZZY:
            return {}
        best = process.extractOne(query, self._name_choices.keys(), scorer=fuzz.ratio, score_cutoff=_TYPO_TOLERANCE)
        return self._names[self._name_choices[best[0]]] if best else {}

    def closest_sense(self, word: str) -> list[Sense]:
        """Return the meanings of the known single-word phrase nearest to a misspelt word, or nothing."""
        if len(word) < _SHORTEST_FUZZY or word in STOP:
            return []
        choices = [key[0] for key in self._senses if len(key) == 1 and abs(len(key[0]) - len(word)) <= 1]
        best = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=_TYPO_TOLERANCE)
        return self.senses((best[0],)) if best else []
