"""Scorers judge by the catalogue's facts, and what cannot be scored is never a zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.types import (
    AnswerAction,
    AskAction,
    Evidence,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
)
from evals.checks import CHECKS, score_turn, versions
from evals.observed import Observed, Titles
from evals.types import Expect
from retrieval.types import AttributeSpec, CatalogSchema, Item

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="year", kind="number"),
        AttributeSpec(name="runtime", kind="number", unit="min", sentence="runs {value} minutes"),
        AttributeSpec(name="genres", kind="categories", label="genre"),
        AttributeSpec(name="director", kind="categories", names=True),
        AttributeSpec(name="country", kind="categories", adjectives={"France": "French", "Italy": "Italian"}),
    ),
)
ITEMS = {
    item.id: item
    for item in (
        Item(
            id="a",
            title="Amber Road",
            description="A courier crosses Lyon in 7 days.",
            popularity=9,
            attributes={
                "year": 1982,
                "runtime": 112,
                "genres": ("Drama", "Crime"),
                "director": ("Zoë Marsh",),
                "country": ("France",),
            },
        ),
        Item(id="b", title="Blue Hour", popularity=5, attributes={"year": 1999, "runtime": 88, "genres": ("Comedy",)}),
        Item(id="c", title="12 Doors", popularity=3, attributes={"year": 2004, "genres": ("Comedy", "Crime")}),
    )
}


class Shelf:
    def get(self, ids: Sequence[str]) -> list[Item]:
        return [ITEMS[i] for i in ids if i in ITEMS]

    def titles(self) -> list[tuple[str, str, float]]:
        return [(item.id, item.title, item.popularity) for item in ITEMS.values()]


def reply(ids: str = "", *, kind: str = "recommend", text: str = "Here you are.", **fields: Any) -> Reply:
    actions = {
        "recommend": RecommendAction(),
        "answer": AnswerAction(),
        "ask": AskAction(attribute="genres", question="Which?"),
    }
    picks = tuple(
        Recommendation(item_id=i, title=ITEMS[i].title, rank=rank, reason="A pick.", attributes=ITEMS[i].attributes)
        for rank, i in enumerate(ids, start=1)
    )
    values = {"recommendations": picks, **fields}
    return Reply(session_id="s", turn_id="t", text=text, action=actions[kind], **values)


def seen(made: Reply | None, **fields: Any) -> Observed:
    shown = Shelf().get([pick.item_id for pick in made.recommendations]) if made else []
    wishes = made.preferences if made else ()
    values: dict[str, Any] = {"items": tuple(shown), "preferences": wishes, **fields}
    return Observed(schema=SCHEMA, titles=Titles(Shelf()), reply=made, **values)


def values(observed: Observed, **expect: Any) -> list[float | None]:
    """Return the values of all checks but ``answered``."""
    scores = score_turn(Expect.model_validate(expect), observed, case="c", turn=1)
    return [score.value for score in scores[1:]]


def wish(attribute: str, value: Any, **fields: Any) -> Preference:
    return Preference(id=f"{attribute}{value}", attribute=attribute, value=value, turn_id="t", quote="", **fields)


def condition(attribute: str, op: str, value: Any) -> dict[str, Any]:
    return {"attribute": attribute, "op": op, "value": value}


def test_every_check_has_a_scorer_and_every_scorer_a_version() -> None:
    assert set(CHECKS) == set(Expect.model_fields)
    assert set(versions()) == {"answered", *CHECKS}


def test_every_asks_the_catalogue_and_not_the_reply() -> None:
    lying = reply("b")
    pick = lying.recommendations[0].model_copy(update={"attributes": {"genres": ("Crime",)}})
    observed = seen(lying.model_copy(update={"recommendations": (pick,)}))
    assert values(observed, every=[condition("genres", "eq", "Crime")], sound=True) == [0.0, 0.0]


def test_every_scores_each_condition_by_itself() -> None:
    observed = seen(reply("bc"))
    found = values(observed, every=[condition("genres", "eq", "comedy"), condition("year", "lt", 2000)])
    assert found == [1.0, 0.0]


def test_a_missing_fact_does_not_satisfy_a_bound_but_an_alternative_may() -> None:
    short, comic = condition("runtime", "lt", 90), condition("genres", "eq", "Comedy")
    assert values(seen(reply("c")), every=[short]) == [0.0]
    assert values(seen(reply("c")), every=[{"any": [short, comic]}]) == [1.0]


@pytest.mark.parametrize(
    "expect",
    [
        {"every": [condition("year", "lt", 2000)]},
        {"some": [condition("year", "lt", 2000)]},
        {"every_relative": [{"attribute": "year", "op": "lt", "to": {"title": "Amber Road"}}]},
        {"not_shown_again": True},
    ],
)
def test_nothing_recommended_is_unscored_and_not_zero(expect: dict[str, Any]) -> None:
    assert values(seen(reply(kind="answer")), **expect) == [None]


def test_a_failed_turn_scores_zero_once_and_leaves_the_rest_unscored() -> None:
    broken = Observed(schema=SCHEMA, titles=Titles(Shelf()), said="hi", error="ValueError: boom")
    scores = score_turn(Expect(action=("ask",), question=True), broken, case="c", turn=1)
    assert [(score.check, score.value) for score in scores] == [("answered", 0.0), ("action", None), ("question", None)]
    assert "boom" in scores[0].reason


def test_relative_checks_point_at_earlier_answers() -> None:
    first = seen(reply("ab"))
    talk = seen(reply("a", kind="answer"), earlier=(first,))
    observed = seen(reply("b"), earlier=(first, talk))
    shorter = {"attribute": "runtime", "op": "lt", "to": {"rank": 1}}
    newer_than_second = {"attribute": "year", "op": "gt", "to": {"rank": 2, "turn": 1}}
    assert values(observed, every_relative=[shorter, newer_than_second]) == [1.0, 0.0]


def test_a_relative_check_against_an_unknown_fact_is_unscored() -> None:
    observed = seen(reply("a"), earlier=(seen(reply("c")),))
    assert values(observed, every_relative=[{"attribute": "runtime", "op": "lt", "to": {"rank": 1}}]) == [None]


@pytest.mark.parametrize(
    ("held", "there", "expected"),
    [(True, 0, 1.0), (True, 1, 0.0), (False, 0, 0.0)],
    ids=["none can be newer", "one could be shown", "the comparison was not understood"],
)
def test_newer_than_the_newest_asks_only_to_be_understood(held: bool, there: int, expected: float) -> None:
    newest = seen(reply("b"))
    year = ITEMS["b"].attributes["year"]
    wishes = (wish("year", year, op="gt", hard=False),) if held else ()
    observed = seen(reply("a"), earlier=(newest,), preferences=wishes, count=lambda _: there)
    assert values(observed, every_relative=[{"attribute": "year", "op": "gt", "to": {"rank": 1}}]) == [expected]


def test_what_was_only_talked_about_may_be_shown() -> None:
    talk = seen(reply("a", kind="answer"))
    assert values(seen(reply("a"), earlier=(talk,)), not_shown_again=True) == [1.0]
    assert values(seen(reply("a"), earlier=(seen(reply("ab")),)), not_shown_again=True) == [0.0]


@pytest.mark.parametrize(("count", "held"), [(2, 1.0), (3, 0.0), ({"min": 1}, 1.0), ({"max": 1}, 0.0)])
def test_count(count: object, held: float) -> None:
    assert values(seen(reply("ab")), count=count) == [held]


def test_items_shown_in_an_answer_are_not_counted_as_recommended() -> None:
    assert values(seen(reply("ab", kind="answer")), count=0) == [1.0]


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ({"attribute": "genres"}, 1.0),
        ({"attribute": "genres", "value": "horror", "polarity": "dislike"}, 1.0),
        ({"attribute": "genres", "value": "Horror", "polarity": "like"}, 0.0),
        ({"attribute": "genres", "op": "ne", "value": "Horror"}, 1.0),
        ({"attribute": "year", "op": "lt", "value": 1995}, 1.0),
        ({"attribute": "year", "op": "gt"}, 0.0),
        ({"attribute": "year", "hard": True}, 1.0),
        ({"attribute": "genres", "hard": True}, 0.0),
        ({"attribute": "item", "value": "Amber Road", "polarity": "like"}, 1.0),
    ],
)
def test_preferences_are_matched_by_meaning(pattern: dict[str, Any], held: float) -> None:
    wishes = (
        wish("genres", "Horror", polarity="dislike"),
        wish("year", 1995, op="lt", hard=True),
        wish("item", "a", label="Amber Road"),
    )
    observed = seen(reply("a", preferences=wishes))
    assert values(observed, preferences={"has": [pattern]}) == [held]
    assert values(observed, preferences={"has_not": [pattern]}) == [1.0 - held]


def test_preferences_can_be_checked_after_something_done_by_hand() -> None:
    assert values(seen(None), preferences={"empty": True}, action="recommend") == [1.0]


def test_words_are_compared_without_case_and_accents() -> None:
    observed = seen(reply(kind="answer", text="It was directed by Zoë Marsh, “yes”."))
    found = values(observed, text_contains="ZOE MARSH", text_any=["no", '"yes"'], text_none=["marsh"])
    assert found == [1.0, 1.0, 0.0]


def test_the_language_of_a_reply() -> None:
    assert values(seen(reply("a", language="fr")), language="fr") == [1.0]
    assert values(seen(reply("a")), language="fr") == [0.0]


def test_question_relaxed_and_missing() -> None:
    made = reply(
        kind="ask",
        text="I don't have Arrival. Which?",
        question="Which?",
        relaxed=(Relaxed(constraint="before 1990", would_add=3),),
        missing_titles=("Arrival",),
    )
    assert values(seen(made), question=True, relaxed=True, missing=["Arrival", "Heat"]) == [1.0, 1.0, 1.0, 0.0]
    assert values(seen(reply("a")), question=True, relaxed=False) == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "attribute", "held"),
    [
        ("It runs 112 minutes.", "runtime", 1.0),
        ("It runs 1,112 minutes.", "runtime", 0.0),
        ("Zoe Marsh made it.", "director", 1.0),
        ("Someone made it.", "director", 0.0),
        ("It is a crime film.", "genres", 1.0),
    ],
)
def test_answers_state_facts(text: str, attribute: str, held: float) -> None:
    observed = seen(reply(kind="answer", text=text), earlier=(seen(reply("a")),))
    assert values(observed, answer_states=[{"item": {"rank": 1}, "attribute": attribute}]) == [held]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Blue Hour is the shorter one.", 1.0),
        ("Blue Hour is shorter: 88 minutes against 112 for Amber Road.", 1.0),
        ("Blue Hour is shorter than Amber Road.", 0.0),
        ("Amber Road is the shorter one.", 0.0),
    ],
)
def test_a_choice_is_right_only_with_its_facts(text: str, held: float) -> None:
    observed = seen(reply(kind="answer", text=text), earlier=(seen(reply("ab")),))
    chosen = {"attribute": "runtime", "best": "lowest", "among": [{"rank": 1}, {"rank": 2}]}
    assert values(observed, answer_picks=chosen) == [held]


def test_what_was_barred_must_not_come_back() -> None:
    assert values(seen(reply("ab"), barred={"b": "which was seen"}), sound=True) == [0.0]
    assert values(seen(reply("b", kind="answer"), barred={"b": "which was seen"}), sound=True) == [1.0]


def test_hard_wishes_of_the_reply_bind_its_items() -> None:
    wishes = (wish("year", 1990, op="lt", hard=True), wish("genres", "Western"))
    assert values(seen(reply("a", preferences=wishes)), keeps_hard=True) == [1.0]
    assert values(seen(reply("ab", preferences=wishes)), keeps_hard=True) == [0.0]


@pytest.mark.parametrize(
    ("reason", "proof", "held"),
    [
        ("This French crime film runs 112 minutes.", Evidence(claim="x", field="runtime", value=112), 1.0),
        ("Zoë Marsh crosses Lyon in 7 days.", Evidence(claim="x", field="description", value="x"), 1.0),
        ("A film of the 1980s, under 90 minutes as you asked.", Evidence(claim="x", field="year", value=1982), 1.0),
        ("It runs 115 minutes.", Evidence(claim="x", field="runtime", value=112), 0.0),
        ("It runs 112 minutes.", Evidence(claim="x", field="runtime", value=115), 0.0),
        ("A favourite of Ridley Scott.", Evidence(claim="x", field="year", value=1982), 0.0),
        ("An Italian drama.", Evidence(claim="x", field="genres", value="Drama"), 0.0),
        ("It runs 112 minutes.", None, 0.0),
        ("", None, 0.0),
    ],
)
def test_reasons_are_borne_out(reason: str, proof: Evidence | None, held: float) -> None:
    made = reply("a")
    pick = made.recommendations[0].model_copy(update={"reason": reason, "evidence": (proof,) if proof else ()})
    observed = seen(made.model_copy(update={"recommendations": (pick,)}), said="a film under 90 minutes")
    assert values(observed, grounded=True) == [held]


def test_digits_in_titles_are_not_claims() -> None:
    made = reply("c")
    pick = made.recommendations[0].model_copy(
        update={"reason": "12 Doors is a comedy.", "evidence": (Evidence(claim="x", field="genres", value="Comedy"),)}
    )
    assert values(seen(made.model_copy(update={"recommendations": (pick,)})), grounded=True) == [1.0]
