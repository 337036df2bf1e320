"""Minds made up, limits named behind their number, lives told beside a wish, titles that are asked for."""

from __future__ import annotations

import pytest

from agent.conversation import apply_update
from agent.query import unwanted_words
from agent.types import AnswerAction, Conversation, PreferenceUpdate, Recommendation, Reply, Turn
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


def after_nothing(conversation: Conversation) -> Conversation:
    """Return the conversation as it is when its wishes were answered with no item."""
    reply = Reply(session_id="s", turn_id="t9", text="Nothing.", action=AnswerAction(topic="nothing"))
    return conversation.model_copy(update={"turns": (Turn(turn_id="t9", user="", reply=reply),)})


def told(understander: LexicalUnderstander, facts: Facts, *texts: str) -> Conversation:
    """Return the conversation in which these messages were said."""
    conversation = EMPTY
    for turn, text in enumerate(texts):
        update = understander.understand(text, conversation, f"t{turn}")
        conversation = apply_update(conversation, update, facts.schema)
        conversation = conversation.model_copy(
            update={"turns": (*conversation.turns, Turn(turn_id=f"t{turn}", user=text))}
        )
    return conversation


@pytest.mark.parametrize("text", ["anything by Kubrick?", "ok, what about something by Kubrick", "Kubrick then"])
def test_another_try_after_nothing_lets_go_of_what_forbids_it(
    understander: LexicalUnderstander, demo_facts: Facts, text: str
) -> None:
    clash = told(understander, demo_facts, "no musicals", "a comedy", "with Adam Sandler")
    update = understander.understand(text, after_nothing(clash), "t10")
    left = hard(apply_update(clash, update, demo_facts.schema))
    assert left == {"-genres eq Musical", "+genres eq Comedy", "+director eq Stanley Kubrick"}


def test_a_bound_after_nothing_refines_and_lets_nothing_go(
    understander: LexicalUnderstander, demo_facts: Facts
) -> None:
    clash = told(understander, demo_facts, "a western", "with Adam Sandler")
    update = understander.understand("anything before 1930?", after_nothing(clash), "t10")
    assert not update.remove


def test_of_two_bounds_on_one_end_the_tighter_holds(understander: LexicalUnderstander) -> None:
    assert hard(understander.understand("made after 1975, from 1993 on", EMPTY, "t1")) == {"+year ge 1993"}
    both = understander.understand("after 1975 and before 1990", EMPTY, "t1")
    assert hard(both) == {"+year gt 1975", "+year lt 1990"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a film from the year my mum was born, 1962", "no sorry, she was born in 1963", "+year eq 1963"),
        ("nothing older than me, i was born in 1990", "oops, i was born in 1991 i mean", "+year ge 1991"),
    ],
)
def test_a_year_of_birth_is_corrected(
    understander: LexicalUnderstander, demo_facts: Facts, first: str, second: str, expected: str
) -> None:
    assert hard(told(understander, demo_facts, first, second)) == {expected}


def test_who_took_part_together_with_somebody_joins_them(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    joined = told(
        understander, demo_facts, "films with Brad Pitt", "changed my mind, the ones he did with George Clooney"
    )
    assert hard(joined) == {"+cast eq Brad Pitt", "+cast eq George Clooney"}
    replaced = told(understander, demo_facts, "films with Brad Pitt", "changed my mind, with George Clooney")
    assert hard(replaced) == {"+cast eq George Clooney"}


def test_more_of_the_kind_of_an_item_talked_about(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    film = demo_facts.search_title("Amélie", limit=1)[0]
    about = Recommendation(item_id=film.id, title=film.title, rank=1, reason="")
    reply = Reply(
        session_id="s", turn_id="t0", text="French.", action=AnswerAction(topic="fact"), recommendations=(about,)
    )
    asked = EMPTY.model_copy(update={"turns": (Turn(turn_id="t0", user="", reply=reply),)})
    update = understander.understand("show me more from that country", asked, "t1")
    assert "France" in str({wish.value for wish in update.add})


def test_only_what_is_chosen_after_all_is_sure(understander: LexicalUnderstander) -> None:
    assert "+genres eq Western" in hard(understander.understand("hmm, just westerns i think", EMPTY, "t1"))
    assert not hard(understander.understand("westerns i think", EMPTY, "t1"))


def test_one_word_of_content_that_is_not_wanted_is_avoided(understander: LexicalUnderstander) -> None:
    update = understander.understand("horror, not the gravestones", EMPTY, "t1")
    assert unwanted_words(update.add) == ("gravestones",)


@pytest.mark.parametrize(
    ("texts", "unwanted"),
    [
        (("westerns", "not spaghetti westerns though"), "spaghetti westerns"),
        (("horror but no slasher horror please",), "slasher"),
        (("comedies but no stoner comedies",), "stoner"),
        (("crime", "no nordic crime"), "nordic"),
    ],
)
def test_a_part_of_what_is_wished_may_be_ruled_out(
    understander: LexicalUnderstander, demo_facts: Facts, texts: tuple[str, ...], unwanted: str
) -> None:
    held = told(understander, demo_facts, *texts)
    assert {(p.polarity, p.value) for p in held.preferences if p.attribute == "text"} == {("dislike", unwanted)}
    assert len(hard(held)) == 1 and next(iter(hard(held))).startswith("+genres")


def test_all_of_what_was_wished_may_be_ruled_out(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    assert hard(told(understander, demo_facts, "westerns", "no westerns any more")) == {"-genres eq Western"}


def test_somebody_ruled_out_may_be_allowed_again(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    held = told(understander, demo_facts, "a thriller, no tom cruise", "actually tom cruise is fine")
    assert hard(held) == {"+genres eq Thriller"}


def test_less_of_a_kind_of_two_words(understander: LexicalUnderstander) -> None:
    leaning = {(p.value, p.polarity) for p in understander.understand("less sci fi more horror", EMPTY, "t1").add}
    assert ("Horror", "like") in leaning and ("Sci-Fi", "like") not in leaning


@pytest.mark.parametrize("text", ["she has seen the sound of music a million times", "i saw ghostbusters 100 times"])
def test_how_often_is_no_number_of_an_item(understander: LexicalUnderstander, text: str) -> None:
    assert all(isinstance(wish.value, str) for wish in understander.understand(text, EMPTY, "t1").add)


@pytest.mark.parametrize(
    "text",
    [
        "which decade did I want?",
        "remind me, what country did i say?",
        "what actress had i mentioned again",
        "what mood did I tell you earlier",
        "what was it that I asked for?",
        "what did i ask for again",
        "recap what i told you please",
        "sum up everything i asked for",
    ],
)
def test_what_was_wished_may_be_asked_back(understander: LexicalUnderstander, demo_facts: Facts, text: str) -> None:
    held = told(understander, demo_facts, "a western from the 60s")
    update = understander.understand(text, held, "t9")
    assert "show_preferences" in update.intents
    assert (update.add, update.remove) == ((), ())


@pytest.mark.parametrize("text", ["what film did I want to watch tonight? a western", "which westerns are there"])
def test_a_wish_in_the_form_of_a_question_is_no_asking_back(understander: LexicalUnderstander, text: str) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert "show_preferences" not in update.intents
    assert [wish.value for wish in update.add] == ["Western"]
