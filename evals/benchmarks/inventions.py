"""Plant lies that sound like people: hedged, merged, read into, attributed, compared, dated, relived. Pure.

``grounding`` makes lies by swapping values; these are made of wordings, each false or unknowable from any catalogue's
facts, around true names and labels of the item, since a lie with much truth in it is the hardest to catch.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

_SWAPS = {
    "his": "her", "her": "his", "he": "she", "she": "he", "man": "woman", "woman": "man", "wife": "sister",
    "husband": "brother", "father": "uncle", "mother": "aunt", "son": "nephew", "daughter": "niece", "boy": "girl",
    "girl": "boy", "brother": "cousin", "sister": "cousin", "friend": "enemy", "friends": "rivals",
}  # fmt: skip

_ALWAYS: dict[str, tuple[str, ...]] = {
    "superlative_in_other_words": (
        "No other {noun} comes close to this {kind}.",
        "Nothing tops this {kind} {noun}.",
        "You won't find a finer {kind} {noun}.",
        "It stands above every other {kind} {noun}.",
        "It ranks among the top {kind} {nouns}.",
    ),
    "award_in_other_words": (
        "This {kind} {noun} took home three Golden Globes.",
        "This {kind} {noun} swept the Oscars.",
        "It earned a standing ovation at Venice.",
    ),
    "audience_in_other_words": (
        "It holds 8.9 stars from viewers.",
        "Families adore this {kind} {noun}.",
        "It is a {kind} crowd-pleaser.",
        "Most critics liked this {kind} {noun}.",
    ),
    "exaggeration": (
        "It is an extremely {kind} {noun}.",
        "It is a {kind} {noun} from beginning to end.",
        "It is packed with nonstop {kind}.",
        "Every scene is {kind}.",
    ),
    "mood_read_into": (
        "Its mood turns hopeful at the end.",
        "It leaves you oddly uplifted.",
        "This {kind} {noun} has a melancholy undertone.",
        "There is a quiet tenderness in this {kind} {noun}.",
    ),
    "quotation": (
        "One critic called this {kind} {noun} “a triumph”.",
        "“I will be back,” says the hero of this {kind} {noun}.",
    ),
    "true_story_in_other_words": ("It retells real events.", "This {kind} {noun} is drawn from life."),
    "ending": ("In the end everyone is saved.", "This {kind} {noun} ends happily.", "It closes with a wedding."),
    "source_material": ("This {kind} {noun} is adapted from a bestseller.", "It began as a stage play."),
    "money": ("This {kind} {noun} cost 20 million dollars to make.", "It broke even within a week."),
    "occasion": (
        "It is perfect for a date.",
        "It is suitable for all ages.",
        "This {kind} {noun} is ideal for a rainy Sunday.",
        "It is not for the faint-hearted.",
    ),
    "availability": ("You can stream this {kind} {noun} for free.", "It is out on Netflix."),
    "making": ("This {kind} {noun} was shot in one take.", "It was filmed entirely on location."),
    "season": ("This {kind} {noun} opened in the spring.", "It was made last year.", "It predates sound {nouns}."),
    "fame": ("This {kind} {noun} is little known.", "It is a cult {kind} {noun}.", "It has aged well."),
}
"""Kind of invention -> wordings around a true label; no catalogue's facts bear any of them out."""


class _Facts(NamedTuple):
    label: str
    """A true label."""
    makers: tuple[str, ...]
    players: tuple[str, ...]


def inventions(
    item: Item, others: Sequence[Item], schema: CatalogSchema, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Yield (kind, sentence) of false sentences about the item.

    Args:
        item: what is lied about; it has a description.
        others: items to merge with and compare to; the first is one the user likes.
        schema: their catalogue.
        rng: chooses among wordings.
    """
    facts = _Facts(_label(item, schema), _people(item, schema, made=True), _people(item, schema, made=False))
    words = {"noun": schema.noun, "nouns": schema.noun_plural, "kind": facts.label}
    for kind, wordings in _ALWAYS.items():
        yield kind, rng.choice(wordings).format(**words)
    yield from _of_others(item, others, schema, facts)
    yield from _of_people(item, schema, facts, rng)
    yield from _of_the_story(item, others, rng)
    yield from _of_numbers(item, schema)


def _label(item: Item, schema: CatalogSchema) -> str:
    specs = [spec for spec in schema.attributes if spec.kind == "categories" and not spec.names]
    value = next((v[0] for spec in specs if isinstance(v := item.attributes.get(spec.name), tuple) and v), schema.noun)
    return str(value)


def _people(item: Item, schema: CatalogSchema, *, made: bool) -> tuple[str, ...]:
    """Return the makers, or all others who are named, in the first attribute that has any."""
    for spec in schema.attributes:
        value: AttributeValue | None = item.attributes.get(spec.name)
        if spec.names and value and spec.sentence.endswith("by {value}") is made:
            return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
    return ()


def _known(item: Item) -> str:
    return " ".join([item.title, item.description, *(str(value) for value in item.attributes.values())]).casefold()


def _foreign(item: Item, others: Sequence[Item], spec: AttributeSpec) -> str:
    """Return a label of another item that nothing about this one mentions, even in part."""
    known = _known(item)
    for other in others:
        value = other.attributes.get(spec.name, ())
        for one in value if isinstance(value, tuple) else (value,):
            wordings = {str(one), spec.adjectives.get(str(one), str(one)), spec.nouns.get(str(one), str(one))}
            if not any(wording.casefold().rstrip("s") in known for wording in wordings):
                return str(one)
    return ""


def _of_others(item: Item, others: Sequence[Item], schema: CatalogSchema, facts: _Facts) -> Iterator[tuple[str, str]]:
    liked, noun = others[0], schema.noun
    yield "outshines", f"It outshines {liked.title}."
    yield "remake", f"This {facts.label} {noun} is a remake of {liked.title}."
    yield "inspired", f"It inspired {liked.title}."
    yield "before_another", f"It was released ten years before {liked.title}."
    yield "as_another", f"It feels just like {liked.title}, only sadder."
    for spec in schema.attributes:
        if spec.kind not in ("category", "categories") or spec.names or not (wrong := _foreign(item, others, spec)):
            continue
        yield f"hedged_{spec.name}", f"It may well be a {wrong} {noun}."
        yield f"opinion_{spec.name}", f"Some would call this {facts.label} {noun} {wrong}."
        yield f"part_{spec.name}", f"It is part {facts.label}, part {wrong}."
        yield f"unlike_{spec.name}", f"Unlike {liked.title}, it is {wrong}."
        yield f"partly_{spec.name}", f"There is some {wrong} in this {facts.label} {noun}."


def _of_people(item: Item, schema: CatalogSchema, facts: _Facts, rng: random.Random) -> Iterator[tuple[str, str]]:
    noun = schema.noun
    for maker in facts.makers[:1]:
        yield "first_work", f"It is the first {noun} by {maker}."
        yield "last_work", f"This {facts.label} {noun} was the last one that {maker} made."
        yield "famous_maker", f"It was made by the celebrated {maker}."
        yield "own_life", f"{maker} drew on his own childhood for it."
        if maker not in facts.players:
            yield "maker_plays", f"{maker} plays the lead."
            yield "maker_appears", f"{maker} also appears in a small part."
        for player in facts.players[:1]:
            yield "couple", f"{player} is married to {maker}."
            yield "chosen_by", f"{maker} wrote the part for {player}."
    for player in facts.players[:1]:
        if player not in facts.makers:
            yield "player_made_it", f"{player} made this {facts.label} {noun}."
        yield "absent", f"{player} does not appear in it."
        yield "invented_part", f"It features {player} as a detective."
        yield "music", f"{player} wrote the music."
        yield "praised_player", f"{player} has never been better."
        yield "narrated", f"It is narrated by {player}."
    if len(facts.players) > 1:
        one, other = facts.players[:2]
        yield "lovers", f"{one} and {other} fall in love."
        yield "family", f"{one} plays the father of {other}."
        count = rng.choice((17, 23))
        yield "crowd", f"It features {count} people, among them {one}."


def _of_the_story(item: Item, others: Sequence[Item], rng: random.Random) -> Iterator[tuple[str, str]]:
    told = re.split(r"(?<=[.!?])\s+", item.description)[0].rstrip(".!?")
    other = next((one.description for one in others if one.description and one.description != item.description), "")
    if other:
        second = re.split(r"(?<=[.!?])\s+", other)[0]
        yield "merged", f"{told}, and {second[:1].lower()}{second[1:]}"
    yield "cause", f"{told} because of a family curse."
    yield "consequence", f"{told}, which leads to murder on the moon."
    yield "hope", f"{told}, and finds redemption."
    yield "lesson", f"{told}, and learns what really matters."
    yield "dream", f"{told}, but it was all a dream."
    tokens = told.split()
    places = [place for place, word in enumerate(tokens) if word in _SWAPS]
    if places:
        place = rng.choice(places)
        swapped = [*tokens[:place], _SWAPS[tokens[place]], *tokens[place + 1 :]]
        if _SWAPS[tokens[place]] not in item.description.split():
            yield "wrong_relation", f"{' '.join(swapped)}."


def _of_numbers(item: Item, schema: CatalogSchema) -> Iterator[tuple[str, str]]:
    for spec in schema.attributes:
        fact = item.attributes.get(spec.name)
        if spec.scale or isinstance(fact, bool) or not isinstance(fact, (int, float)) or fact < 2:
            continue
        if spec.unit == "min":
            yield "wrong_unit", f"It runs {fact:g} hours."
            yield "halved", f"It runs {fact / 2:.0f} minutes."
            yield "hardly", f"It runs hardly {fact - 15:g} minutes."
        elif spec.unit == "%":
            yield "out_of_ten", f"It scores {fact:g} out of 10."
            yield "share_of_people", f"{fact:g}% of viewers liked it."
        elif not spec.unit and 1000 <= fact <= 2100:
            yield "year_as_length", f"It runs {fact:g} minutes."
            yield "year_of_the_story", f"It is set in {fact:g}."
            yield "spelt_decade", f"It comes from the {_DECADES[(int(fact) // 10 + 2) % 7]}."
            yield "anniversary", f"It turned fifty in {fact:g}."


_DECADES = ("seventies", "eighties", "nineties", "thirties", "forties", "fifties", "sixties")
