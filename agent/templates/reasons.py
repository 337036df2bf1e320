"""Say why an item was picked, from facts alone and without a language model. Pure and deterministic.

The wording varies with the item and the turn, never at random, so the same turn always reads the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

from pydantic import Field

from retrieval import satisfies
from retrieval.graph import SharedFact
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Value

from ..grounding import words
from ..sentences import Sentence
from ..types import ITEM, TEXT, Evidence, Preference
from .alike import Alike, alike
from .lists import constraint_words
from .phrases import (
    amount,
    article,
    bound_words,
    clause,
    join,
    label,
    labels_of,
    noun_phrase,
    plain,
    reduced,
    says_number,
    sentence_case,
    values_of,
    yearlike,
)

_MAX_LABELS = 2
_MAX_SHORTFALLS = 2
_LONG_QUOTE = 6
"""Words of a wish that can still be quoted in passing."""
SPOKEN = 0.5
"""Weaker wishes are side meanings of words that another wish stands for; nobody would know them again."""


class ReasonContext(Value):
    """What a reason may draw on beside the item itself."""

    catalog: CatalogSchema
    preferences: tuple[Preference, ...] = ()
    liked: tuple[Item, ...] = ()
    """Items that the user said they like."""
    shared: tuple[SharedFact, ...] = ()
    """What this item has in common with them, the rarest first; empty where nobody has looked."""
    unmet: tuple[Constraint, ...] = ()
    """Soft wishes that this item does not satisfy, to be owned up to."""
    seed: str = ""
    """The turn; the same seed and place always give the same shape of sentence."""
    place: int = Field(0, ge=0)
    """Place in the list, 0 first; neighbours are told in different shapes."""

    @cached_property
    def wishes(self) -> tuple[Preference, ...]:
        """Wishes for something, hard ones and strong ones first."""
        likes = [wish for wish in self.preferences if wish.polarity == "like"]
        return tuple(sorted(likes, key=lambda wish: (not wish.hard, -wish.strength)))

    @cached_property
    def missed(self) -> tuple[Preference, ...]:
        """Soft wishes of the user's own that the item does not grant; one that must hold is never among them."""
        spoken = [wish for wish in self.preferences if not wish.hard and wish.strength >= SPOKEN]
        return tuple(wish for wish in spoken if wish.origin != "memory" and wish.constraint() in self.unmet)


class _Fact(Value):
    """One fact in words, with what it rests on."""

    attribute: str
    text: str
    evidence: tuple[Evidence, ...]


def reason(item: Item, context: ReasonContext, *, described: bool = True) -> list[Sentence]:
    """Return a few short sentences: what it is, why it fits, where it falls short, and what it is about.

    Args:
        item: the pick.
        context: the wishes behind it.
        described: whether to close with the item's own description.
    """
    told = _Told(item, context)
    opening, *rest = _present(told.opening(), told.fit(), *told.shortfalls(), description(item) if described else None)
    # "This is a film" says nothing; it stands only where nothing else is known.
    return [opening, *rest] if told.is_named or not rest else rest


def _present(*sentences: Sentence | None) -> list[Sentence]:
    return [sentence for sentence in sentences if sentence is not None]


def likeness(item: Item, context: ReasonContext) -> Sentence | None:
    """Return what the item shares with one that the user likes, and how many others do, or None."""
    told = _Told(item, context).shared()
    found = alike(item, context.liked, context.shared, context.preferences, context.catalog, _MAX_LABELS)
    if told is None or found is None or found.owners is None:
        return told
    counts = f" That is true of {found.owners:,} {context.catalog.noun_plural} here."
    return told.model_copy(update={"text": told.text + counts})


def description(item: Item) -> Sentence | None:
    """Return the item's own description as one piece, or None."""
    text = plain(item.description)
    if not text:
        return None
    closed = text if text[-1] in ".!?…" else f"{text}."
    proof = Evidence(claim=closed, field="description", value=item.description)
    return Sentence(text=closed, evidence=(proof,), item_id=item.id)


def _and(facts: Sequence[_Fact]) -> str:
    """Join clauses; one that already holds a comma is closed with another."""
    texts = [fact.text for fact in facts]
    return ", and ".join(texts) if any("," in text for text in texts[:-1]) else join(texts)


def _presented(described: str, name: str, title: str, maker: str) -> tuple[str, ...]:
    """Return the shapes in which an item is introduced, from "a 1955 crime film" and, if known, "was directed by X"."""
    if not maker:
        return (
            f"This is {described}.",
            f"{title} is {described}.",
            f"Here is {described}.",
            f"{sentence_case(described)}.",
        )
    short = reduced(maker)
    return (
        f"This {name} {maker}.",
        f"{sentence_case(short)}, this is {described}.",
        f"{title} is {described} {short}.",
        f"{sentence_case(described)} {short}.",
        f"Here is {described}, {short}.",
        f"{title}, {short}, is {described}.",
    )


class _Told:
    """The telling of one item; keeps track of what was said so that nothing is said twice."""

    def __init__(self, item: Item, context: ReasonContext) -> None:
        self._item = item
        self._context = context
        self._schema = context.catalog
        self._said: set[str] = set()
        self.is_named = False
        """Whether the opening said more than what every item of the catalogue is."""
        self._shape = zlib.crc32(context.seed.encode()) + context.place

    def opening(self) -> Sentence:
        """Return what the item is: year, country, kind and maker."""
        name, proofs = self._name()
        maker = self._maker()
        told = _presented(article(name), name, plain(self._item.title), maker.text if maker else "")
        text = told[self._shape % len(told)]
        self.is_named = bool(proofs or maker)
        proofs = [*proofs, *(maker.evidence if maker else ()), *self._title_proof(text)]
        return Sentence(text=text, evidence=tuple(proofs), item_id=self._item.id)

    def fit(self) -> Sentence | None:
        """Return the wishes that the item grants and the opening did not mention, or facts worth knowing."""
        shared = self.shared()
        granted = self.wished()
        wished = [fact for fact, _ in granted]
        if shared is not None:
            beside = [f"it {wished[0].text}"] if wished else []
            return self._sentence([shared.text[:-1], *beside], wished[:1], shared)
        if wished:
            return self._granting(wished, granted[0][1])
        notable = self.notable()
        shapes = (f"it {_and(notable)}", f"this {self._schema.noun} {_and(notable)}", f"this one {_and(notable)}")
        return self._sentence([shapes[self._shape % len(shapes)]], notable) if notable else None

    def _granting(self, facts: Sequence[_Fact], wish: Preference) -> Sentence:
        """Word the granted wishes; every other shape names the user's own words."""
        told = _and(facts)
        quote = wish.quote.strip().rstrip(".!?")
        shapes = [f"it {told}", f"as you asked, it {told}", f"it {told}, as you wished"]
        if quote and len(words(quote)) <= _LONG_QUOTE and wish.attribute == facts[0].attribute:
            shapes += [f"you asked for “{plain(quote)}”: it {told}", f"you wanted “{plain(quote)}”; it {told}"]
        sentence = self._sentence([shapes[self._shape % len(shapes)]], facts)
        asked = Evidence(claim=quote or told, field=wish.attribute, value=wish.value, source="user")
        return sentence.model_copy(update={"evidence": (*sentence.evidence, asked)})

    def shortfalls(self) -> list[Sentence]:
        """Own up to the first soft wishes that the item does not grant."""
        told = [self._short_of(wish) for wish in self._context.missed]
        return [sentence for sentence in told if sentence is not None][:_MAX_SHORTFALLS]

    def _short_of(self, wish: Preference) -> Sentence | None:
        spec, fact = self._schema.get(wish.attribute), self._item.attributes.get(wish.attribute)
        constraint = wish.constraint()
        if spec is None or fact is None or isinstance(fact, bool) or constraint is None:
            return None
        if isinstance(fact, (int, float)) and isinstance(wish.value, (int, float)) and not isinstance(wish.value, bool):
            nearer = self._off_by(spec, fact, wish.value)
            if nearer is not None:
                return nearer
        quote = wish.quote.strip().rstrip(".!?")
        own = wish.polarity == "like" and quote and len(words(quote)) <= _LONG_QUOTE
        return self._other_than(spec, fact, wish, plain(quote) if own else constraint_words(constraint, self._schema))

    def _other_than(self, spec: AttributeSpec, fact: AttributeValue, wish: Preference, asked: str) -> Sentence:
        """Say what the item is where the user asked for something else, or wanted to be spared it."""
        unwanted = {str(one).casefold() for one in values_of(wish.value)} if wish.polarity == "dislike" else set()
        told: AttributeValue = fact
        if not isinstance(fact, (int, float)):
            told = tuple(one for one in labels_of(fact) if not unwanted or one.casefold() in unwanted)[:_MAX_LABELS]
        words = clause(spec, told)
        shapes = (
            f"You asked for “{asked}”, but it {words}.",
            f"It {words}, though you asked for “{asked}”.",
            f"It {words}; you asked for “{asked}”.",
        )
        proofs = [Evidence(claim=words, field=spec.name, value=one) for one in values_of(told)]
        proofs.append(Evidence(claim=wish.quote or asked, field=spec.name, value=wish.value, source="user"))
        text = shapes[self._shape % len(shapes)]
        return Sentence(text=text, evidence=tuple(proofs), item_id=self._item.id)

    def _name(self) -> tuple[str, list[Evidence]]:
        proofs: list[Evidence] = []
        chosen: list[tuple[AttributeSpec, str]] = []
        year = ""
        for spec in self._schema.attributes:
            fact = self._item.attributes.get(spec.name)
            if fact is None:
                continue
            if yearlike(spec) and not year:
                year = amount(spec, fact)[:4]
                proofs.append(Evidence(claim=year, field=spec.name, value=fact))
                self._said.add(spec.name)
            elif spec.adjectives and spec.kind in ("category", "categories"):
                labels = self._labels(spec, fact)
                chosen = [*chosen, *((spec, one) for one in labels)] if spec.nouns else [
                    *((spec, one) for one in labels), *chosen
                ]  # fmt: skip
                proofs += [Evidence(claim=label(spec, one), field=spec.name, value=one) for one in labels]
                if labels:
                    self._said.add(spec.name)
        return noun_phrase(self._schema, chosen, year=year), proofs

    def _labels(self, spec: AttributeSpec, fact: AttributeValue) -> list[str]:
        """Choose which labels to name: those wished for first, few enough to be read."""
        labels = list(labels_of(fact))
        wished = {
            str(v).casefold()
            for wish in self._context.wishes
            if wish.attribute == spec.name
            for v in values_of(wish.value)
        }
        wanted = [one for one in labels if one.casefold() in wished]
        if not spec.nouns:
            # "A French film" says that it is only that; one of several countries is told in a clause of its own.
            return labels if len(labels) == 1 else []
        rest = [one for one in labels if one not in wanted]
        heads = [one for one in rest if one in spec.nouns]
        others = [one for one in rest if one not in spec.nouns]
        both = [*wanted, *others[:1], *heads, *others[1:]]
        chosen = dict.fromkeys(both[:_MAX_LABELS])
        return sorted(chosen, key=lambda one: (one in spec.nouns, one not in spec.adjectives))

    def _maker(self) -> _Fact | None:
        """Return who made it: the first attribute of names whose sentence ends in "by"."""
        for spec in self._schema.attributes:
            fact = self._item.attributes.get(spec.name)
            if spec.names and fact is not None and spec.sentence.endswith("by {value}"):
                self._said.add(spec.name)
                return self._fact(spec, labels_of(fact, 3))
        return None

    def _fact(self, spec: AttributeSpec, value: AttributeValue) -> _Fact:
        words = clause(spec, value)
        proofs = tuple(Evidence(claim=words, field=spec.name, value=one) for one in values_of(value))
        return _Fact(attribute=spec.name, text=words, evidence=proofs)

    def wished(self) -> list[tuple[_Fact, Preference]]:
        """Return up to two facts that grant a wish and were not told yet, each with its wish."""
        facts: list[tuple[_Fact, Preference]] = []
        for wish in self._context.wishes:
            granted = self._in_words(wish) if wish.attribute == TEXT else self._by_attribute(wish)
            if granted is not None:
                self._said.add(granted.attribute)
                facts.append((granted, wish))
            if len(facts) == _MAX_LABELS:
                break
        return facts

    def _by_attribute(self, wish: Preference) -> _Fact | None:
        spec, fact = self._schema.get(wish.attribute), self._item.attributes.get(wish.attribute)
        if spec is None or fact is None or spec.name in self._said:
            return None
        return self._granted(spec, fact, wish)

    def _in_words(self, wish: Preference) -> _Fact | None:
        """Return labels of the item that stand in the user's free words."""
        wanted = set(words(str(wish.value)))
        for spec in self._schema.attributes:
            fact = self._item.attributes.get(spec.name)
            if fact is None or spec.names or spec.kind != "categories" or spec.name in self._said:
                continue
            same = [str(one) for one in values_of(fact) if set(words(str(one))) <= wanted]
            if same:
                return self._fact(spec, tuple(same[:_MAX_LABELS]))
        return None

    def _granted(self, spec: AttributeSpec, fact: AttributeValue, wish: Preference) -> _Fact | None:
        if spec.kind in ("text", "date"):
            return None
        if isinstance(fact, bool):
            return self._fact(spec, fact) if fact else None
        if isinstance(fact, (int, float)):
            return self._within(spec, fact, wish)
        wished = {str(one).casefold() for one in values_of(wish.value)}
        same = [one for one in values_of(fact) if str(one).casefold() in wished]
        if not same:
            return None
        rest = () if spec.names else tuple(one for one in values_of(fact) if one not in same)
        return self._fact(spec, (*map(str, same), *map(str, rest))[:_MAX_LABELS])

    def _within(self, spec: AttributeSpec, fact: float, wish: Preference) -> _Fact | None:
        """Return a number with the user's own limit beside it."""
        words = self._fact(spec, fact)
        limit, keeps = wish.value, {"lt": "under", "le": "within", "gt": "over", "ge": "at least"}.get(wish.op)
        constraint = wish.constraint()
        if constraint is None or not satisfies(self._item, constraint, self._schema):
            return None
        if spec.scale or keeps is None or isinstance(limit, bool) or not isinstance(limit, (int, float)):
            return words if spec.scale else None
        if not says_number(wish.quote) or not (spec.unit or yearlike(spec)):
            return words
        proof = Evidence(claim=wish.quote, field=spec.name, value=limit, source="user")
        bound = bound_words(spec, limit)
        # "Your an hour" is no English.
        text = f"{words.text}, {keeps} your {amount(spec, limit) if bound.startswith('an ') else bound}"
        return _Fact(attribute=spec.name, text=text, evidence=(*words.evidence, proof))

    def shared(self) -> Sentence | None:
        """Return what the item shares with one that the user likes, the most telling fact first."""
        told = self._context
        found = alike(self._item, told.liked, told.shared, told.preferences, self._schema, _MAX_LABELS)
        return None if found is None else self._likeness(found)

    def _likeness(self, found: Alike) -> Sentence:
        self._said.add(found.spec.name)
        text = f"Like {plain(found.liked.title)}, it {clause(found.spec, found.values)}."
        proofs = [Evidence(claim=text, field=found.spec.name, value=one, source="graph") for one in found.values]
        title = Evidence(claim=found.liked.title, field=ITEM, value=found.liked.title, source="user")
        return Sentence(text=text, evidence=(*proofs, title), item_id=self._item.id)

    def notable(self) -> list[_Fact]:
        """Return two plain facts when no wish is left to speak of: a measure with a unit, and a list of labels."""
        facts: list[_Fact] = []
        for spec in self._schema.attributes:
            fact = self._item.attributes.get(spec.name)
            if (
                fact is None
                or spec.name in self._said
                or not spec.shown
                or not spec.sentence
                or len(facts) == _MAX_LABELS
            ):
                continue
            if isinstance(fact, (int, float)) and not isinstance(fact, bool) and spec.unit and not spec.scale:
                facts.append(self._fact(spec, fact))
            elif spec.kind == "categories" and not spec.names and not spec.adjectives:
                facts.append(self._fact(spec, labels_of(fact, _MAX_LABELS)))
        return facts

    def _off_by(self, spec: AttributeSpec, fact: float, wanted: float) -> Sentence | None:
        side = "lower" if fact < wanted else "higher"
        word = next((word for word, way in spec.comparatives.items() if way == side and word.isalpha()), "")
        if not word or fact == wanted:
            return None
        shapes = (
            f"It is {word} than you asked for.",
            f"It {clause(spec, fact)}, so it is {word} than you asked for.",
            f"It is {word} than you asked for: it {clause(spec, fact)}.",
        )
        text = shapes[self._shape % len(shapes)]
        proofs = (
            Evidence(claim=text, field=spec.name, value=fact),
            Evidence(claim=text, field=spec.name, value=wanted, source="user"),
        )
        return Sentence(text=text, evidence=proofs, item_id=self._item.id)

    def _title_proof(self, text: str) -> list[Evidence]:
        title = self._item.title
        return [Evidence(claim=title, field="title", value=title)] if text.startswith(plain(title)) else []

    def _sentence(self, parts: Sequence[str], facts: Sequence[_Fact], base: Sentence | None = None) -> Sentence:
        proofs = [proof for fact in facts for proof in fact.evidence]
        text = "; ".join(parts)
        return Sentence(
            text=sentence_case(f"{text}."), evidence=(*(base.evidence if base else ()), *proofs), item_id=self._item.id
        )
