"""Say why an item was picked, and why another was not, with the facts and the ranking behind it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from retrieval.graph import SharedFact
from retrieval.types import CatalogSchema, Item, Value

from ..sentences import Sentence
from ..types import ITEM, TEXT, Evidence, Preference
from .comparing import Satisfied
from .lists import constraint_words
from .phrases import clause, count, counted, join, labels_of, plain, values_of
from .reasons import SPOKEN, ReasonContext, likeness

_MOST_WISHES = 3
_LIKE = "Like "
"""What a sentence about shared facts begins with."""
_MOST_CHANNELS = 2
_FEW_LABELS = 3
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

_CHANNELS = {
    "dense": "for how close its text is in meaning to your words",
    "lexical": "for sharing words with your request",
    "like": "for being close to what you like",
    "graph": "for what it has in common with what you like",
    "wishes": "for how many of your wishes it grants",
    "rerank": "when each text was read side by side with your request",
    "like_video": "for how much its film is like those you like",
    "like_audio": "for sounding like what you like",
    "like_image": "for looking like what you like",
    "text_to_video": "for how well its film fits your words",
    "text_to_audio": "for how well its sound fits your words",
    "text_to_image": "for how well its picture fits your words",
    "audio_to_text": "for how well its text fits your recording",
    "image_to_text": "for how well its text fits your picture",
    "audio": "for how much it sounds like your recording",
    "image": "for how much it looks like your picture",
}
"""Stage of the ranking -> what it stands for in plain words."""


class Standing(Value):
    """Where an item stands that was not picked."""

    state: Literal["", "seen", "rejected", "accepted", "liked", "disliked", "shown"] = ""
    """What keeps it out apart from conditions: what the user said of it, or that it was shown."""
    place: int | None = None
    """Its place in the ranking, 1 first; None when it is not among those ranked."""
    ranked: int = 0
    """How many were ranked."""
    eligible: int = 0
    """Items that satisfy every hard condition."""
    shown: int = 0
    """How many were shown."""


def explain(
    item: Item,
    preferences: Sequence[Preference],
    schema: CatalogSchema,
    satisfied: Satisfied,
    *,
    scores: Mapping[str, Mapping[str, float]] | None = None,
    liked: Sequence[Item] = (),
    shared: Sequence[SharedFact] = (),
) -> list[Sentence]:
    """Say which wishes an item grants and which it does not, what it shares with liked ones, and how it ranked.

    Args:
        item: the pick.
        preferences: the wishes in force.
        schema: the catalogue.
        satisfied: decides exactly whether an item satisfies a constraint.
        scores: item id -> score by stage, of all items it was shown with.
        liked: items the user likes.
        shared: what the item has in common with them, the rarest first.
    """
    wishes = [wish for wish in preferences if wish.constraint() is not None and (wish.hard or wish.strength >= SPOKEN)]
    granted = [wish for wish in wishes if _grants(item, wish, satisfied)]
    missed = [wish for wish in wishes if wish not in granted]
    context = ReasonContext(catalog=schema, preferences=tuple(preferences), liked=tuple(liked), shared=tuple(shared))
    alike = likeness(item, context)
    told = [
        _granted(item, granted[:_MOST_WISHES], schema),
        *(_missed(item, wish, schema) for wish in missed[:_MOST_WISHES]),
        alike,
        _ranked(item, scores or {}),
    ]
    sentences = _titled([sentence for sentence in told if sentence is not None], item)
    nothing = f"You gave no wish yet, so {plain(item.title)} came up as a place to start."
    return sentences or [Sentence(text=nothing, item_id=item.id)]


def _titled(sentences: list[Sentence], item: Item) -> list[Sentence]:
    """Let the first sentence name the item; those written to follow another begin with a likeness or with "it"."""
    title = plain(item.title)
    if not sentences or sentences[0].text.startswith(title):
        return sentences
    first = sentences[0].text
    if first.startswith(_LIKE):
        named = f"{title} is here because, {first[:1].lower()}{first[1:]}"
    else:
        named = f"{title}: {first[:1].lower()}{first[1:]}"
    return [sentences[0].model_copy(update={"text": named}), *sentences[1:]]


def _grants(item: Item, wish: Preference, satisfied: Satisfied) -> bool:
    constraint = wish.constraint()
    return constraint is not None and satisfied(item, constraint)


def _granted(item: Item, wishes: Sequence[Preference], schema: CatalogSchema) -> Sentence | None:
    """Name the wishes that the item grants, and the facts that grant them."""
    if not wishes:
        return None
    asked = join(f"“{_words(wish, schema)}”" for wish in wishes)
    facts, proofs = _facts(item, wishes, schema)
    proofs += [
        Evidence(claim=wish.quote or asked, field=wish.attribute, value=wish.value, source="user") for wish in wishes
    ]
    title = plain(item.title)
    text = f"{title} is here because you asked for {asked}" + (f": it {join(facts)}." if facts else ".")
    return Sentence(text=text, evidence=tuple(proofs), item_id=item.id)


def _missed(item: Item, wish: Preference, schema: CatalogSchema) -> Sentence | None:
    """Own up to a wish that the item does not grant, with the fact that stands against it."""
    facts, proofs = _facts(item, [wish], schema)
    words, spec = _words(wish, schema), schema.get(wish.attribute)
    if not facts:
        name = spec.display if spec else wish.attribute.replace("_", " ")
        return Sentence(text=f"You asked for “{words}”, and the catalogue doesn't give its {name}.", item_id=item.id)
    asked = Evidence(claim=wish.quote or words, field=wish.attribute, value=wish.value, source="user")
    text = f"It falls short of “{words}”: it {facts[0]}."
    return Sentence(text=text, evidence=(*proofs, asked), item_id=item.id)


def _facts(item: Item, wishes: Sequence[Preference], schema: CatalogSchema) -> tuple[list[str], list[Evidence]]:
    """Return the item's facts that the wishes are about, each once, wished-for labels first."""
    texts: list[str] = []
    proofs: list[Evidence] = []
    for name in dict.fromkeys(wish.attribute for wish in wishes):
        spec, fact = schema.get(name), item.attributes.get(name)
        if spec is None or fact is None or isinstance(fact, bool):
            continue
        wanted = {str(one).casefold() for wish in wishes if wish.attribute == name for one in values_of(wish.value)}
        if isinstance(fact, tuple):
            fact = tuple(sorted(labels_of(fact), key=lambda one: one.casefold() not in wanted))[:_FEW_LABELS]
        texts.append(clause(spec, fact))
        proofs += [Evidence(claim=texts[-1], field=name, value=one) for one in values_of(fact)]
    return texts, proofs


def _words(wish: Preference, schema: CatalogSchema) -> str:
    constraint = wish.constraint()
    return constraint_words(constraint, schema) if constraint else plain(wish.label or str(wish.value))


def _ranked(item: Item, scores: Mapping[str, Mapping[str, float]]) -> Sentence | None:
    """Say what spoke for the item in the ranking, by its place among the items it was shown with."""
    best = best_stages(item.id, scores)
    if not best:
        return None
    told = join(f"{_ordinal(place)} {_CHANNELS[stage]}" for place, stage in best)
    text = f"Among the {count(len(scores))} shown it came {told}."
    proofs = tuple(
        Evidence(
            claim=f"{_ordinal(place)} {_CHANNELS[stage]}", field=stage, value=scores[item.id][stage], source="search"
        )
        for place, stage in best
    )
    return Sentence(text=text, evidence=proofs, item_id=item.id)


def best_stages(item_id: str, scores: Mapping[str, Mapping[str, float]]) -> list[tuple[int, str]]:
    """Return (place, stage) of the stages of the ranking that speak most for an item, 1 best, at most two.

    Args:
        item_id: the item.
        scores: item id -> score by stage, of all items it was shown with.
    """
    own = scores.get(item_id, {})
    places: list[tuple[int, str]] = []
    for stage in _CHANNELS:
        others = [of[stage] for of in scores.values() if stage in of]
        if own.get(stage, 0.0) > 0.0 and len(set(others)) > 1:
            places.append((1 + sum(score > own[stage] for score in others), stage))
    # The best places say most; of equal ones the later stage, which saw more.
    return sorted(places, key=lambda place: (place[0], -list(_CHANNELS).index(place[1])))[:_MOST_CHANNELS]


def _ordinal(place: int) -> str:
    return _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"number {place}"


_STATES = {
    "seen": "I left out {title} because you told me you know it already.",
    "rejected": "I left out {title} because you turned it down.",
    "accepted": "I left out {title} because you chose it already.",
    "liked": "I left out {title} because you named it as one you like, so you know it already.",
    "disliked": "I left out {title} because you said you don't like it.",
    "shown": "{title} is among the {nouns} I showed you.",
}


def why_not(
    item: Item,
    preferences: Sequence[Preference],
    schema: CatalogSchema,
    satisfied: Satisfied,
    standing: Standing | None = None,
) -> Sentence:
    """Say what keeps an item out: what the user said of it, the hard wishes it breaks with the facts, or its rank."""
    standing, title = standing or Standing(), plain(item.title)
    if standing.state:
        text = _STATES[standing.state].format(title=title, nouns=schema.noun_plural)
        proof = Evidence(claim=text, field=ITEM, value=item.title, source="user")
        return Sentence(text=text, evidence=(proof,), item_id=item.id)
    broken = [
        wish
        for wish in preferences
        if wish.hard and wish.attribute not in (ITEM, TEXT) and not _grants(item, wish, satisfied)
    ]
    if broken:
        return _excluded(item, broken[:_MOST_WISHES], schema)
    return Sentence(text=_outranked(item, preferences, schema, satisfied, standing), item_id=item.id)


def _excluded(item: Item, broken: Sequence[Preference], schema: CatalogSchema) -> Sentence:
    why: list[str] = []
    proofs: list[Evidence] = []
    for wish in broken:
        facts, evidence = _facts(item, [wish], schema)
        spec = schema.get(wish.attribute)
        name = spec.display if spec else wish.attribute.replace("_", " ")
        why.append(
            f"you asked for “{_words(wish, schema)}” and "
            + (f"it {facts[0]}" if facts else f"the catalogue doesn't give its {name}")
        )
        asked = Evidence(claim=wish.quote or why[-1], field=wish.attribute, value=wish.value, source="user")
        proofs += [*evidence, asked]
    text = f"{plain(item.title)} is out because {'; and '.join(why)}."
    return Sentence(text=text, evidence=tuple(proofs), item_id=item.id)


def _outranked(
    item: Item, preferences: Sequence[Preference], schema: CatalogSchema, satisfied: Satisfied, standing: Standing
) -> str:
    """Say that nothing excludes the item, where it came in the ranking, and which soft wish it misses."""
    fitting = f"Nothing you asked for rules out {plain(item.title)}; other {schema.noun_plural} simply ranked higher"
    missed = next(
        (
            wish
            for wish in preferences
            if wish.constraint() is not None and wish.strength >= SPOKEN and not _grants(item, wish, satisfied)
        ),
        None,
    )
    if standing.place is not None:
        fitting += f": it comes in place {standing.place:,} of the {counted(standing.eligible, schema)} that fit"
    elif standing.ranked:
        fitting += (
            f": it is not among the first {standing.ranked:,} of the {counted(standing.eligible, schema)} that fit"
        )
    return f"{fitting}. It also falls short of “{_words(missed, schema)}”." if missed else f"{fitting}."
