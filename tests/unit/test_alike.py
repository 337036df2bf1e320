"""What an item has in common with a liked one, and how that is told in each language."""

from __future__ import annotations

import pytest

from agent.templates import ReasonContext
from agent.templates.alike import alike
from agent.types import Evidence, Preference
from agent.voices import Voices
from retrieval.demo import schema
from retrieval.filters import satisfies
from retrieval.graph import SharedFact
from retrieval.types import AttributeValue, Constraint, Item

SCHEMA = schema()
VOICES = Voices(SCHEMA)


def film(item_id: str, title: str, **facts: AttributeValue) -> Item:
    return Item(id=item_id, title=title, attributes=facts)


VERTIGO = film(
    "v",
    "Vertigo",
    director=("Alfred Hitchcock",),
    cast=("James Stewart", "Kim Novak"),
    studio=("Paramount",),
    language=("English",),
)
NOON = film("n", "High Noon", director=("Fred Zinnemann",), cast=("Gary Cooper", "Grace Kelly"), language=("English",))
WINDOW = film(
    "w",
    "Rear Window",
    director=("Alfred Hitchcock",),
    cast=("James Stewart", "Grace Kelly"),
    studio=("Paramount",),
    language=("English",),
)
SHARED = (
    SharedFact(liked_id="n", attribute="cast", value="Grace Kelly", owners=8),
    SharedFact(liked_id="v", attribute="cast", value="James Stewart", owners=31),
    SharedFact(liked_id="v", attribute="director", value="Alfred Hitchcock", owners=44),
    SharedFact(liked_id="v", attribute="studio", value="Paramount", owners=900),
    SharedFact(liked_id="n", attribute="language", value="English", owners=14_000),
)


def wish(attribute: str, value: str, polarity: str = "dislike") -> Preference:
    return Preference.model_validate(
        {"id": value, "attribute": attribute, "value": value, "polarity": polarity, "turn_id": "t", "quote": value}
    )


def chosen(
    *preferences: Preference, shared: tuple[SharedFact, ...] = SHARED, liked: tuple[Item, ...] = (VERTIGO, NOON)
) -> object:
    found = alike(WINDOW, liked, shared, preferences, SCHEMA, 2)
    return found and (found.spec.name, found.values, found.liked.title, found.owners)


def test_the_rarest_shared_fact_is_told_of_whichever_liked_item_has_it() -> None:
    assert chosen() == ("cast", ("Grace Kelly",), "High Noon", 8)
    assert chosen(liked=(VERTIGO,)) == ("cast", ("James Stewart",), "Vertigo", 31)


@pytest.mark.parametrize(
    ("preferences", "told"),
    [
        ([wish("cast", "grace kelly")], ("cast", ("James Stewart",), "Vertigo", 31)),
        ([wish("item", "n")], ("cast", ("James Stewart",), "Vertigo", 31)),
        ([wish("item", "n"), wish("cast", "James Stewart")], ("director", ("Alfred Hitchcock",), "Vertigo", 44)),
        ([wish("item", "n"), wish("item", "v")], None),
        ([wish("cast", "Grace Kelly", "like")], ("cast", ("Grace Kelly",), "High Noon", 8)),
    ],
)
def test_nothing_disliked_is_a_reason(preferences: list[Preference], told: object) -> None:
    assert chosen(*preferences) == told


def test_only_what_is_true_of_both_is_claimed() -> None:
    lies = (
        SharedFact(liked_id="v", attribute="cast", value="Kim Novak", owners=2),
        SharedFact(liked_id="n", attribute="director", value="Fred Zinnemann", owners=2),
        SharedFact(liked_id="x", attribute="director", value="Alfred Hitchcock", owners=2),
        SharedFact(liked_id="v", attribute="nothing", value="Alfred Hitchcock", owners=2),
    )
    assert chosen(shared=lies) is None
    assert chosen(shared=(*lies, *SHARED)) == ("cast", ("Grace Kelly",), "High Noon", 8)


def test_a_language_in_common_is_no_reason() -> None:
    assert chosen(shared=SHARED[-1:]) is None


def test_without_a_graph_names_come_before_other_labels() -> None:
    assert chosen(shared=()) == ("director", ("Alfred Hitchcock",), "Vertigo", None)
    assert alike(WINDOW, [WINDOW], (), (), SCHEMA, 2) is None, "an item is not like itself"


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_every_language_tells_the_path_with_evidence_and_why_counts_it(language: str) -> None:
    voice = VOICES.of(language)
    context = ReasonContext(catalog=SCHEMA, liked=(VERTIGO, NOON), shared=SHARED)
    told = next(one for one in voice.reason(WINDOW, context) if "High Noon" in one.text)
    assert "Grace Kelly" in told.text
    shared = [proof for proof in told.evidence if proof.source == "graph"]
    assert [(proof.field, proof.value) for proof in shared] == [("cast", "Grace Kelly")]
    assert Evidence(claim="High Noon", field="item", value="High Noon", source="user") in told.evidence

    def satisfied(item: Item, constraint: Constraint) -> bool:
        return satisfies(item, constraint, SCHEMA)

    why = " ".join(one.text for one in voice.explain(WINDOW, [], satisfied, liked=[VERTIGO, NOON], shared=SHARED))
    assert "High Noon" in why and "Grace Kelly" in why and "8" in why


def test_why_says_that_the_graph_spoke() -> None:
    scores = {"w": {"graph": 0.5, "like": 0.1}, "o": {"graph": 0.2, "like": 0.3}, "p": {"like": 0.2}}
    for language, words in (("en", "in common with what you like"), ("de", "gemeinsam"), ("zh", "共同之处")):
        told = VOICES.of(language).explain(WINDOW, [], lambda *_: True, scores=scores, liked=[])
        assert words in " ".join(one.text for one in told)
