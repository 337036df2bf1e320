"""Turn a schema and an item into the words that may name the item's facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from .lexicon import MONEY_UNITS, SHARE_UNITS, TIME_UNITS
from .quantities import Unit
from .tokens import same_words, words

PREPOSITIONS = frozenset({"in", "from", "about", "by", "with", "at", "on", "of", "for"})
_CONDITION = re.compile(r"(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_EXISTS = frozenset({">=1", ">0"})
"""Conditions that a count meets as soon as there is one; other wordings of numbers are a matter of taste."""
_COPULAS = frozenset({"is", "was", "are", "were", "has", "have", "a", "an", "the", "comes", "came", "out"})
_NOTE = re.compile(r"\([^)]*\)")


class Phrase(NamedTuple):
    """One wording of one fact."""

    words: tuple[str, ...]
    field: str
    value: AttributeValue
    named: bool
    """Whether it is a proper name, to be matched exactly and with its role."""


class Cue(NamedTuple):
    """Words that say which attributes the next value belongs to."""

    words: tuple[str, ...]
    fields: frozenset[str]

    @property
    def weak(self) -> bool:
        """Whether it is a lone preposition, which binds only what directly follows it."""
        return len(self.words) == 1 and self.words[0] in PREPOSITIONS


def as_tuple(value: AttributeValue) -> tuple[AttributeValue, ...]:
    """Return the values of an attribute one by one."""
    return value if isinstance(value, tuple) else (value,)


def as_number(value: AttributeValue | None) -> float | None:
    """Return a fact as a float, the year of an ISO date included; None for words."""
    if isinstance(value, bool) or value is None or isinstance(value, tuple):
        return None
    if isinstance(value, str):
        return float(value[:4]) if re.match(r"\d{4}-\d\d", value) else None
    return float(value)


def unit_of(spec: AttributeSpec) -> Unit:
    """Return the family of units in which people state this number."""
    unit = spec.unit.casefold()
    if unit in TIME_UNITS:
        return "time"
    if unit in MONEY_UNITS or "$" in unit:
        return "money"
    return "share" if unit in SHARE_UNITS or unit == "/100" else ""


def minutes_per_unit(spec: AttributeSpec) -> float:
    """Return the factor from the attribute's unit to the unit that quantities are read in."""
    return TIME_UNITS.get(spec.unit.casefold(), 1.0)


def yearlike(spec: AttributeSpec, item: Item) -> bool:
    """Tell whether a bare four-digit number may name this fact."""
    if spec.kind == "date":
        return True
    number = as_number(item.attributes.get(spec.name))
    plain = spec.kind == "number" and not spec.unit and not spec.scale
    return plain and number is not None and 1000 <= number <= 2100 and number == int(number)


def item_phrases(schema: CatalogSchema, item: Item) -> list[Phrase]:
    """Return every wording of the item's labels, scale steps and verified number words."""
    found: list[Phrase] = []
    for spec in schema.attributes:
        value = item.attributes.get(spec.name)
        if value is None:
            continue
        if spec.kind in ("category", "categories"):
            for label in as_tuple(value):
                found += _label_phrases(spec, str(label))
        elif spec.kind == "number":
            found += _number_phrases(spec, value)
        elif spec.kind == "boolean" and value:
            found.append(Phrase(words(spec.display), spec.name, value, False))
    return [phrase for phrase in found if phrase.words]


def _label_phrases(spec: AttributeSpec, label: str) -> Iterator[Phrase]:
    """Yield the label and its exact rewordings, not its synonyms: what people ask for is only near the value."""
    whole = words(label)
    yield Phrase(whole, spec.name, label, spec.names)
    if spec.names:
        for start in range(1, len(whole)):
            yield Phrase(whole[start:], spec.name, label, True)
    for exact in (spec.adjectives.get(label), spec.nouns.get(label)):
        if exact and words(exact) != whole:
            yield Phrase(words(exact), spec.name, label, spec.names)


def _number_phrases(spec: AttributeSpec, value: AttributeValue) -> Iterator[Phrase]:
    number = as_number(value)
    if number is None:
        return
    step = spec.scale.get(int(number)) if number == int(number) else None
    if step:
        text = _NOTE.sub("", step)
        yield Phrase(words(text), spec.name, value, False)
        if text.startswith("very "):
            yield Phrase(words(text.removeprefix("very ")), spec.name, value, False)
        if " or " not in text and " and " in text:
            for part in text.split(" and "):
                yield Phrase(words(part), spec.name, value, False)
    for wording, condition in spec.phrases.items():
        if condition.replace(" ", "") in _EXISTS and meets(number, condition):
            yield Phrase(words(wording), spec.name, value, False)


def meets(number: float, condition: str) -> bool:
    """Tell whether a number meets conditions such as ``<= 2`` or ``>= 60 < 90``; none at all is never met."""
    tests = _CONDITION.findall(condition)
    compare = {
        "<": number.__lt__, "<=": number.__le__, ">": number.__gt__, ">=": number.__ge__, "=": number.__eq__,
    }  # fmt: skip
    return bool(tests) and all(compare[sign](float(bound)) for sign, bound in tests)


def schema_cues(schema: CatalogSchema) -> list[Cue]:
    """Return the cues of all attributes, longest first; attributes that share a wording share the cue."""
    fields: dict[tuple[str, ...], set[str]] = {}
    for spec in schema.attributes:
        for wording in _cue_wordings(spec):
            if wording:
                fields.setdefault(wording, set()).add(spec.name)
    cues = [Cue(wording, frozenset(names)) for wording, names in fields.items()]
    return sorted(cues, key=lambda cue: -len(cue.words))


def _cue_wordings(spec: AttributeSpec) -> Iterator[tuple[str, ...]]:
    after = spec.sentence.partition("{value}")[2]
    yield prefix_of(spec)
    yield words(after)
    yield words(spec.display)
    if not spec.scale:
        yield from (words(alias) for alias in spec.aliases)


def prefix_of(spec: AttributeSpec) -> tuple[str, ...]:
    """Return the telling words before the value in the attribute's sentence: ``directed by`` of ``was directed by``."""
    prefix = words(spec.sentence.partition("{value}")[0])
    while prefix and prefix[0] in _COPULAS:
        prefix = prefix[1:]
    return prefix


def counted(spec: AttributeSpec) -> list[tuple[str, ...]]:
    """Return the words that may follow the attribute's number: ``minutes``, ``Oscars``."""
    after = words(spec.sentence.partition("{value}")[2])
    own = [] if spec.unit else [words(spec.display), *(words(alias) for alias in spec.aliases)]
    return sorted((wording for wording in [after, *own] if wording), key=len, reverse=True)


def stands(norm: Callable[[int], str], wording: tuple[str, ...], start: int) -> bool:
    """Tell whether the words stand at a place, in any inflection; ``norm`` gives the folded token of a place."""
    return start >= 0 and same_words(wording, tuple(norm(start + k) for k in range(len(wording))))


def known_wordings(schema: CatalogSchema) -> dict[str, frozenset[str]]:
    """Return which attributes use a wording, in lower case without hyphens, for any value at all, the item's or not."""
    fields: dict[str, set[str]] = {}
    for spec in schema.attributes:
        for wording in {*spec.synonyms, *spec.synonyms.values(), *spec.adjectives.values()}:
            fields.setdefault(wording.casefold().replace("-", " "), set()).add(spec.name)
    return {wording: frozenset(names) for wording, names in fields.items()}
