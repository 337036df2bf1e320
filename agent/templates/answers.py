"""Answer questions about items and about the wishes in force, from facts alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from ..sentences import Sentence
from ..types import ITEM, TEXT, Evidence, Preference
from .lists import constraint_words
from .phrases import article, clause, count, join, labels_of, plain, value_words, values_of
from .reasons import ReasonContext, reason

_LONG_LIST = 8


def _proof(claim: str, field: str, value: AttributeValue) -> tuple[Evidence, ...]:
    return tuple(Evidence(claim=claim, field=field, value=one) for one in values_of(value)) or (
        Evidence(claim=claim, field=field, value=""),
    )


def answer_fact(item: Item, attribute: str, schema: CatalogSchema) -> Sentence:
    """Answer "how long is it": the fact in a sentence, or plainly that the catalogue does not hold it."""
    spec, title = schema.get(attribute), plain(item.title)
    if spec is None:
        text = f"The catalogue says nothing about the {attribute.replace('_', ' ')} of {title}."
        return Sentence(text=text, item_id=item.id)
    fact = item.attributes.get(attribute)
    if fact is None:
        return Sentence(text=_unknown(spec, title), item_id=item.id)
    text = f"{title} {_told(spec, fact)}."
    return Sentence(text=text, evidence=_proof(text, attribute, fact), item_id=item.id)


def _told(spec: AttributeSpec, fact: AttributeValue) -> str:
    """Return a fact as a clause; a long list is cut and counted."""
    rest = len(values_of(fact)) - _LONG_LIST
    if rest <= 0:
        return clause(spec, fact)
    shown = labels_of(fact, _LONG_LIST)
    return clause(spec, shown).replace(value_words(spec, shown), f"{', '.join(shown)} and {count(rest)} more")


def _unknown(spec: AttributeSpec, title: str) -> str:
    return f"The catalogue doesn't give the {spec.display} of {title}, so I don't know."


def describe(item: Item, schema: CatalogSchema) -> list[Sentence]:
    """Tell what is known about one item: what it is, what it is about, and its main facts."""
    sentences = reason(item, ReasonContext(catalog=schema, seed="describe"))
    told = {proof.field for sentence in sentences for proof in sentence.evidence}
    untold = [
        spec
        for spec in schema.attributes
        if spec.name in item.attributes and spec.shown and spec.name not in told and spec.kind != "text"
    ]
    for spec in untold[:4]:
        fact = item.attributes[spec.name]
        shown: AttributeValue = labels_of(fact, 3) if isinstance(fact, tuple) else fact
        text = f"It {clause(spec, shown)}."
        sentences.append(Sentence(text=text, evidence=_proof(text, spec.name, shown), item_id=item.id))
    return sentences


def unknown_fact(item: Item) -> Sentence:
    """Say plainly that the catalogue does not hold what was asked."""
    return Sentence(text=f"The catalogue doesn't say that about {plain(item.title)}, so I don't know.", item_id=item.id)


def preference_words(preference: Preference, schema: CatalogSchema) -> str:
    """Return one wish in a few words."""
    name = preference.label or join(map(str, values_of(preference.value)))
    if preference.attribute == ITEM:
        return f"{'like' if preference.polarity == 'like' else 'unlike'} {plain(name)}"
    if preference.attribute == TEXT:
        return f"{'' if preference.polarity == 'like' else 'not '}“{plain(name)}”"
    constraint = preference.constraint()
    return constraint_words(constraint, schema) if constraint else plain(name)


def preference_summary(preferences: Sequence[Preference], schema: CatalogSchema) -> str:
    """Say what is known about the user's wishes, musts apart from wishes."""
    if not preferences:
        wanted = article(schema.noun)
        return f"I know nothing about your taste yet. Tell me {wanted} you like, or what you are in the mood for."
    musts = [preference_words(wish, schema) for wish in preferences if wish.hard]
    wishes = [preference_words(wish, schema) for wish in preferences if not wish.hard]
    parts = []
    if musts:
        parts.append(f"It must be: {'; '.join(musts)}.")
    if wishes:
        parts.append(f"You would like: {'; '.join(wishes)}.")
    return " ".join(parts)
