"""Say why an item was picked, from facts alone and without a language model. Pure and deterministic.

The wording varies with the item and the turn, never at random, so the same turn always reads the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Value

from ..grounding import words
from ..sentences import Sentence
from ..types import ITEM, TEXT, Evidence, Preference
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
_TELLING = 0.5
"""An attribute that people can rarely answer a question about, such as a language, is no reason to like two items."""


class ReasonContext(Value):
    """What a reason may draw on beside the item itself."""

    catalog: CatalogSchema
    preferences: tuple[Preference, ...] = ()
    liked: tuple[Item, ...] = ()
    """Items that the user said they like."""
    unmet: tuple[Constraint, ...] = ()
    """Soft wishes that this item does not satisfy, to be owned up to."""
    seed: str = ""
    """The turn; the same seed and item always give the same words."""

    @cached_property
    def wishes(self) -> tuple[Preference, ...]:
        """Wishes for something, hard ones and strong ones first."""
        likes = [wish for wish in self.preferences if wish.polarity == "like"]
        return tuple(sorted(likes, key=lambda wish: (not wish.hard, -wish.strength)))


class _Fact(Value):
    """One fact in words, with what it rests on."""

    attribute: str
    text: str
    evidence: tuple[Evidence, ...]


def reason(item: Item, context: ReasonContext, *, described: bool = True) -> list[Sentence]:
    """Return up to four short sentences: what it is, why it fits, where it falls short, and what it is about.

    Args:
        item: the pick.
        context: the wishes behind it.
        described: whether to close with the item's own description.
    """
    told = _Told(item, context)
    return _present(told.opening(), told.fit(), told.shortfall(), description(item) if described else None)


def _present(*sentences: Sentence | None) -> list[Sentence]:
    return [sentence for sentence in sentences if sentence is not None]


def likeness(item: Item, context: ReasonContext) -> Sentence | None:
    """Return what the item shares with one that the user likes, or None."""
    return _Told(item, context).shared()


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


class _Told:
    """The telling of one item; keeps track of what was said so that nothing is said twice."""

    def __init__(self, item: Item, context: ReasonContext) -> None:
        self._item = item
        self._context = context
        self._schema = context.catalog
        self._said: set[str] = set()
        self._pick = zlib.crc32(f"{item.id}/{context.seed}".encode())

    def opening(self) -> Sentence:
        """Return what the item is: year, country, kind and maker."""
        name, proofs = self._name()
        maker = self._maker()
        if maker is None:
            text = (f"This is {article(name)}.", f"{plain(self._item.title)} is {article(name)}.")[self._pick % 2]
            proofs = [*proofs, *self._title_proof(text)]
        else:
            short = reduced(maker.text)
            text = (
                f"This {name} {maker.text}.",
                f"{sentence_case(short)}, this is {article(name)}.",
                f"{plain(self._item.title)} is {article(name)} {short}.",
            )[self._pick % 3]
            proofs = [*proofs, *maker.evidence, *self._title_proof(text)]
        return Sentence(text=text, evidence=tuple(proofs), item_id=self._item.id)

    def fit(self) -> Sentence | None:
        """Return the wishes that the item grants and the opening did not mention, or facts worth knowing."""
        shared = self.shared()
        wished = self.wished()
        if shared is not None:
            beside = [f"it {wished[0].text}"] if wished else []
            return self._sentence([shared.text[:-1], *beside], wished[:1], shared)
        wished = wished or self.notable()
        return self._sentence([f"it {_and(wished)}"], wished) if wished else None

    def shortfall(self) -> Sentence | None:
        """Own up to the first soft wish that the item does not grant."""
        for constraint in self._context.unmet:
            spec, fact = self._schema.get(constraint.attribute), self._item.attributes.get(constraint.attribute)
            if spec is None or fact is None or isinstance(fact, bool):
                continue
            if isinstance(fact, (int, float)) and isinstance(constraint.value, (int, float)):
                return self._off_by(spec, fact, constraint.value)
        return None

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

    def wished(self) -> list[_Fact]:
        """Return up to two facts that grant a wish and were not told yet."""
        facts: list[_Fact] = []
        for wish in self._context.wishes:
            granted = self._in_words(wish) if wish.attribute == TEXT else self._by_attribute(wish)
            if granted is not None:
                self._said.add(granted.attribute)
                facts.append(granted)
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
        if isinstance(fact, bool) or spec.kind in ("text", "date", "boolean"):
            return None
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
        if spec.scale or keeps is None or isinstance(limit, bool) or not isinstance(limit, (int, float)):
            return words if spec.scale else None
        granted = {"lt": fact < limit, "le": fact <= limit, "gt": fact > limit, "ge": fact >= limit}[wish.op]
        if not granted:
            return None
        if not says_number(wish.quote):
            return words
        proof = Evidence(claim=wish.quote, field=spec.name, value=limit, source="user")
        text = f"{words.text}, {keeps} your {bound_words(spec, limit)}"
        return _Fact(attribute=spec.name, text=text, evidence=(*words.evidence, proof))

    def shared(self) -> Sentence | None:
        """Return what the item shares with one that the user likes, the most telling attribute first."""
        for spec in sorted(self._schema.attributes, key=lambda spec: not spec.names):
            fact = self._item.attributes.get(spec.name)
            telling = spec.names or (spec.askable >= _TELLING and not spec.nouns)
            if fact is None or spec.kind != "categories" or not telling:
                continue
            for liked in self._context.liked:
                theirs = {str(one) for one in values_of(liked.attributes.get(spec.name, ()))}
                same = [str(one) for one in values_of(fact) if str(one) in theirs]
                if same and liked.id != self._item.id:
                    return self._likeness(spec, same[:_MAX_LABELS], liked)
        return None

    def _likeness(self, spec: AttributeSpec, same: Sequence[str], liked: Item) -> Sentence:
        self._said.add(spec.name)
        text = f"Like {plain(liked.title)}, it {clause(spec, tuple(same))}."
        proofs = [Evidence(claim=text, field=spec.name, value=one, source="graph") for one in same]
        title = Evidence(claim=liked.title, field=ITEM, value=liked.title, source="user")
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
        word = next((word for word, way in spec.comparatives.items() if way == side and " " not in word), "")
        if not word or fact == wanted:
            return None
        text = f"It is {word} than you asked for."
        return Sentence(text=text, evidence=(Evidence(claim=text, field=spec.name, value=fact),), item_id=self._item.id)

    def _title_proof(self, text: str) -> list[Evidence]:
        title = self._item.title
        return [Evidence(claim=title, field="title", value=title)] if text.startswith(plain(title)) else []

    def _sentence(self, parts: Sequence[str], facts: Sequence[_Fact], base: Sentence | None = None) -> Sentence:
        proofs = [proof for fact in facts for proof in fact.evidence]
        text = "; ".join(parts)
        return Sentence(
            text=sentence_case(f"{text}."), evidence=(*(base.evidence if base else ()), *proofs), item_id=self._item.id
        )
