"""Minds made up, limits named behind their number, lives told beside a wish, titles that are asked for."""

from __future__ import annotations

import pytest

from agent.conversation import apply_update
from agent.types import Conversation, PreferenceUpdate
from agent.understanding import LexicalUnderstander
from retrieval import Facts

EMPTY = Conversation(session_id="s")


def hard(update: PreferenceUpdate | Conversation) -> set[str]:
    """Return the conditions of a message or conversation that must hold, as text."""
    held = update.add if isinstance(update, PreferenceUpdate) else update.preferences
    return {f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.value}" for p in held if p.hard}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a thriller in Danish maybe... no, definitely Danish", "+language eq Danish"),
        ("something in italian possibly, actually no, it must be in italian", "+language eq Italian"),
        ("maybe with Tom Hanks. Actually yes, it has to be Tom Hanks", "+cast eq Tom Hanks"),
        ("a romance, possibly French. yes, French please", "+country eq France"),
        ("comedy, perhaps from the 80s, no make that definitely the 80s", "+year between (1980.0, 1989.0)"),
        ("maybe something by Kubrick - you know what, only Kubrick", "+director eq Stanley Kubrick"),
        ("a western maybe and a comedy for sure", "+genres eq Comedy"),
    ],
)
def test_a_doubt_that_is_settled_is_none(understander: LexicalUnderstander, text: str, expected: str) -> None:
    assert expected in hard(understander.understand(text, EMPTY, "t1"))


@pytest.mark.parametrize("text", ["a western maybe and a comedy for sure", "a western maybe, not too long"])
def test_a_maybe_hangs_on_what_stands_before_it(understander: LexicalUnderstander, text: str) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert "Western" in {wish.value for wish in update.add}
    assert "+genres eq Western" not in hard(update)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 minutes is my absolute max", "+runtime le 100"),
        ("two hours is the limit", "+runtime le 120"),
        ("a war film, 2 hours would be the maximum", "+runtime le 120"),
        ("make it 100 minutes at the outside", "+runtime le 100"),
        ("comedies with a limit of 90 minutes", "+runtime le 90"),
        ("two hours as an upper limit please", "+runtime le 120"),
        ("the film must not exceed 100 minutes", "+runtime le 100"),
        ("a drama. 90 minutes is the minimum for me", "+runtime ge 90"),
        ("a comedy, 1990 at the earliest", "+year ge 1990"),
    ],
)
def test_which_end_of_a_range_a_number_is(understander: LexicalUnderstander, text: str, expected: str) -> None:
    assert expected in hard(understander.understand(text, EMPTY, "t1"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My aunt retires on friday and all the family will be there! A western please", {"+genres eq Western"}),
        ("the whole crime squad from work is coming over, we want a comedy", {"+genres eq Comedy"}),
        ("i teach history and want a comedy tonight", {"+genres eq Comedy"}),
        ("we're a family of five, a comedy", {"+genres eq Comedy"}),
        ("my son studies music, he wants a thriller", {"+genres eq Thriller"}),
        ("my kids are coming over, an adventure", {"+genres eq Family", "+genres eq Adventure"}),
        ("something for the whole family, an adventure", {"+genres eq Family", "+genres eq Adventure"}),
        ("i'm a western fan, comedies too", {"+genres eq Western", "+genres eq Comedy"}),
        ("i'm into crime and my brother is coming over", {"+genres eq Crime"}),
    ],
)
def test_what_happens_in_a_life_is_no_wish(understander: LexicalUnderstander, text: str, expected: set[str]) -> None:
    assert hard(understander.understand(text, EMPTY, "t1")) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("do you have Oppenheimer?", "Oppenheimer"),
        ("do you have oppenheimer from 2023", "oppenheimer"),
        ("you got Tenet?", "Tenet"),
    ],
)
def test_a_title_that_is_asked_for_is_nobodys_last_name(
    understander: LexicalUnderstander, text: str, title: str
) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert update.missing_titles == (title,)
    assert not hard(update)


@pytest.mark.parametrize(
    ("text", "person"),
    [("got any Nolan?", "Christopher Nolan"), ("do you have streep", "Meryl Streep")],
)
def test_well_known_people_are_asked_for_by_last_name(
    understander: LexicalUnderstander, text: str, person: str
) -> None:
    assert person in {wish.value for wish in understander.understand(text, EMPTY, "t1").add}


def test_what_is_ruled_out_outlives_a_change_of_mind(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    conversation = EMPTY
    for turn, text in enumerate(("never horror please", "a comedy", "make it a thriller instead")):
        conversation = apply_update(
            conversation, understander.understand(text, conversation, f"t{turn}"), demo_facts.schema
        )
    assert hard(conversation) == {"-genres eq Horror", "+genres eq Thriller"}


def test_a_first_name_begins_no_series(understander: LexicalUnderstander) -> None:
    assert hard(understander.understand("no Adam Sandler ever", EMPTY, "t1")) == {"-cast eq Adam Sandler"}


def test_the_news_is_nothing_new(understander: LexicalUnderstander) -> None:
    update = understander.understand("no war films, i've had enough of that on the news", EMPTY, "t1")
    assert hard(update) == {"-genres eq War"}
