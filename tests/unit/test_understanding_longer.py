"""Longer dialogues: exceptions and doubts and their reach, complaints, choices, and wishes beside questions."""

from __future__ import annotations

import pytest

from agent.conversation import apply_update
from agent.types import AnswerAction, Conversation, PreferenceUpdate, Recommendation, Reply, ShownList, Turn
from agent.understanding import LexicalUnderstander
from retrieval import Facts

EMPTY = Conversation(session_id="s")
TITLES = ("Heat", "Drive", "Prisoners", "Zodiac")


@pytest.fixture(scope="module")
def shown(demo_facts: Facts) -> Conversation:
    """A conversation in which four films were just shown."""
    films = tuple(demo_facts.search_title(title, limit=1)[0].id for title in TITLES)
    return EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})


def wishes(update: PreferenceUpdate | Conversation) -> set[str]:
    held = update.add if isinstance(update, PreferenceUpdate) else update.preferences
    return {
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}{' !' if p.hard else ''}"
        for p in held
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a denial of an aversion is a welcome
        ("I wouldn't say no to a mystery", {"+genres eq Mystery !"}),
        ("I don't hate westerns", {"+genres eq Western !"}),
        ("not opposed to a musical, before 1960", {"+genres eq Musical !", "+year lt 1960 !"}),
        # a negation ends where a sentence with a subject of its own is joined on
        ("never horror, and I must have English audio", {"-genres eq Horror !", "+language eq English !"}),
        ("no comedies and we want a thriller", {"-genres eq Comedy !", "+genres eq Thriller !"}),
        # a doubt reaches what follows it, or the last thing before it
        ("a comedy, maybe from the 80s", {"+genres eq Comedy !", "+year between (1980.0, 1989.0)"}),
        ("a western maybe", {"+genres eq Western"}),
        ("not american maybe italian", {"-country eq United States !", "+country eq Italy", "+language eq Italian"}),
        # what is to outweigh and what is to be outweighed
        ("more of a comedy than a drama", {"+genres eq Comedy !"}),
        ("less of a thriller than a drama", {"+genres eq Drama !"}),
        # liked once, refused in short, excepted for once
        ("I used to love war films but I can't watch them anymore", {"-genres eq War !"}),
        ("comedy yes, horror no", {"+genres eq Comedy !", "-genres eq Horror !"}),
        ("usually I can't stand musicals, but tonight I'd like one", {"+genres eq Musical !"}),
        ("my wife wants a romance but I hate those", {"-genres eq Romance !"}),
        # what others want beside what is wanted, unless both are
        ("The kids want cartoons. For me, a crime film.", {"+genres eq Crime !"}),
        ("my wife wants a romance but I want an action film", {"+genres eq Action !"}),
        (
            "he wants a romance, I want a thriller, something for both",
            {"+genres eq Romance !", "+genres eq Thriller !"},
        ),
        # the user's own life is no subject
        ("since my time in the army I like comedies", {"+genres eq Comedy !"}),
        # years of birth
        ("I was born in 1987 and want nothing older than me", {"+year ge 1987 !"}),
        ("born in 1990 here, nothing from before i was born", {"+year ge 1990 !"}),
        # time at hand
        ("ive got like an hour and fifteen", {"+runtime le 75 !"}),
        ("we only have about two hours", {"+runtime le 120 !"}),
        ("thanks a million, a western", {"+genres eq Western !"}),
    ],
)
def test_reach(understander: LexicalUnderstander, text: str, expected: set[str]) -> None:
    assert wishes(understander.understand(text, EMPTY, "t1")) == expected


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("a comedy under 90 minutes", "I don't mind if it's longer", {"+genres eq Comedy !"}),
        ("a comedy after 2005", "older is fine too", {"+genres eq Comedy !"}),
        ("a thriller under 90 minutes", "make that two hours", {"+genres eq Thriller !", "+runtime lt 120 !"}),
        ("an Icelandic western", "forget Iceland", {"+genres eq Western !"}),
        ("a Danish western from the 60s", "forget Denmark and the year", {"+genres eq Western !"}),
        ("directed by Scorsese or Coppola", "drop Coppola", {"+director eq Martin Scorsese !"}),
    ],
)
def test_letting_go(
    understander: LexicalUnderstander, demo_facts: Facts, first: str, then: str, expected: set[str]
) -> None:
    held = apply_update(EMPTY, understander.understand(first, EMPTY, "t1"), demo_facts.schema)
    after = apply_update(held, understander.understand(then, held, "t2"), demo_facts.schema)
    assert wishes(after) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I fancy the last one, except that I've got all evening, so it can be longer than that", "+runtime gt 157 !"),
        ("the second, but it may be older than that", "+year lt 2011 !"),
    ],
)
def test_leave_to_go_beyond_what_was_shown_is_a_wish(
    understander: LexicalUnderstander, shown: Conversation, text: str, expected: str
) -> None:
    assert expected in wishes(understander.understand(text, shown, "t1"))


@pytest.mark.parametrize(
    ("text", "topic", "places"),
    [
        ("could I watch the second with my children?", "fact", (2,)),
        ("would the third be alright for a toddler?", "fact", (3,)),
        ("will my mother like the first?", "fact", (1,)),
        ("1 or 3, what's shorter", "compare", (1, 3)),
        ("2 and 4, which is newer?", "compare", (2, 4)),
    ],
)
def test_questions_about_what_was_shown(
    understander: LexicalUnderstander, shown: Conversation, text: str, topic: str, places: tuple[int, ...]
) -> None:
    update = understander.understand(text, shown, "t1")
    assert update.question is not None
    assert update.question.topic == topic
    assert update.question.item_ids == tuple(shown.last_shown[place - 1] for place in places)
    assert not update.add


def test_could_you_show_me_is_no_question_about_it(understander: LexicalUnderstander, shown: Conversation) -> None:
    update = understander.understand("could you show me something like the second but longer?", shown, "t1")
    assert update.question is None


def test_a_wish_beside_a_question_is_kept(understander: LexicalUnderstander, shown: Conversation) -> None:
    text = "who directed the second? also seen the first one already, and I want something under 100 minutes"
    update = understander.understand(text, shown, "t1")
    assert update.question is not None and update.question.attribute == "director"
    assert update.seen_ids == shown.last_shown[:1]
    assert wishes(update) == {"+runtime lt 100 !"}


def test_a_complaint_of_excess_is_measured_by_what_was_shown(
    understander: LexicalUnderstander, shown: Conversation, demo_facts: Facts
) -> None:
    """All of the list is too long, so what follows is shorter than its shortest; ruling out stays a fixed bound."""
    shortest = min(int(str(item.attributes["runtime"])) for item in demo_facts.get(shown.last_shown))
    assert f"+runtime lt {shortest} !" in wishes(understander.understand("way too long, all of them", shown, "t1"))
    assert wishes(understander.understand("nothing too long", shown, "t1")) == {"+runtime le 120 !"}


def test_what_an_item_is_said_to_be_is_no_wish(understander: LexicalUnderstander, shown: Conversation) -> None:
    update = understander.understand("the first is very long, do you have something shorter?", shown, "t1")
    assert [(p.attribute, p.op) for p in update.add] == [("runtime", "lt")]


@pytest.mark.parametrize("text", ["who directed the prestige?", "who made the aviator"])
def test_a_title_with_its_article_behind_a_question(understander: LexicalUnderstander, text: str) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert update.question is not None and update.question.attribute == "director"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alien or Aliens, which one is longer?", ("Alien", "Aliens")),
        ("Heat or Drive, which is older?", ("Heat", "Drive")),
    ],
)
def test_two_titles_before_the_question(
    understander: LexicalUnderstander, demo_facts: Facts, text: str, found: tuple[str, ...]
) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert update.question is not None and update.question.topic == "compare"
    assert tuple(item.title for item in demo_facts.get(update.question.item_ids)) == found


def _asked(shown: Conversation, place: int) -> Conversation:
    """Return the conversation after a question about one item was answered."""
    about = Recommendation.model_construct(item_id=shown.last_shown[place - 1])
    reply = Reply.model_construct(text="", action=AnswerAction(), recommendations=(about,))
    return shown.model_copy(update={"turns": (Turn.model_construct(turn_id="t1", user="", reply=reply),)})


@pytest.mark.parametrize(
    "text",
    [
        "what else did he direct?",
        "what other films has he made",
        "anything else he directed?",
        "has he made anything else",
    ],
)
def test_others_by_who_made_it(understander: LexicalUnderstander, shown: Conversation, text: str) -> None:
    assert "+director eq Michael Mann !" in wishes(understander.understand(text, _asked(shown, 1), "t2"))


def test_the_actor_of_an_item_is_one_of_its_best_known(understander: LexicalUnderstander, shown: Conversation) -> None:
    wish = understander.understand("anything else with the actor from the first?", shown, "t1").add[0]
    assert (wish.attribute, wish.op) == ("cast", "in")
    assert "Al Pacino" in str(wish.value)


def test_existence_is_asked_of_the_item_talked_about(understander: LexicalUnderstander, shown: Conversation) -> None:
    update = understander.understand("is there a scene after the credits?", _asked(shown, 2), "t2")
    assert update.question is not None and update.question.item_ids == shown.last_shown[1:2]
    assert understander.understand("is there a comedy like it?", _asked(shown, 2), "t2").question is None


def test_whether_the_catalogue_has_it(understander: LexicalUnderstander) -> None:
    assert understander.understand("Is Oppenheimer on here?", EMPTY, "t1").missing_titles == ("Oppenheimer",)
    held = understander.understand("is alien available?", EMPTY, "t1")
    assert held.question is not None and held.question.topic == "describe"


@pytest.mark.parametrize("text", ["Gangster movies. Three will do.", "westerns, three is enough"])
def test_how_many_will_do(understander: LexicalUnderstander, text: str) -> None:
    assert understander.understand(text, EMPTY, "t1").k == 3


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("how do I hotwire a car", True),
        ("how would I get into a vault", True),
        ("how do I find something funnier", False),
    ],
)
def test_how_to_do_things_in_the_world(understander: LexicalUnderstander, text: str, off: bool) -> None:
    assert ("off_topic" in understander.understand(text, EMPTY, "t1").intents) is off


def test_a_story_around_the_wish_is_no_search(understander: LexicalUnderstander) -> None:
    text = "We watched Heat. A man robs banks, a policeman follows him. Loved it! Find us another thriller."
    assert not any(wish.attribute == "text" for wish in understander.understand(text, EMPTY, "t1").add)


@pytest.mark.parametrize(
    "text",
    ["Everyone raves about Inception, but I was bored", "they dragged me to Inception and I was so disappointed"],
)
def test_what_somebody_felt_judges_what_they_saw(understander: LexicalUnderstander, text: str) -> None:
    assert "-item eq Inception" in wishes(understander.understand(text, EMPTY, "t1"))
