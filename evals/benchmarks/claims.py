"""Spot the claims of a sentence about an item, and tell which of them nothing bears out. Pure.

It shares no code with the checker that it judges, and works the other way round: the checker forbids what it cannot
prove; this spots what can be recognised by the whole catalogue's vocabulary and looks each thing up among this item's
facts. It sees numbers (with what they count), names, titles of other items, labels in any of their wordings, praise,
awards and sources, and words of a plot that the description does not hold. It cannot see who does what to whom, what a
true name or number is true of when no telling word stands beside it, or a denial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from ..check_words import fold
from .claim_words import AWARDS, GLUE, NUMBERS, PRAISE, SOURCES

Kind = Literal["number", "name", "title", "label", "praise", "award", "source", "story"]

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_TERM = re.compile(r"\w+(?:'\w+)*")
_NOTE = re.compile(r"\s*\([^)]*\)")
_ABOUT_THE_USER = re.compile(r"\b(?:you|your|wish|wished|asked)\b")
_DENIALS = frozenset(("not", "no", "never", "without", "isn't", "hardly", "nor", "neither"))
_DENIED = 3
"""Words within which a denial reaches the label that follows."""
_NUMBER = re.compile(r"\$?\d[\d,]*(?:\.\d+)?(?:s\b)?")
_PARTICLES = r"(?:of|the|del?|della|d[aiou]s?|l[ae]|von|van|der|and|&)"
_CAPITALS = re.compile(rf"(?<![\w'])[A-Z][\w'’.-]*(?:\s+(?:{_PARTICLES}\s+)*[A-Z0-9][\w'’.-]*)*")
_CONDITION = re.compile(r"(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_STEM = 5


class Claim(NamedTuple):
    """One thing that a sentence says."""

    kind: Kind
    words: str
    supported: bool


class Known(NamedTuple):
    """What a sentence may rest on beside the item: the user's words, and items that the user named."""

    words: str = ""
    items: tuple[Item, ...] = ()


class World:
    """The vocabulary of a whole catalogue."""

    def __init__(self, schema: CatalogSchema, items: Iterable[Item]) -> None:
        """Gather all names, labels and titles."""
        self.schema = schema
        self._names: dict[str, set[str]] = {}
        self._labels: dict[str, set[tuple[str, str]]] = {}
        self._titles: set[str] = set()
        for item in items:
            self._titles.add(fold(item.title))
            for spec in schema.attributes:
                self._note(spec, item.attributes.get(spec.name))
        for spec in schema.attributes:
            self._note_wordings(spec)

    def _note(self, spec: AttributeSpec, fact: AttributeValue | None) -> None:
        if spec.kind not in ("category", "categories") or fact is None:
            return
        for value in _each(fact):
            if spec.names:
                self._names.setdefault(fold(value), set()).add(spec.name)
            else:
                self._labels.setdefault(_terms(value), set()).add((spec.name, fold(value)))

    def _note_wordings(self, spec: AttributeSpec) -> None:
        said = [*spec.synonyms.items(), *((word, value) for value, word in (spec.adjectives | spec.nouns).items())]
        said += [(_NOTE.sub("", text), str(step)) for step, text in spec.scale.items()]
        if not spec.names:
            for wording, value in said:
                self._labels.setdefault(_terms(wording), set()).add((spec.name, fold(value)))

    @cached_property
    def _longest(self) -> int:
        return max((len(wording.split()) for wording in self._labels), default=0)

    def is_title(self, text: str) -> bool:
        """Tell whether some item of the catalogue is called so."""
        return fold(text) in self._titles

    def is_name(self, text: str) -> bool:
        """Tell whether some item has a maker or a player of that name."""
        return fold(text) in self._names

    def meanings(self, wording: str) -> set[tuple[str, str]]:
        """Return the (attribute, value) pairs that a folded wording may mean."""
        return self._labels.get(wording, set())

    def labels(self, words: Sequence[str]) -> Iterator[tuple[int, int, frozenset[tuple[str, str]]]]:
        """Yield (start, end, meanings) of the longest label wordings in a row of folded words."""
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                meanings = self._labels.get(" ".join(words[at : at + size]))
                if meanings:
                    yield at, at + size, frozenset(meanings)
                    at += size
                    break
            else:
                at += 1


def claims(sentence: str, item: Item, world: World, known: Known | None = None) -> list[Claim]:
    """Return the claims of a sentence, each with whether something bears it out."""
    return list(_Reader(item, world, known or Known()).read(sentence))


class _Reader:
    """Reads sentences about one item."""

    def __init__(self, item: Item, world: World, known: Known) -> None:
        self._item, self._world, self._known = item, world, known
        self._schema = world.schema
        texts = [item.description, *(str(v) for s in self._schema.attributes if s.kind == "text"
                                     and (v := item.attributes.get(s.name)) is not None)]  # fmt: skip
        self._told = fold(" ".join(texts))
        self._facts = [value for fact in item.attributes.values() for value in _each(fact)]
        self._free = fold(" ".join([item.title, *self._facts, *(one.title for one in known.items)]))
        self._wished = fold(known.words)
        self._to_the_user = False
        """Whether the sentence being read speaks of the user, who may be told their own words."""
        self._stems = {word[:_STEM] for word in _WORD.findall(f"{self._told} {self._free} {self._schema_words}")}
        self._wish_stems = {word[:_STEM] for word in _WORD.findall(self._wished)}

    @cached_property
    def _schema_words(self) -> str:
        specs = self._schema.attributes
        texts = (text for spec in specs for text in (spec.display, spec.sentence, *spec.aliases))
        comparatives = (word for spec in specs for word in spec.comparatives)
        own = (self._schema.noun, self._schema.noun_plural, *self._schema.noun_aliases)
        return fold(" ".join([*texts, *comparatives, *own]))

    @cached_property
    def _sentences(self) -> str:
        """Names and sentences of attributes that the item has a value of: it may be told of its box office."""
        specs = [spec for spec in self._schema.attributes if spec.name in self._item.attributes]
        return fold(" ".join(text for spec in specs for text in (spec.display, spec.sentence)))

    @cached_property
    def _own(self) -> set[tuple[str, str]]:
        """The (attribute, value) pairs that are true of the item."""
        attributes = self._item.attributes
        return {(name, fold(value)) for name, fact in attributes.items() for value in _each(fact)}

    def read(self, sentence: str) -> Iterator[Claim]:
        """Yield the claims of one sentence."""
        if self._told and fold(sentence).rstrip(".") in self._told:
            yield Claim("story", sentence, True)
            return
        self._to_the_user = _ABOUT_THE_USER.search(fold(sentence)) is not None
        text = self._without_titles(sentence)
        yield from self._fixed(text)
        text, names = self._names(text)
        yield from names
        yield from self._numbers(text)
        labels, rest = self._labels(text)
        yield from labels
        yield from self._story(rest)

    def _without_titles(self, sentence: str) -> str:
        """Take out the item's own title and those of items that the user named."""
        titles = [self._item.title, *(one.title for one in self._known.items)]
        for title in sorted(titles, key=len, reverse=True):
            if not title.islower():
                sentence = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", " , ", sentence)
        return sentence

    def _fixed(self, text: str) -> Iterator[Claim]:
        """Yield praise, awards and where the story comes from; no fact of a catalogue bears these out in words."""
        folded = f" {fold(text)} "
        kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (("praise", PRAISE), ("award", AWARDS), ("source", SOURCES))
        for kind, wordings in kinds:
            for wording in wordings:
                if re.search(rf"(?<!\w){re.escape(wording)}(?!\w)", folded):
                    yield Claim(kind, wording, self._says(wording) or f" {wording} " in f" {self._sentences} ")

    def _names(self, text: str) -> tuple[str, list[Claim]]:
        """Return the text without capitalised runs, and what they claim."""
        found: list[Claim] = []
        kept = text
        for match in _CAPITALS.finditer(text):
            opens = match.start() == 0 or text[: match.start()].rstrip()[-1:] in ".!?:"
            for run in self._runs(match.group().rstrip(".")):
                if opens and not (" " in run and self._named(run)):
                    continue
                claim = self._name(run, text[: text.find(run, match.start())])
                if claim is not None:
                    found.append(claim)
                    kept = kept.replace(run, " , ", 1)
        return kept, found

    def _runs(self, run: str) -> list[str]:
        """Return a capitalised run as one name, or the names that "and" joins in it."""
        own = {fold(one) for one in [*self._facts, self._item.title]}
        return [run] if fold(run) in own else re.split(r"\s+(?:and|&)\s+", run)

    def _named(self, run: str) -> bool:
        return self._world.is_name(run) or self._world.is_title(run)

    def _name(self, run: str, before: str) -> Claim | None:
        """Return what a capitalised run claims; None when it is a label, which is read by itself."""
        folded = fold(run)
        if self._to_the_user and folded in self._wished:
            return Claim("name", run, True)
        words = _TERM.findall(folded)
        if any(True for _ in self._world.labels(words)) and not self._named(run):
            return None
        roles = [spec for spec in self._schema.attributes if spec.names and _follows(spec, before)]
        if self._world.is_name(run) and roles:
            values = {fold(v) for spec in roles for v in _each(self._item.attributes.get(spec.name, ()))}
            return Claim("name", run, folded in values or folded in self._told)
        texts = f" {self._told} {self._free} {self._schema_words} {self._wished if self._to_the_user else ''} "
        if self._world.is_title(run) and f" {_terms(folded)} " not in f" {_terms(texts)} ":
            return Claim("title", run, all(word in GLUE for word in words))
        held = set(_WORD.findall(texts))
        return Claim(
            "name", run, all(word in held or word in GLUE or word.removesuffix("'s") in held for word in words)
        )

    def _numbers(self, text: str) -> Iterator[Claim]:
        said = f" {fold(text)} "
        for wording, number in NUMBERS.items():
            said = re.sub(rf"(?<![\w-]){wording}(?![\w-])", f" {number} ", said)
        said = re.sub(r"(\d+)\s+and a half hours", lambda found: f"{int(found[1]) * 60 + 30} minutes", said)
        allowed = set(self._allowed())
        for match in _NUMBER.finditer(said):
            digits = match.group().strip("$s").replace(",", "")
            value = float(digits)
            if re.match(r"\s*hours?\b", said[match.end() :]):
                value *= 60
            counted = self._counted(said, match.end())
            yield Claim("number", match.group(), self._holds(value, counted, allowed))

    def _counted(self, said: str, end: int) -> AttributeSpec | None:
        """Return the attribute whose unit, or the word behind its number, stands right after the number."""
        after = said[end : end + 14]
        units = {"minutes": "min", "minute": "min", "hours": "min", "hour": "min", "%": "%"}
        unit = next((unit for word, unit in units.items() if re.match(rf"\s*{word}", after)), "")
        specs = [spec for spec in self._schema.attributes if unit and spec.unit == unit]
        behind = {
            spec.name: fold(spec.sentence.partition("{value}")[2]).split()[:1] for spec in self._schema.attributes
        }
        counting = [
            spec
            for spec in self._schema.attributes
            if spec.kind == "number"
            and behind[spec.name]
            and re.match(rf"\s*{re.escape(behind[spec.name][0])}(?!\w)", after)
        ]
        chosen = specs or counting
        return chosen[0] if len(chosen) == 1 else None

    def _holds(self, value: float, spec: AttributeSpec | None, allowed: set[float]) -> bool:
        said = _figures(f"{self._wished if self._to_the_user else ''} {self._told}")
        if spec is not None:
            fact = self._item.attributes.get(spec.name)
            own = {float(fact)} if isinstance(fact, (int, float)) else set()
            return value in own | said or value / 60 in said
        return value in allowed | said or any(abs(value - one) <= abs(one) * 0.05 for one in allowed if one >= 1e5)

    def _allowed(self) -> Iterator[float]:
        for fact in self._item.attributes.values():
            if isinstance(fact, tuple):
                yield float(len(fact))
            elif isinstance(fact, (int, float)) and not isinstance(fact, bool):
                yield from (float(fact), float(fact) // 10 * 10, float(fact) // 60)
        yield from _figures(" ".join([self._free, *(str(value) for value in self._facts)]))

    def _labels(self, text: str) -> tuple[list[Claim], str]:
        """Return what labels claim, and the text without them."""
        words = _TERM.findall(fold(text))
        taken: set[int] = set()
        found = []
        for start, end, meanings in self._world.labels(words):
            wording = " ".join(words[start:end])
            if wording in GLUE or f" {wording} " in f" {self._sentences} ":
                continue
            true = self._true(wording, meanings) or self._continued(words, start, end)
            if _DENIALS & set(words[max(0, start - _DENIED) : start]):
                known = {name for name, _ in meanings} & set(self._item.attributes)
                true = not true and bool(known)
            found.append(Claim("label", wording, true))
            taken.update(range(start, end))
        return found, " ".join("," if at in taken else word for at, word in enumerate(words))

    def _true(self, wording: str, meanings: frozenset[tuple[str, str]]) -> bool:
        return bool(meanings & self._own) or self._says(wording) or self._scaled(wording) or self._by_parts(wording)

    def _continued(self, words: Sequence[str], start: int, end: int) -> bool:
        """Tell whether the end of the wording begins a longer one that is true: "rated PG" of "rated PG-13"."""
        return any(
            self._world.meanings(" ".join(words[begin:close])) & self._own
            for begin in range(start + 1, end)
            for close in range(end, min(len(words), end + 2) + 1)
        )

    def _by_parts(self, wording: str) -> bool:
        """Tell whether a wording of several words is made of true labels: a family film that is a drama."""
        parts = wording.split()
        return len(parts) > 1 and all(self._world.meanings(part) & self._own for part in parts)

    def _says(self, wording: str) -> bool:
        """Tell whether the words stand in the item's texts and names, or are the user's, who is spoken of."""
        texts = f"{self._told} {self._free} {self._wished if self._to_the_user else ''}"
        return re.search(rf"(?<!\w){re.escape(_terms(wording))}", _terms(texts)) is not None

    def _scaled(self, wording: str) -> bool:
        """Tell whether a word for a step of a scale is true of this item."""
        for spec in self._schema.attributes:
            fact = self._item.attributes.get(spec.name)
            if not isinstance(fact, (int, float)) or isinstance(fact, bool):
                continue
            tests = _CONDITION.findall(spec.phrases.get(wording, ""))
            if tests and all(_meets(float(fact), sign, float(bound)) for sign, bound in tests):
                return True
            if wording in fold(spec.scale.get(int(fact), "")):
                return True
        return False

    def _story(self, text: str) -> Iterator[Claim]:
        """Yield the words that nothing known of the item holds, and one claim for those that something does."""
        words = [word for word in _WORD.findall(text) if len(word) > 2 and word not in GLUE]
        for word in words:
            wished = self._to_the_user and word[:_STEM] in self._wish_stems
            borne = wished or word[:_STEM] in self._stems or self._scaled(word)
            yield Claim("story", word, borne)


def _terms(text: str) -> str:
    """Return folded words in a row, hyphens and punctuation left out."""
    return " ".join(_TERM.findall(fold(text)))


def _each(fact: AttributeValue) -> tuple[str, ...]:
    return tuple(str(one) for one in fact) if isinstance(fact, tuple) else (str(fact),)


def _follows(spec: AttributeSpec, before: str) -> bool:
    """Tell whether the telling words of an attribute of names stand before, with nothing but other names between."""
    telling = fold(spec.sentence.partition("{value}")[0]).split()[-2:]
    ending = re.sub(r"(?:[A-Z][\w'’.-]*|,|and|&|\s)+$", "", before)
    return bool(telling) and fold(ending).endswith(" ".join(telling))


def _figures(text: str) -> set[float]:
    said = f" {fold(text)} "
    for wording, number in NUMBERS.items():
        said = re.sub(rf"(?<![\w-]){wording}(?![\w-])", f" {number} ", said)
    return {float(match.strip("$s").replace(",", "")) for match in _NUMBER.findall(said)}


def _meets(number: float, sign: str, bound: float) -> bool:
    return {"<": number < bound, "<=": number <= bound, ">": number > bound, ">=": number >= bound,
            "=": number == bound}[sign]  # fmt: skip
