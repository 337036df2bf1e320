"""The dial in words, in five languages, in the state of a conversation, and in a search of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.conversation import advance, fold
from agent.policy import PolicyConfig, decide
from agent.query import to_query
from agent.types import Conversation, MessageReceived, Preference, PreferencesEdited, PreferenceUpdate
from agent.understanding import LexicalUnderstander
from agent.understanding.dial import STEP, place
from retrieval.types import CatalogSchema
from retrieval.variety import NEUTRAL

SCHEMA = CatalogSchema(name="films")
UP, DOWN = NEUTRAL + STEP, NEUTRAL - STEP


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("more adventurous", UP),
        ("A bit more adventurous, please", 0.52),
        ("much more adventurous", 0.8),
        ("less adventurous please", DOWN),
        ("something more familiar", DOWN),
        ("be as adventurous as you can", 1.0),
        ("I'm feeling adventurous tonight", 0.8),
        ("something I would never find myself", 0.8),
        ("play it safe", 0.15),
        ("nothing too obscure", 0.15),
        ("only the classics everyone knows", 0.0),
        ("surprise me", 0.65),
        ("hidden gems", 0.8),
        ("an adventure film", None),
        ("something adventurous", None),
        ("is it safe for kids?", None),
        ("The Usual Suspects", None),
    ],
)
def test_words_turn_the_dial(text: str, wanted: float | None) -> None:
    assert place(text, NEUTRAL) == (None if wanted is None else pytest.approx(wanted))


@given(st.floats(0, 1), st.sampled_from(["more adventurous", "surprise me", "be adventurous"]))
def test_words_for_more_never_turn_it_back(at: float, text: str) -> None:
    found = place(text, at)
    assert found is not None
    assert round(at, 2) <= found <= 1


@given(st.floats(0, 1), st.sampled_from(["less adventurous", "play it safe", "nothing too obscure"]))
def test_words_for_less_never_turn_it_up(at: float, text: str) -> None:
    found = place(text, at)
    assert found is not None
    assert 0 <= found <= round(at, 2)


@pytest.mark.parametrize(
    ("text", "wanted", "attributes"),
    [
        ("more adventurous", UP, set()),
        ("a comedy, but more adventurous", UP, {"genres"}),
        ("mutiger bitte", UP, set()),
        ("des comédies plus audacieuses", UP, {"genres"}),
        ("más atrevido", UP, set()),
        ("大胆一点", UP, set()),
        ("auf Nummer sicher", 0.15, set()),
        ("nichts zu unbekanntes", 0.15, {"reviews"}),
        ("rien de trop obscur", 0.15, {"reviews"}),
        ("nada demasiado desconocido", 0.15, {"reviews"}),
        ("不要太冷门", 0.15, {"reviews"}),
        ("nur die Klassiker, die jeder kennt", 0.0, {"reviews", "year"}),
        ("überrasch mich", 0.65, set()),
    ],
)
def test_messages_turn_the_dial_in_every_language(
    understander: LexicalUnderstander, text: str, wanted: float, attributes: set[str]
) -> None:
    """What the catalogue has words for is a wish as well; the rest leaves no free words to search by."""
    update = understander.understand(text, Conversation(session_id="s"), "t1")
    assert update.adventure == pytest.approx(wanted)
    assert {wish.attribute for wish in update.add} == attributes
    assert update.unclear == ""


def test_where_the_catalogue_has_words_of_its_own_they_stand_for_themselves(understander: LexicalUnderstander) -> None:
    update = understander.understand("hidden gems from the 70s", Conversation(session_id="s"), "t1")
    assert update.adventure is None
    assert {wish.attribute for wish in update.add} == {"reviews", "year"}


def test_a_message_starts_from_where_the_dial_stands(understander: LexicalUnderstander) -> None:
    low = Conversation(session_id="s", adventure=0.1)
    assert understander.understand("more adventurous", low, "t2").adventure == pytest.approx(0.35)
    assert understander.understand("play it safe", low, "t2").adventure is None


def said(turn: str, **changes: object) -> MessageReceived:
    return MessageReceived(turn_id=turn, text=turn, update=PreferenceUpdate(**changes))  # type: ignore[arg-type]


WISH = Preference(id="w", attribute="text", value="rain", turn_id="t1", quote="rain")


def test_undo_and_reset_take_the_dial_back() -> None:
    events = [
        said("t1", add=(WISH,)),
        PreferencesEdited(turn_id="t2", update=PreferenceUpdate(adventure=0.9, source="door")),
        said("t3", adventure=0.2),
    ]
    state = fold("s", events, SCHEMA)
    assert (state.adventure, state.preferences) == (0.2, (WISH,))
    once = advance(state, said("t4", undo=1), SCHEMA)
    assert (once.adventure, once.preferences) == (0.9, (WISH,))
    twice = advance(once, said("t5", undo=1), SCHEMA)
    assert (twice.adventure, twice.preferences) == (None, (WISH,))
    thrice = advance(twice, said("t6", undo=5), SCHEMA)
    assert (thrice.adventure, thrice.preferences, thrice.undo_stack) == (None, (), ())
    assert advance(thrice, said("t7", undo=1), SCHEMA).undo_stack == ()
    assert advance(state, said("t4", reset=True), SCHEMA).adventure is None


def test_one_message_is_one_change() -> None:
    state = fold("s", [said("t1", add=(WISH,), adventure=0.9), said("t2", undo=1)], SCHEMA)
    assert (state.adventure, state.preferences) == (None, ())


def test_the_search_follows_the_state() -> None:
    assert to_query(Conversation(session_id="s"), 5).adventure is None
    assert to_query(Conversation(session_id="s", adventure=0.7), 5).adventure == 0.7


def test_turning_the_dial_asks_for_items_and_not_for_a_question() -> None:
    update = PreferenceUpdate(adventure=0.9)
    state = fold("s", [said("t1", adventure=0.9)], SCHEMA)

    def never() -> None:
        raise AssertionError("no question is to be weighed")

    action = decide(update, state, SCHEMA, PolicyConfig(), never)  # type: ignore[arg-type]
    assert action.kind == "recommend"
