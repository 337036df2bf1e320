"""Word lists in another language: what stands above the picks, and the reasons for them. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from retrieval.graph import SharedFact
from retrieval.types import AttributeSpec, AttributeValue, Constraint, Item, Relaxation

from ..sentences import Sentence
from ..templates import ReasonContext
from ..templates.alike import Alike, alike
from ..templates.phrases import labels_of, plain, sentence_case, values_of, yearlike
from ..templates.reasons import SPOKEN
from ..types import ITEM, TEXT, Evidence, Preference, UploadKind
from .phrases import Phrases, asked, proofs

_MOST_LABELS = 3
_MOST_FITTING = 3
_MOST_SHORTFALLS = 2
_MOST_OFFERS = 3
_MOST_NOTABLE = 2


class Listing(Phrases):
    """Sentences around and about picks."""

    def opening(
        self, constraints: Sequence[Constraint], shown: int, *, asked: int | None = None, text: str = ""
    ) -> str:
        """Return the line above the picks; it names the conditions that hold for all of them."""
        hard = [constraint for constraint in constraints if constraint.hard]
        count = self.counted(shown)
        if hard:
            key = "lists.only" if asked is not None and shown < asked else "lists.found_for"
            return self._say(key, count=count, conditions=self.conditions(hard))
        if text:
            return self._say("lists.found_near", count=count, text=self.wording.quoted(plain(text)))
        return self._say("lists.found", count=count)

    def opening_like(
        self, kinds: Sequence[UploadKind], shown: int, constraints: Sequence[Constraint], *, text: str = ""
    ) -> str:
        """Return the line above picks that were compared with what the user sent, and the conditions they satisfy."""
        told = [self._say(f"senses.{kind}") for kind in dict.fromkeys(kinds)]
        told += [self.wording.quoted(plain(text))] if text else []
        told += [self.conditions(constraints)] if constraints else []
        return self._say("senses.found", count=self.counted(shown), likeness=self.wording.join(told))

    def cannot_look(self, kind: UploadKind) -> str:
        """Say that the catalogue has nothing that a picture or a sound could be compared with."""
        return self._say(f"senses.none_{kind}")

    def nothing_matches(self, constraints: Sequence[Constraint], relaxations: Sequence[Relaxation] = ()) -> str:
        """Say that nothing satisfies all the hard conditions, and what dropping each would bring, best first."""
        hard = [constraint for constraint in constraints if constraint.hard]
        first = self._say("lists.nothing", conditions=self.conditions(hard))
        helpful = [relaxation for relaxation in relaxations if relaxation.would_add > 0][:_MOST_OFFERS]
        rest = [self._offer(relaxation) for relaxation in helpful] or [self._say("lists.no_culprit")]
        return self._sentences(first, *rest)

    def _offer(self, relaxation: Relaxation) -> str:
        spec, count = self.schema.get(relaxation.constraint.attribute), self.counted(relaxation.would_add)
        if spec is not None and relaxation.nearest is not None and spec.kind in ("number", "date"):
            nearest = self._say("lists.nearest", value=self.amount(spec, relaxation.nearest))
            count = self.noted(count, nearest)
        return self._say("lists.drop", condition=self._quoted(relaxation.constraint), count=count)

    def few_matches(self, relaxations: Sequence[Relaxation]) -> str:
        """Say what dropping a condition would add; empty when nothing would help."""
        best = next((relaxation for relaxation in relaxations if relaxation.would_add > 0), None)
        if best is None:
            return ""
        return self._say("lists.few", condition=self._quoted(best.constraint), count=self.counted(best.would_add))

    def missing_titles(self, titles: Sequence[str]) -> str:
        """Say which titles the catalogue does not hold."""
        return self._say("lists.missing", titles=self.wording.join([self.title(title) for title in titles]))

    def seen_all(self) -> str:
        """Say that every fitting item was shown already."""
        return self._say("lists.seen_all")

    def constraint_words(self, constraint: Constraint) -> str:
        """Return one condition in a few words."""
        return self.condition(constraint)

    def _quoted(self, constraint: Constraint) -> str:
        return self.wording.quoted(self.condition(constraint))

    def together(self, sentences: Sequence[str]) -> str:
        """Put sentences one after another, with a space between them where the language has one."""
        return self._say("glue.sentences").join(sentence for sentence in sentences if sentence)

    def _sentences(self, *sentences: str) -> str:
        return self.together(sentences)

    # --- reasons

    def listed(self, title: str, reason: str) -> str:
        """Return an item's line of a list."""
        return self._say("glue.listed", title=title, reason=reason) if reason else title

    def reason(self, item: Item, context: ReasonContext) -> list[Sentence]:
        """Return a few short sentences: what it is, why it fits, and where it falls short."""
        told: set[str] = set()
        first = self._what(item, context, told)
        shape = zlib.crc32(context.seed.encode()) + context.place
        found = self.common(item, context.liked, context.shared, context.preferences)
        if found is not None:
            told.add(found.spec.name)
        fitting = self.likeness(item, found) if found else self._granted(item, context.wishes, told, shape)
        fitting = fitting or self._also(item, told)
        short = [self._short(item, wish, shape) for wish in context.missed]
        rest = [sentence for sentence in (fitting, *short[:_MOST_SHORTFALLS]) if sentence is not None]
        return [first, *rest] if first.evidence or not rest else rest

    def _varied(self, key: str, shape: int, **slots: object) -> str:
        """Fill one of the patterns of a key, which are ``key``, ``key_2`` and so on; the same shape takes the same."""
        shapes = [key, *(other for other in self.wording.patterns if re.fullmatch(rf"{re.escape(key)}_\d", other))]
        return self._say(shapes[shape % len(shapes)], **slots)

    def _what(self, item: Item, context: ReasonContext, told: set[str]) -> Sentence:
        """Name the main facts, in the order in which a card shows them."""
        placed = sorted((spec for spec in self.schema.attributes if spec.headline), key=lambda spec: spec.headline)
        plain_ones = (spec for spec in self.schema.attributes if spec.shown and spec.kind not in ("text", "boolean"))
        known = [spec for spec in (placed or plain_ones) if spec.name in item.attributes][:4]
        wished = {str(one).casefold() for wish in context.wishes for one in values_of(wish.value)}
        texts: list[str] = []
        evidence: list[Evidence] = []
        for spec in known:
            value = _wished_first(item.attributes[spec.name], wished)
            texts.append(self.fact(spec, value))
            evidence += proofs(texts[-1], spec.name, value)
            told.add(spec.name)
        text = self._say("reasons.facts", facts=self.facts(texts)) if texts else self._say("reasons.bare")
        return Sentence(text=text, evidence=tuple(evidence), item_id=item.id)

    def common(
        self, item: Item, liked: Sequence[Item], shared: Sequence[SharedFact], preferences: Sequence[Preference]
    ) -> Alike | None:
        """Return what the item shares with one that the user likes, the rarest fact first."""
        return alike(item, liked, shared, preferences, self.schema, _MOST_LABELS)

    def likeness(self, item: Item, found: Alike) -> Sentence:
        """Name what the item shares with one that the user likes."""
        value, label = self.value(found.spec, found.values), found.spec.display
        text = self._say("reasons.alike", title=self.title(found.liked.title), label=label, value=value)
        shared = [Evidence(claim=text, field=found.spec.name, value=one, source="graph") for one in found.values]
        named = Evidence(claim=found.liked.title, field=ITEM, value=found.liked.title, source="user")
        return Sentence(text=text, evidence=(*shared, named), item_id=item.id)

    def _granted(self, item: Item, wishes: Sequence[Preference], told: set[str], shape: int) -> Sentence | None:
        """Name facts that grant a wish and were not told yet; what holds for every pick was said above the list."""
        texts: list[str] = []
        evidence: list[Evidence] = []
        for wish in wishes:
            spec, fact = self.schema.get(wish.attribute), item.attributes.get(wish.attribute)
            if spec is None or fact is None or spec.name in told:
                continue
            if wish.strength < SPOKEN or len(texts) == _MOST_FITTING:
                continue
            granting = _granting(spec, fact, wish)
            if granting is None or (wish.hard and isinstance(granting, tuple)):
                continue
            told.add(spec.name)
            texts.append(self.fact(spec, granting))
            evidence += [*proofs(texts[-1], spec.name, granting), asked(texts[-1], wish)]
        if not texts:
            return None
        text = self._varied("reasons.granted", shape, facts=self.parts(texts))
        return Sentence(text=text, evidence=tuple(evidence), item_id=item.id)

    def _also(self, item: Item, told: set[str]) -> Sentence | None:
        """Name labels worth knowing when there is no wish to speak of."""
        texts: list[str] = []
        evidence: list[Evidence] = []
        for spec in self.schema.attributes:
            fact = item.attributes.get(spec.name)
            if fact is None or spec.name in told or spec.kind != "categories" or spec.names or not spec.shown:
                continue
            if len(texts) < _MOST_NOTABLE:
                told.add(spec.name)
                value = labels_of(fact, _MOST_LABELS)
                texts.append(self.fact(spec, value))
                evidence += proofs(texts[-1], spec.name, value)
        if not texts:
            return None
        text = sentence_case(self._say("reasons.also", facts=self.parts(texts)))
        return Sentence(text=text, evidence=tuple(evidence), item_id=item.id)

    def _short(self, item: Item, wish: Preference, shape: int) -> Sentence | None:
        """Own up to a soft wish that the item does not grant, with the fact that stands against it."""
        spec, fact = self.schema.get(wish.attribute), item.attributes.get(wish.attribute)
        if spec is None or fact is None or wish.attribute == TEXT or wish.strength < SPOKEN:
            return None
        value = _against(fact, wish)
        words = self.fact(spec, value)
        text = self._varied("reasons.short", shape, wish=self.quoted_wish(wish), fact=words)
        evidence = (*proofs(words, spec.name, value), asked(words, wish))
        return Sentence(text=text, evidence=evidence, item_id=item.id)


def _wished_first(value: AttributeValue, wished: set[str]) -> AttributeValue:
    """Return at most a few labels, wished-for ones first; a number as it is."""
    if not isinstance(value, tuple):
        return value
    return tuple(sorted(labels_of(value), key=lambda label: label.casefold() not in wished))[:_MOST_LABELS]


def _against(value: AttributeValue, wish: Preference) -> AttributeValue:
    """Return the labels that stand against a wish: the unwanted ones, or what there is instead of the wanted one."""
    if not isinstance(value, tuple):
        return value
    unwanted = {str(one).casefold() for one in values_of(wish.value)} if wish.polarity == "dislike" else set()
    return tuple(one for one in labels_of(value) if not unwanted or one.casefold() in unwanted)[:_MOST_LABELS]


def _granting(spec: AttributeSpec, fact: AttributeValue, wish: Preference) -> AttributeValue | None:
    """Return the part of a fact that grants a wish, or None."""
    if isinstance(fact, bool) or spec.kind in ("text", "date", "boolean"):
        return None
    if isinstance(fact, (int, float)):
        limit = wish.value
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or yearlike(spec):
            return None
        tests = {"lt": fact < limit, "le": fact <= limit, "gt": fact > limit, "ge": fact >= limit, "eq": fact == limit}
        return fact if tests.get(wish.op, False) else None
    wished = {str(one).casefold() for one in values_of(wish.value)}
    same = tuple(one for one in labels_of(fact) if one.casefold() in wished)
    return same[:_MOST_LABELS] or None
