"""Answer questions about items and about the wishes in force, from facts alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item

from ..sentences import Sentence
from ..types import ITEM, TEXT, Evidence, Preference
from .lists import constraint_words
from .phrases import amount, article, clause, count, join, labels_of, plain, sentence_case, value_words, values_of
from .reasons import ReasonContext, likeness, reason

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#])")
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
    if isinstance(fact, bool):
        return f"{'is' if fact else 'is not'} {spec.display}"
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


def compare(items: Sequence[Item], schema: CatalogSchema) -> Sentence:
    """Return a small table of the shown facts, and one sentence on the first number that tells two items apart."""
    specs = [spec for spec in schema.attributes if spec.shown and any(spec.name in item.attributes for item in items)]
    head = ["", *(cell(item.title) for item in items)]
    rows = [[sentence_case(spec.display), *(cell(_short(spec, item)) for item in items)] for spec in specs]
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    summary = _contrast(items, specs)
    proofs = tuple(
        Evidence(claim=item.title, field=spec.name, value=item.attributes[spec.name])
        for item in items
        for spec in specs
        if spec.name in item.attributes
    )
    return Sentence(text="\n".join(lines) + (f"\n\n{summary}" if summary else ""), evidence=proofs)


def _short(spec: AttributeSpec, item: Item) -> str:
    fact = item.attributes.get(spec.name)
    if fact is None:
        return "not known"
    if isinstance(fact, tuple):
        more = ", …" if len(fact) > 3 else ""
        return ", ".join(map(str, fact[:3])) + more
    return ("yes" if fact else "no") if isinstance(fact, bool) else amount(spec, fact)


def _contrast(items: Sequence[Item], specs: Sequence[AttributeSpec]) -> str:
    """Return one sentence on the first number with a unit that tells two items apart."""
    if len(items) != 2:
        return ""
    one, other = items
    for spec in specs:
        left, right = one.attributes.get(spec.name), other.attributes.get(spec.name)
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        word = next((word for word, way in spec.comparatives.items() if way == "lower" and " " not in word), "")
        if not numbers or not spec.unit or not word or left == right or isinstance(left, bool):
            continue
        assert isinstance(left, (int, float)) and isinstance(right, (int, float))
        less, more = (one, other) if left < right else (other, one)
        gap = amount(spec, abs(left - right))
        return f"{plain(less.title)} is {word} than {plain(more.title)} by {gap}."
    return ""


def superlative(items: Sequence[Item], attribute: str, direction: str, schema: CatalogSchema) -> Sentence | None:
    """Say which item has the most or the least of something, and what the others have; None for what is no number."""
    spec = schema.get(attribute)
    known = [(item, fact) for item in items if isinstance(fact := item.attributes.get(attribute), (int, float))]
    if spec is None or not known or direction == "" or spec.kind != "number":
        return None
    known.sort(key=lambda pair: pair[1], reverse=direction == "higher")
    (first, best), rest = known[0], known[1:]
    ends = [item for item, fact in known if fact == best]
    others = join(f"{plain(item.title)} ({amount(spec, fact)})" for item, fact in rest[len(ends) - 1 :])
    names = join(plain(item.title) for item in ends)
    word = (
        ("most" if direction == "higher" else "least")
        if not spec.unit
        else ("highest" if direction == "higher" else "lowest")
    )
    text = f"{names}, with {article(spec.display)} of {amount(spec, best)}, the {word} of these"
    unknown = [plain(item.title) for item in items if item.id not in {item.id for item, _ in known}]
    text += f"; then {others}" if others else ""
    text += f". The catalogue doesn't give it for {join(unknown)}." if unknown else "."
    proofs = tuple(Evidence(claim=plain(item.title), field=attribute, value=fact) for item, fact in known)
    return Sentence(text=text, evidence=proofs, item_id=first.id)


def unknown_fact(item: Item) -> Sentence:
    """Say plainly that the catalogue does not hold what was asked."""
    return Sentence(text=f"The catalogue doesn't say that about {plain(item.title)}, so I don't know.", item_id=item.id)


def cell(text: str) -> str:
    """Return catalogue text for a table cell, with its markdown disarmed."""
    return _MARKDOWN.sub(r"\\\1", plain(text))


def explain(
    item: Item,
    preferences: Sequence[Preference],
    schema: CatalogSchema,
    satisfied: Callable[[Item, Constraint], bool],
    *,
    scores: Mapping[str, float] | None = None,
    liked: Sequence[Item] = (),
) -> list[Sentence]:
    """Say which wishes an item grants and which it does not, and what else spoke for it.

    Args:
        item: the pick.
        preferences: the wishes in force.
        schema: the catalogue.
        satisfied: decides exactly whether an item satisfies a constraint.
        scores: score by stage, as on a hit.
        liked: items the user likes.
    """
    granted: list[str] = []
    missed: list[str] = []
    proofs: list[Evidence] = []
    for wish in preferences:
        constraint = wish.constraint()
        if constraint is None:
            continue
        words = constraint_words(constraint, schema)
        if satisfied(item, constraint):
            granted.append(words)
            proofs.append(Evidence(claim=words, field=wish.attribute, value=wish.value, source="user"))
        else:
            missed.append(words)
    title = plain(item.title)
    sentences: list[Sentence] = []
    if granted:
        text = f"{title} is here because it meets what you asked for: {join(granted)}."
        sentences.append(Sentence(text=text, evidence=tuple(proofs), item_id=item.id))
    if missed:
        sentences.append(Sentence(text=f"It does not meet: {join(missed)}.", item_id=item.id))
    alike = likeness(item, ReasonContext(catalog=schema, liked=tuple(liked)))
    if alike is not None:
        sentences.append(alike)
    spoken = _scores(scores or {})
    if spoken:
        sentences.append(Sentence(text=spoken, item_id=item.id))
    return sentences or [
        Sentence(text=f"You gave no wish yet, so {title} came up as a place to start.", item_id=item.id)
    ]


_STAGES = {
    "dense": "its description is close in meaning to your words",
    "lexical": "it shares words with your request",
    "like": "it is close to what you like",
    "rerank": "it read best beside your request",
}


def _scores(scores: Mapping[str, float]) -> str:
    parts = [words for stage, words in _STAGES.items() if scores.get(stage, 0.0) > 0.0]
    return f"In the ranking it counted that {join(parts)}." if parts else ""


def why_not(
    item: Item,
    preferences: Sequence[Preference],
    schema: CatalogSchema,
    satisfied: Callable[[Item, Constraint], bool],
    *,
    seen: bool = False,
    rejected: bool = False,
) -> Sentence:
    """Say which hard wish keeps an item out, with the fact that breaks it."""
    title = plain(item.title)
    if rejected or seen:
        why = "you turned it down" if rejected else "you told me you know it already"
        return Sentence(text=f"I left out {title} because {why}.", item_id=item.id)
    for wish in preferences:
        constraint = wish.constraint()
        if constraint is None or not wish.hard or satisfied(item, constraint):
            continue
        spec, fact = schema.get(wish.attribute), item.attributes.get(wish.attribute)
        words = constraint_words(constraint, schema)
        if spec is None or fact is None:
            text = (
                f"{title} is out because you asked for “{words}” and the catalogue doesn't give its {wish.attribute}."
            )
            return Sentence(text=text, item_id=item.id)
        text = f"{title} is out because you asked for “{words}” and it {clause(spec, fact)}."
        return Sentence(text=text, evidence=_proof(text, wish.attribute, fact), item_id=item.id)
    return Sentence(text=f"Nothing you asked for rules out {title}; other picks simply ranked higher.", item_id=item.id)


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
