"""Templates: exact opening lines, honest answers, and reasons that pass the checker whatever the catalogue."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.grounding import GroundingContext, check
from agent.templates import (
    ReasonContext,
    Standing,
    answer_fact,
    compare,
    describe,
    explain,
    few_matches,
    how_many,
    missing_titles,
    nothing_matches,
    opening,
    preference_summary,
    reason,
    refuse,
    same,
    which,
    why_not,
)
from agent.types import Origin, Preference
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
        ([hard("tone", "gt", 1)], "Three films lighter than “very dark”:"),
        ([hard("country", "ne", "United States")], "Three films that do not come from the United States:"),
        ([], "Here are three films:"),
    ],
)  # fmt: skip
def test_the_opening_line_says_exactly_which_conditions_hold(constraints: list[Constraint], line: str) -> None:
    assert opening(SCHEMA, constraints, 3) == line


def test_the_opening_line_leaves_soft_wishes_out_and_owns_up_to_too_few() -> None:
    soft = Constraint(attribute="moods", op="eq", value="tense", hard=False)
    assert opening(SCHEMA, [hard("genres", "eq", "Crime"), soft], 1, asked=5) == "There is only one crime film:"


@pytest.mark.parametrize(
    ("constraint", "line"),
    [
        (hard("cast", "eq", "Uma Thurman"), "There is only one film that features Uma Thurman:"),
        (hard("director", "eq", "Ang Lee"), "There is only one film directed by Ang Lee:"),
        (hard("country", "ne", "France"), "There is only one film that does not come from France:"),
    ],
)
def test_the_opening_line_agrees_with_one_item(constraint: Constraint, line: str) -> None:
    assert opening(SCHEMA, [constraint], 1, asked=5) == line


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
    assert len({first(str(n)) for n in range(60)}) == 6


@pytest.mark.parametrize("liked", [(), (HEAT.model_copy(update={"title": "Heat"}),)])
def test_no_shape_is_used_twice_among_the_first_picks_of_a_list(liked: tuple[Item, ...]) -> None:
    wishes = (wish("runtime", 120, "under two hours", "le", must=True), wish("moods", "tense", "something tense"))
    for seed in range(10):
        told = [
            reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=wishes, seed=str(seed), place=place))
            for place in range(5)
        ]
        assert len({sentences[0].text for sentences in told}) == 5
        assert len({sentences[1].text for sentences in told}) == 5


def test_a_reason_names_the_user_s_own_words() -> None:
    wishes = (wish("moods", "tense", "something tense"),)
    texts = {
        reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=wishes, place=place))[1].text for place in range(5)
    }
    assert "You asked for “something tense”: it feels tense and bleak." in texts
    assert "As you asked, it feels tense and bleak." in texts


def test_soft_wishes_that_are_not_granted_are_disclosed_with_the_fact() -> None:
    wishes = (wish("country", "Italy", "Italian"), wish("runtime", 90, "short", "le"))
    unmet = tuple(constraint for one in wishes if (constraint := one.constraint()))
    told = {
        tuple(
            sentence.text
            for sentence in reason(
                RIFIFI, ReasonContext(catalog=SCHEMA, preferences=wishes, unmet=unmet, place=place), described=False
            )[1:]
            if "asked" in sentence.text
        )
        for place in range(3)
    }
    assert len(told) == 3
    assert all("France" in first and "Italian" in first for first, _ in told)
    assert all("longer than you asked for" in second for _, second in told)


def test_what_the_user_wanted_to_be_spared_is_disclosed_too() -> None:
    spared = wish("genres", "Thriller", "no thrillers").model_copy(update={"polarity": "dislike"})
    constraint = spared.constraint()
    assert constraint is not None
    context = ReasonContext(catalog=SCHEMA, preferences=(spared,), unmet=(constraint,))
    told = [sentence.text for sentence in reason(RIFIFI, context)]
    assert any("it is listed as thriller" in text.casefold() and "asked" in text for text in told)


@given(
    hard=st.booleans(),
    strength=st.floats(0, 1),
    origin=st.sampled_from(["said", "answer", "memory"]),
    limit=st.integers(1, 300),
    place=st.integers(0, 10),
)
def test_a_shortfall_is_only_ever_told_of_a_soft_wish_of_the_user(
    hard: bool, strength: float, origin: Origin, limit: int, place: int
) -> None:
    """Hard wishes are exact, so "longer than you asked for" would be a lie about the search even when handed in."""
    one = wish("runtime", limit, f"under {limit}", "lt", must=hard)
    one = one.model_copy(update={"strength": strength, "origin": origin})
    constraint = one.constraint()
    assert constraint is not None
    unmet = () if satisfied(RIFIFI, constraint) else (constraint,)
    told = reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=(one,), unmet=unmet, place=place))
    disclosed = any("than you asked for" in sentence.text for sentence in told)
    assert disclosed is (bool(unmet) and not hard and strength >= 0.5 and origin != "memory" and limit != 118)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("a funny one", "“a funny one”"),
        ("one that the whole family of nine can sit through laughing together", "“comedy”"),
    ],
)
def test_a_shortfall_quotes_the_users_own_words_where_they_are_few(quote: str, said: str) -> None:
    one = wish("genres", "Comedy", quote)
    constraint = one.constraint()
    assert constraint is not None
    told = reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=(one,), unmet=(constraint,)))
    assert [said in sentence.text for sentence in told if "you asked for" in sentence.text.lower()] == [True]


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


def satisfied(item: Item, constraint: Constraint) -> bool:
    return satisfies(item, constraint, SCHEMA)


def test_a_comparison_is_a_table_of_what_is_known_of_both_in_plain_text() -> None:
    told = compare([RIFIFI, HEAT], SCHEMA)
    rows = {row.label: row.cells for row in told.table.rows}
    assert told.table.columns == ("Rififi", "Heat / <b>1995</b>")
    assert rows["Running time"] == ("118 minutes", "170 minutes")
    assert "Director" not in rows
    assert told.sentence.text == "Rififi is shorter than Heat / <b>1995</b> by 52 minutes."
    assert {proof.value for proof in told.sentence.evidence} == {118, 170}


def test_a_comparison_says_which_item_grants_the_wish_that_only_one_grants() -> None:
    heat = HEAT.model_copy(update={"title": "Heat"})
    wishes = [wish("genres", "Crime", "crime"), wish("runtime", 120, "under two hours", "lt", must=True)]
    sentence = compare([heat, RIFIFI], SCHEMA, wishes, satisfied).sentence
    assert sentence.text == ("You asked for “under two hours”: Rififi (118 minutes) does, Heat (170 minutes) does not.")
    assert {(proof.field, proof.source) for proof in sentence.evidence} == {("runtime", "user"), ("runtime", "item")}


def test_a_comparison_goes_by_the_attribute_that_was_asked_about_and_owns_up_to_no_difference() -> None:
    asked = compare([RIFIFI, HEAT], SCHEMA, attribute="year")
    assert asked.table.rows[0].label == "Year"
    assert asked.sentence.text == "Rififi (1955) is older than Heat / <b>1995</b> (1995)."
    twin = RIFIFI.model_copy(update={"id": "twin", "title": "Twin"})
    assert compare([RIFIFI, twin], SCHEMA).sentence.text == (
        "The catalogue gives nothing that tells Rififi and Twin apart."
    )


def test_of_three_items_a_comparison_gives_the_order() -> None:
    third = RIFIFI.model_copy(update={"id": "x", "title": "Third", "attributes": {"runtime": 95}})
    told = compare([RIFIFI, HEAT, third], SCHEMA, attribute="runtime")
    assert told.sentence.text.startswith("By running time, from high to low: Heat")
    assert told.sentence.text.endswith("and Third with 95 minutes.")


def test_explanations_tell_granted_wishes_from_others_with_the_facts() -> None:
    wishes = [wish("genres", "Crime", "crime", must=True), wish("runtime", 90, "short", "le")]
    sentences = explain(RIFIFI, wishes, SCHEMA, satisfied)
    assert [sentence.text for sentence in sentences] == [
        "Rififi is here because you asked for “crime”: it is listed as crime and thriller.",
        "It falls short of “at most 90 minutes”: it runs 118 minutes.",
    ]
    assert all(sentence.evidence for sentence in sentences)


def test_explanations_put_the_scores_in_words_beside_the_other_picks() -> None:
    scores = {"r": {"dense": 0.4, "lexical": 2.0}, "h": {"dense": 0.3, "lexical": 5.0}}
    told = explain(RIFIFI, [], SCHEMA, satisfied, scores=scores)[-1]
    assert told.text == (
        "Rififi: among the two shown it came first for how close its text is in meaning to your words and second for "
        "sharing words with your request."
    )
    assert [(proof.field, proof.value, proof.source) for proof in told.evidence] == [
        ("dense", 0.4, "search"),
        ("lexical", 2.0, "search"),
    ]


def test_an_explanation_by_likeness_names_the_item() -> None:
    liked = HEAT.model_copy(update={"title": "Heat"})
    told = explain(RIFIFI, [], SCHEMA, satisfied, liked=[liked])
    assert told[0].text == "Rififi is here because, like Heat, it deals with heist."


def test_an_explanation_without_wishes_or_scores_says_so() -> None:
    assert "You gave no wish yet" in explain(RIFIFI, [], SCHEMA, satisfied)[0].text


def test_why_not_names_the_wishes_and_the_facts_that_break() -> None:
    wishes = [
        wish("runtime", 90, "under 90", "le", must=True),
        wish("writers", "Ang Lee", "by Ang Lee", must=True),
        wish("country", "Italy", "Italian"),
    ]
    answer = why_not(RIFIFI, wishes, SCHEMA, satisfied)
    assert answer.text == (
        "Rififi is out because you asked for “at most 90 minutes” and it runs 118 minutes; and you asked for "
        "“written by Ang Lee” and the catalogue doesn't give its writers."
    )
    assert {proof.source for proof in answer.evidence} == {"item", "user"}


@pytest.mark.parametrize("state", ["seen", "rejected", "accepted", "liked", "disliked", "shown"])
def test_why_not_says_what_the_user_said_of_it(state: str) -> None:
    standing = Standing.model_validate({"state": state})
    answer = why_not(RIFIFI, [wish("runtime", 90, "under 90", "le", must=True)], SCHEMA, satisfied, standing)
    assert "Rififi" in answer.text
    assert "out because" not in answer.text
    assert answer.evidence


def test_why_not_gives_the_place_of_what_only_ranked_lower() -> None:
    placed = why_not(RIFIFI, [], SCHEMA, satisfied, Standing(place=17, ranked=100, eligible=1204))
    assert placed.text.endswith("it comes in place 17 of the 1,204 films that fit.")
    deep = why_not(RIFIFI, [], SCHEMA, satisfied, Standing(ranked=100, eligible=1204))
    assert "not among the first 100 of the 1,204 films" in deep.text
    soft = why_not(RIFIFI, [wish("country", "Italy", "Italian")], SCHEMA, satisfied, Standing(ranked=100, eligible=200))
    assert soft.text.endswith("It also falls short of “Italian”.")


def test_which_of_them_names_those_that_fit_and_those_nobody_knows() -> None:
    bare = Item(id="b", title="Bare")
    short = which([RIFIFI, HEAT, bare], [hard("runtime", "lt", 120)], SCHEMA, satisfied)
    assert short.text == (
        "“under two hours”: Rififi (118 minutes). The catalogue doesn't say for Bare, so I don't know."
    )
    none = which([RIFIFI], [hard("country", "eq", "Italy")], SCHEMA, satisfied)
    assert none.text == "None of these is “Italian”, as far as the catalogue says. Rififi: France."
    assert which([bare], [hard("country", "eq", "Italy")], SCHEMA, satisfied).text.startswith("The catalogue doesn't")


def test_counts_and_likenesses_come_with_their_evidence() -> None:
    french = [hard("genres", "eq", "Comedy"), hard("country", "eq", "France")]
    assert how_many(518, french, SCHEMA).text == "The catalogue has 518 French comedies."
    assert how_many(0, french, SCHEMA).text == "The catalogue has no French comedies."
    assert how_many(1, [], SCHEMA).text == "The catalogue has 1 film."
    other = RIFIFI.model_copy(update={"id": "o", "title": "Other"})
    assert same([RIFIFI, other], "director", SCHEMA).text == "Yes: Rififi and Other were directed by Jules Dassin."
    theirs = other.model_copy(update={"attributes": {"director": ("Ang Lee",)}})
    assert same([RIFIFI, theirs], "director", SCHEMA).text == (
        "No: Rififi was directed by Jules Dassin; Other was directed by Ang Lee."
    )
    assert "doesn't give the director of Heat" in same([RIFIFI, HEAT], "director", SCHEMA).text


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
