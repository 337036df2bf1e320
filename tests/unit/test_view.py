"""What doors show of replies and preferences, in words."""

from __future__ import annotations

import pytest

from agent.types import (
    AnswerAction,
    Conversation,
    Evidence,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
)
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema
from ui import view
from ui.language import english
from ui.words import value_words

SCHEMA = CatalogSchema(
    name="tracks",
    noun="track",
    noun_plural="tracks",
    attributes=(
        AttributeSpec(name="genre", kind="categories"),
        AttributeSpec(name="year", kind="number", headline=1),
        AttributeSpec(name="length", kind="number", unit="min", headline=2),
        AttributeSpec(name="price", kind="number", unit="US$"),
        AttributeSpec(name="share", kind="number", unit="%"),
        AttributeSpec(name="energy", kind="number", scale={1: "calm", 2: "steady", 3: "wild"}),
        AttributeSpec(name="plays", kind="number", shown=False),
        AttributeSpec(name="live", kind="boolean"),
    ),
)


def wish(attribute: str, value: AttributeValue, **more: object) -> Preference:
    return Preference.model_validate(
        {"id": "p", "attribute": attribute, "value": value, "turn_id": "t", "quote": "q", **more}
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("year", 1984, "1984"),
        ("length", 92.0, "92 min"),
        ("length", 3.5, "3.5 min"),
        ("price", 1234567, "US$ 1,234,567"),
        ("share", 93, "93%"),
        ("energy", 1, "calm"),
        ("energy", 2.5, "2.5"),
        ("live", True, "yes"),
        ("genre", ("Dub", "Ska"), "Dub, Ska"),
        ("length", (90.0, 120.0), "90–120 min"),
        ("year", (1990.0, 1999.0), "1990–1999"),
        ("energy", (1.0, 2.0), "calm – steady"),
    ],
)
def test_values_read_as_people_write_them(name: str, value: AttributeValue, words: str) -> None:
    assert value_words(value, SCHEMA.get(name)) == words


@pytest.mark.parametrize(
    ("preference", "words"),
    [
        (wish("length", 4, op="le"), "at most 4 min"),
        (wish("year", 1990, op="gt"), "over 1990"),
        (wish("genre", "Ska", polarity="dislike"), "not Ska"),
        (wish("genre", ("Ska", "Dub"), op="in"), "any of Ska, Dub"),
        (wish("year", (1990.0, 1999.0), op="between"), "1990–1999"),
        (wish("energy", 1, op="le"), "calm"),
        (wish("energy", 3, op="lt"), "not wild"),
        (wish("energy", 3, op="le"), "at most wild"),
        (wish("item", "42", label="One Step Beyond"), "One Step Beyond"),
    ],
)
def test_a_wish_reads_as_a_condition(preference: Preference, words: str) -> None:
    assert view.preference(preference, SCHEMA).words == words


def test_alone_a_figure_says_what_it_counts() -> None:
    assert view.preference(wish("energy", 1), SCHEMA).alone == "calm"
    assert view.preference(wish("length", 4, op="le"), SCHEMA).alone == "length at most 4 min"
    assert view.preference(wish("genre", "Ska"), SCHEMA).alone == "Ska"


def test_wishes_that_must_hold_come_first_and_otherwise_keep_their_order() -> None:
    wishes = [wish("year", 1990), wish("genre", "Ska", hard=True), wish("text", "sunny")]
    assert [shown.attribute for shown in view.preferences(wishes, SCHEMA)] == ["genre", "year", "text"]


def test_only_conditions_on_attributes_can_be_made_strict() -> None:
    strict = [view.preference(wish(name, "x"), SCHEMA).strict for name in ("genre", "item", "text")]
    assert strict == [True, False, False]


def test_the_first_line_of_a_card_holds_what_the_schema_places_there() -> None:
    attributes: dict[str, AttributeValue] = {"length": 4, "year": 1979, "genre": ("Ska",), "plays": 7}
    assert view.headline(attributes, SCHEMA) == ("1979", "4 min")


def test_without_placed_facts_the_first_shown_ones_lead() -> None:
    plain = SCHEMA.model_copy(
        update={"attributes": tuple(a.model_copy(update={"headline": 0}) for a in SCHEMA.attributes)}
    )
    attributes: dict[str, AttributeValue] = {"energy": 1, "year": 1979, "genre": ("A", "B", "C", "D"), "live": True}
    assert view.headline(attributes, plain) == ("A, B, C", "1979")


def test_of_many_labels_the_wished_for_ones_are_shown() -> None:
    plain = SCHEMA.model_copy(update={"attributes": (AttributeSpec(name="genre", kind="categories"),)})
    attributes: dict[str, AttributeValue] = {"genre": ("A", "B", "C", "Ska")}
    assert view.headline(attributes, plain, [wish("genre", "ska")]) == ("Ska, A, B",)
    assert view.headline(attributes, plain, [wish("genre", "ska", polarity="dislike")]) == ("A, B, C",)


def test_facts_that_are_not_to_be_shown_are_on_no_card() -> None:
    rows = view.fact_rows({"plays": 7, "energy": 3}, SCHEMA)
    assert [(row.label, row.value) for row in rows] == [("energy", "wild")]


def recommendation(reason: str, **more: object) -> Recommendation:
    return Recommendation.model_validate({"item_id": "a", "title": "A", "rank": 1, "reason": reason, **more})


def reply(text: str, reason: str, action: AnswerAction | RecommendAction) -> Reply:
    return Reply(session_id="s", turn_id="t", text=text, action=action, recommendations=(recommendation(reason),))


def test_the_lead_of_a_recommendation_leaves_the_reasons_to_the_cards() -> None:
    given = reply("Here is one.\nIt runs 4 min.", "It runs 4 min.", RecommendAction())
    assert view.lead(given) == "Here is one."
    assert [card.reason for card in view.cards(given, SCHEMA)] == ["It runs 4 min."]


def test_the_lead_leaves_out_the_numbered_lines_of_the_list() -> None:
    given = reply("Here is one:\n1. A. It runs 4 min.\nFaster?", "It runs 4 min.", RecommendAction())
    assert view.lead(given) == "Here is one: Faster?"


def test_an_answer_about_an_item_is_said_once_and_not_again_on_its_card() -> None:
    given = reply("It runs 4 min.", "It runs 4 min.", AnswerAction())
    assert view.lead(given) == "It runs 4 min."
    assert [card.reason for card in view.cards(given, SCHEMA)] == [""]


def test_evidence_names_the_field_and_the_source_for_people() -> None:
    shown = view.card(recommendation("", evidence=[Evidence(claim="4 min", field="length", value=4)]), SCHEMA)
    assert [(e.claim, e.field, e.value, e.source) for e in shown.evidence] == [
        ("4 min", "length", "4 min", "catalogue")
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example/x", "x.png", "", None])
def test_addresses_that_a_page_must_not_load_are_dropped(url: str | None) -> None:
    assert view.safe_url(url) is None


@pytest.mark.parametrize("url", ["/v1/items/a/cover", "https://example.org/a.jpg"])
def test_plain_addresses_are_kept(url: str) -> None:
    assert view.safe_url(url) == url


def test_reactions_are_what_stands_in_the_conversation() -> None:
    conversation = Conversation(
        session_id="s",
        preferences=(wish("item", "a"), wish("item", "b", polarity="dislike"), wish("genre", "a")),
        seen_ids=("a", "c"),
        rejected_ids=("d", "a"),
    )
    assert view.reactions(conversation) == {"a": ("like", "seen"), "b": ("dislike",), "c": ("seen",), "d": ("dislike",)}


def test_a_relaxation_can_be_dropped_only_while_its_wish_stands() -> None:
    given = reply("x", "", RecommendAction()).model_copy(
        update={
            "preferences": (wish("year", 1990),),
            "relaxed": (
                Relaxed(constraint="from 1990", would_add=1, preference_id="p"),
                Relaxed(constraint="by Madness", would_add=1200, preference_id="gone"),
            ),
        }
    )
    assert [wish_id for _, wish_id in view.relaxable(given)] == ["p", None]
    assert [view.relaxed_words(r, SCHEMA) for r in given.relaxed] == ["1 more track", "1,200 more tracks"]


@pytest.mark.parametrize(
    ("words", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_read_as_in_a_sentence(words: tuple[str, ...], text: str) -> None:
    assert english().join(words) == text


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        ({}, ()),
        ({"scope": "now"}, ("for this occasion",)),
        ({"scope": "company", "certainty": 0.5}, ("for who is along", "not sure")),
        ({"scope": "lasting"}, ("in general",)),
    ],
)
def test_how_far_a_wish_reaches_and_whether_it_is_sure_is_noted(
    more: dict[str, object], notes: tuple[str, ...]
) -> None:
    assert view.preference(wish("genre", "Ska", **more), SCHEMA).notes == notes
