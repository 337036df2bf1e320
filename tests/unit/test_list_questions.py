"""Questions about several items at once: which of them, how many, the same as."""

from __future__ import annotations

import pytest

from agent.types import Conversation, ShownList
from agent.understanding import LexicalUnderstander
from retrieval import Facts

EMPTY = Conversation(session_id="s")


@pytest.fixture(scope="module")
def shown(demo_facts: Facts) -> Conversation:
    """A conversation in which four films were just shown."""
    films = [demo_facts.search_title(title, limit=1)[0].id for title in ("Heat", "Drive", "Alien", "Zodiac")]
    return EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=tuple(films)),)})


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("which of these are French?", [("country", "eq", "France")]),
        ("any of them under two hours?", [("runtime", "lt", 120)]),
        ("are any of those from before 1980?", [("year", "lt", 1980)]),
        ("which ones are horror films?", [("genres", "eq", "Horror")]),
        ("and which of them are not horror?", [("genres", "ne", "Horror")]),
    ],
)
def test_which_of_them_asks_about_the_list_and_wishes_for_nothing(
    understander: LexicalUnderstander, shown: Conversation, text: str, conditions: list[tuple[str, str, object]]
) -> None:
    update = understander.understand(text, shown, "t1")
    assert update.question is not None
    assert update.question.topic == "which"
    assert update.question.item_ids == shown.last_shown
    found = [(c.attribute, c.op, c.value) for c in update.question.constraints]
    assert set(conditions) <= set(found)
    assert not update.add


@pytest.mark.parametrize(
    "text", ["which of these is the shortest?", "which one should I watch?", "any of these is fine"]
)
def test_other_words_about_the_list_are_no_such_question(
    understander: LexicalUnderstander, shown: Conversation, text: str
) -> None:
    question = understander.understand(text, shown, "t1").question
    assert question is None or question.topic != "which"


def test_counts_are_asked_of_the_whole_catalogue(understander: LexicalUnderstander) -> None:
    update = understander.understand("how many French comedies do you have?", EMPTY, "t1")
    assert update.question is not None
    assert update.question.topic == "count"
    assert {(c.attribute, c.value) for c in update.question.constraints} >= {
        ("genres", "Comedy"),
        ("country", "France"),
    }
    assert not update.add
    assert all(c.hard for c in update.question.constraints)


def test_the_same_maker_is_asked_of_two_items(understander: LexicalUnderstander, shown: Conversation) -> None:
    question = understander.understand("does the third have the same director as the first?", shown, "t1").question
    assert question is not None
    assert (question.topic, question.attribute) == ("same", "director")
    assert question.item_ids == (shown.last_shown[2], shown.last_shown[0])


def test_a_question_for_a_person_is_not_answered_with_a_number(
    understander: LexicalUnderstander, shown: Conversation
) -> None:
    question = understander.understand("who composed the score of the first one?", shown, "t1").question
    assert question is not None
    assert (question.topic, question.attribute) == ("fact", None)
