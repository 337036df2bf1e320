"""Templates: exact opening lines, honest answers, and reasons that pass the checker whatever the catalogue."""

from __future__ import annotations

import random

import pytest

from agent.grounding import GroundingContext, check
from agent.templates import (
    ReasonContext,
    answer_fact,
    compare,
    describe,
    explain,
    few_matches,
    missing_titles,
    nothing_matches,
    opening,
    preference_summary,
    reason,
    refuse,
    why_not,
)
from agent.types import Preference
from retrieval import satisfies
from retrieval.demo import films, schema
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Op, Relaxation

SCHEMA = schema()
RIFIFI = Item(
    id="r",
    title="Rififi",
    description="Four ex-cons plan a jewel robbery.",
    attributes={
        "year": 1955,
        "genres": ("Crime", "Thriller"),
        "director": ("Jules Dassin",),
        "country": ("France",),
        "runtime": 118,
        "moods": ("tense", "bleak"),
        "themes": ("heist",),
        "tone": 1,
    },
)
HEAT = Item(
    id="h",
    title="Heat | <b>1995</b>",
    attributes={"year": 1995, "genres": ("Crime",), "themes": ("heist",), "runtime": 170, "cast": ("Al Pacino",)},
)


def hard(attribute: str, op: Op, value: AttributeValue) -> Constraint:
    return Constraint(attribute=attribute, op=op, value=value)


def wish(attribute: str, value: AttributeValue, quote: str, op: Op = "eq", *, must: bool = False) -> Preference:
    return Preference(id=quote, attribute=attribute, op=op, value=value, hard=must, turn_id="t", quote=quote)


@pytest.mark.parametrize(
    ("constraints", "line"),
    [
        ([hard("genres", "eq", "Crime"), hard("year", "lt", 1995), hard("runtime", "lt", 120)],
         "Three crime films from before 1995 and under two hours:"),
        ([hard("genres", "eq", "Comedy"), hard("country", "eq", "France")], "Three French comedies:"),
        ([hard("year", "ge", 1990), hard("year", "le", 1999)], "Three films from the 1990s:"),
        ([hard("director", "eq", "Ang Lee")], "Three films directed by Ang Lee:"),
        ([hard("genres", "ne", "Horror")], "Three films not listed as horror:"),
        ([hard("genres", "in", ("Crime", "War"))], "Three films listed as crime or war:"),
        ([hard("language", "eq", "French")], "Three films in French:"),
        ([hard("critics_score", "ge", 90)], "Three films with a critics' score of at least 90%:"),
        ([hard("oscars", "ge", 1)], "Three films with at least 1 Oscar won:"),
        ([hard("pace", "le", 2)], "Three films with a slow pace:"),
        ([hard("country", "ne", "United States")], "Three films that do not come from the United States:"),
        ([], "Here are three films:"),
    ],
)  # fmt: skip
def test_the_opening_line_says_exactly_which_conditions_hold(constraints: list[Constraint], line: str) -> None:
    assert opening(SCHEMA, constraints, 3) == line


def test_the_opening_line_leaves_soft_wishes_out_and_owns_up_to_too_few() -> None:
    soft = Constraint(attribute="moods", op="eq", value="tense", hard=False)
    assert opening(SCHEMA, [hard("genres", "eq", "Crime"), soft], 1, asked=5) == "There is only one crime film:"


def test_nothing_matches_says_what_to_drop_and_what_that_brings() -> None:
    short, crime = hard("runtime", "lt", 80), hard("genres", "eq", "Crime")
    text = nothing_matches(
        SCHEMA,
        [short, crime],
        [Relaxation(constraint=short, would_add=12, nearest=82), Relaxation(constraint=crime, would_add=3)],
    )
    assert text == (
        "The catalogue has no crime films under 80 minutes. Dropping “under 80 minutes” would leave 12 films "
        "(the nearest has 82 minutes); dropping “crime” would leave 3."
    )
    assert "No single condition" in nothing_matches(SCHEMA, [short, crime])
    assert few_matches(SCHEMA, [Relaxation(constraint=short, would_add=4)]) == (
        "Dropping “under 80 minutes” would add 4 more."
    )
    assert few_matches(SCHEMA, []) == ""


def test_missing_titles_are_named() -> None:
    assert missing_titles(["Dune 3"]) == "I don't have “Dune 3” in this catalogue, so I went by your words."
    assert missing_titles([]) == ""


def test_a_reason_names_the_wishes_that_the_item_grants() -> None:
    wishes = (wish("runtime", 120, "under two hours", "le", must=True), wish("moods", "tense", "something tense"))
    text = " ".join(s.text for s in reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=wishes, seed="t")))
    assert "1955 French crime thriller" in text
    assert "directed by Jules Dassin" in text
    assert "118 minutes, within your two hours" in text
    assert "feels tense" in text
    assert text.endswith(RIFIFI.description)


def test_a_reason_compares_with_a_liked_item_only_in_what_they_share() -> None:
    liked = HEAT.model_copy(update={"title": "Heat"})
    text = " ".join(s.text for s in reason(RIFIFI, ReasonContext(catalog=SCHEMA, liked=(liked,))))
    assert "Like Heat, it deals with heist" in text


def test_a_reason_owns_up_to_a_wish_it_does_not_grant() -> None:
    unmet = (Constraint(attribute="tone", op="ge", value=4, hard=False),)
    wishes = (wish("tone", 4, "light", "ge"),)
    context = ReasonContext(catalog=SCHEMA, preferences=wishes, unmet=unmet)
    assert "It is darker than you asked for." in [s.text for s in reason(RIFIFI, context)]


def test_the_same_turn_reads_the_same_and_another_turn_may_differ() -> None:
    def first(seed: str) -> str:
        return reason(RIFIFI, ReasonContext(catalog=SCHEMA, seed=seed))[0].text

    assert first("a") == first("a")
    assert len({first(str(n)) for n in range(20)}) == 3


def test_every_reason_about_real_films_passes_the_checker_with_evidence() -> None:
    rng = random.Random(42)
    every = list(films())
    wishes = (wish("runtime", 180, "up to three hours", "le", must=True), wish("genres", "Crime", "crime films"))
    for item in rng.sample(every, 60) + rng.sample([film for film in every if film.description], 40):
        context = ReasonContext(catalog=SCHEMA, preferences=wishes, liked=(every[0],), seed="t")
        about = GroundingContext(item=item, catalog=SCHEMA, preferences=wishes, liked=(every[0],))
        sentences = reason(item, context)
        assert sentences
        for sentence in sentences:
            verdict = check(sentence.text, about)
            assert verdict.supported, (item.title, sentence.text, verdict.unsupported)
            assert sentence.text[0].isupper() or sentence.text[0].isdigit() or sentence.text.startswith(item.title)
            assert sentence.text[-1] in ".!?…"
            assert sentence.evidence or sentence.text.startswith("This is a film")


def test_a_reason_needs_no_more_than_a_title() -> None:
    bare = Item(id="x", title="X")
    assert [s.text for s in reason(bare, ReasonContext(catalog=CatalogSchema(name="c")))]


def test_other_catalogues_speak_their_own_words() -> None:
    catalog = CatalogSchema(
        name="tracks",
        noun="track",
        noun_plural="tracks",
        attributes=(
            AttributeSpec(name="artist", kind="category", names=True, sentence="was recorded by {value}"),
            AttributeSpec(name="bpm", kind="number", unit="bpm", label="tempo", sentence="has a tempo of {value} bpm"),
            AttributeSpec(name="explicit", kind="boolean"),
        ),
    )
    track = Item(id="1", title="Slow Train", attributes={"artist": "Nina Fields", "bpm": 84, "explicit": False})
    text = " ".join(s.text for s in reason(track, ReasonContext(catalog=catalog)))
    assert "track" in text
    assert "recorded by Nina Fields" in text
    assert "84 bpm" in text
    assert opening(catalog, [hard("bpm", "le", 90)], 2) == "Two tracks with a tempo of at most 90 bpm:"
    assert answer_fact(track, "explicit", catalog).text == "Slow Train is not explicit."


def test_facts_are_answered_or_owned_to_be_unknown() -> None:
    assert answer_fact(RIFIFI, "runtime", SCHEMA).text == "Rififi runs 118 minutes."
    assert answer_fact(RIFIFI, "runtime", SCHEMA).evidence[0].value == 118
    assert answer_fact(RIFIFI, "writers", SCHEMA).text == (
        "The catalogue doesn't give the writers of Rififi, so I don't know."
    )
    assert "nothing about the shoe size" in answer_fact(RIFIFI, "shoe_size", SCHEMA).text
    crowd = RIFIFI.model_copy(update={"attributes": {"cast": tuple(f"Actor {n}" for n in range(11))}})
    assert answer_fact(crowd, "cast", SCHEMA).text.endswith("Actor 7 and three more.")


def test_a_comparison_is_a_table_with_its_markdown_disarmed() -> None:
    text = compare([RIFIFI, HEAT], SCHEMA).text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count(" | ") for row in rows} == {2}
    assert r"Heat / \<b\>1995\</b\>" in rows[0]
    assert "| Running time | 118 minutes | 170 minutes |" in rows
    assert "not known" in text
    assert "by 52 minutes" in text


def test_explanations_tell_granted_wishes_from_others() -> None:
    wishes = [wish("genres", "Crime", "crime", must=True), wish("runtime", 90, "short", "le")]
    sentences = explain(RIFIFI, wishes, SCHEMA, lambda item, c: satisfies(item, c, SCHEMA), scores={"dense": 0.4})
    text = " ".join(sentence.text for sentence in sentences)
    assert "meets what you asked for: crime." in text
    assert "does not meet: at most 90 minutes." in text
    assert "close in meaning" in text


def test_why_not_names_the_wish_and_the_fact_that_break() -> None:
    wishes = [wish("runtime", 90, "under 90", "le", must=True)]
    answer = why_not(RIFIFI, wishes, SCHEMA, lambda item, c: satisfies(item, c, SCHEMA))
    assert answer.text == "Rififi is out because you asked for “at most 90 minutes” and it runs 118 minutes."
    assert "turned it down" in why_not(RIFIFI, [], SCHEMA, lambda _i, _c: True, rejected=True).text
    assert "Nothing you asked for" in why_not(RIFIFI, [], SCHEMA, lambda _i, _c: True).text


def test_preferences_and_refusals_in_words() -> None:
    wishes = [wish("genres", "Crime", "crime", must=True), wish("text", "rainy nights", "rainy nights")]
    assert preference_summary(wishes, SCHEMA) == "It must be: crime. You would like: “rainy nights”."
    assert "know nothing" in preference_summary([], SCHEMA)
    assert "films" in refuse("off_topic", SCHEMA)
    assert refuse("no such reason", SCHEMA) == refuse("off_topic", SCHEMA)


def test_a_description_tells_the_main_facts_once() -> None:
    texts = [sentence.text for sentence in describe(RIFIFI, SCHEMA)]
    assert len(texts) == len(set(texts))
    assert RIFIFI.description in texts
