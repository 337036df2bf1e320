"""What people type who never saw an example: slips, chat spelling, polite frames, corrections, and reactions alone."""

from __future__ import annotations

import pytest

from agent.types import AnswerAction, Conversation, PreferenceUpdate, Reply, ShownList, Turn
from agent.understanding import LexicalUnderstander
from retrieval import Facts

EMPTY = Conversation(session_id="s")


@pytest.fixture(scope="module")
def shown(demo_facts: Facts) -> Conversation:
    """A conversation in which four films were just shown."""
    films = tuple(demo_facts.search_title(title, limit=1)[0].id for title in ("Heat", "Drive", "Prisoners", "Zodiac"))
    return EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})


def holding(understander: LexicalUnderstander, text: str) -> Conversation:
    """Return a conversation that holds what ``text`` wishes."""
    return EMPTY.model_copy(update={"preferences": understander.understand(text, EMPTY, "t0").add})


def wishes(update: PreferenceUpdate) -> set[str]:
    return {
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}{' !' if p.hard else ''}"
        for p in update.add
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smth liek forest gump", {"+item eq Forrest Gump"}),
        ("moives directed by quentin tarrantino", {"+director eq Quentin Tarantino !"}),
        ("mean girls is my fav movie ever", {"+item eq Mean Girls"}),
        ("hitchcock", {"+director eq Alfred Hitchcock !"}),
        ("not in english, drama is good", {"-language eq English !", "+genres eq Drama !"}),
        ("horror? no. cary grant", {"+genres eq Horror !", "+cast eq Cary Grant !"}),
        ("no horror and I need a western", {"-genres eq Horror !", "+genres eq Western !"}),
        ("no horror, comedy is fine", {"-genres eq Horror !", "+genres eq Comedy !"}),
        ("with tom hanks, from the eighties i think", {"+cast eq Tom Hanks !", "+year between (1980.0, 1989.0)"}),
        ("english is a must", {"+language eq English !"}),
        ("no romcoms", {"-genres eq Romance !"}),
        ("a period drama", {"+genres eq History !", "+genres eq Drama !"}),
        ("excluding Woody Allen", {"-cast eq Woody Allen !", "-director eq Woody Allen !"}),
        ("nothing with Tom Cruise", {"-cast eq Tom Cruise !"}),
        ("i want a comedy. wait no, a thriller", {"+genres eq Thriller !"}),
        ("no horror. wait no, a thriller", {"-genres eq Horror !", "+genres eq Thriller !"}),
        ("i was born in 1985, a comedy", {"+genres eq Comedy !"}),
        ("family films from the ninetys", {"+genres eq Family !", "+year between (1990.0, 1999.0) !"}),
        ("a thriller less then 2 hrs long", {"+genres eq Thriller !", "+runtime lt 120 !"}),
        ("dont mind which just nothing after 1990", {"+year le 1990 !"}),
        ("cant stand horror i wana see a western", {"-genres eq Horror !", "+genres eq Western !"}),
        ("3 oscars made between 1975 and 1985", {"+oscars ge 3 !", "+year between (1975.0, 1985.0) !"}),
    ],
)
def test_wishes(understander: LexicalUnderstander, text: str, expected: set[str]) -> None:
    assert wishes(understander.understand(text, EMPTY, "t1")) == expected


@pytest.mark.parametrize(
    ("text", "topic", "attribute", "places"),
    [
        ("bet whos in the 3rd one", "fact", "cast", (2,)),
        ("How lovely. And who directed the first of those?", "fact", "director", (0,)),
        ("the number two, is how long?", "fact", "runtime", (1,)),
        ("hm is number 1 sad?", "fact", "moods", (0,)),
        ("second. director?", "fact", "director", (1,)),
        ("ok the third. how long is it?", "fact", "runtime", (2,)),
        ("waht year is teh first one", "fact", "year", (0,)),
        ("in which country was the second made?", "fact", "country", (1,)),
        ("I wonder if you could possibly tell me what the second one is about?", "describe", None, (1,)),
        ("That's very kind. May I ask why you chose the first one?", "explain", None, (0,)),
        ("what was the budget of Heat?", "fact", None, (0,)),
        ("oldest?", "compare", "year", (0, 1, 2, 3)),
        ("and the most recent?", "compare", "year", (0, 1, 2, 3)),
        ("should I watch Heat or Zodiac?", "compare", None, (0, 3)),
        ("What happens in the first one, roughly?", "describe", None, (0,)),
        ("do you know who was behind the camera on Zodiac?", "fact", "director", (3,)),
        ("the third. is it ok for a ten year old?", "fact", "certificate", (2,)),
    ],
)
def test_questions(
    understander: LexicalUnderstander,
    shown: Conversation,
    text: str,
    topic: str,
    attribute: str | None,
    places: tuple[int, ...],
) -> None:
    question = understander.understand(text, shown, "t1").question
    assert question is not None
    assert (question.topic, question.attribute) == (topic, attribute)
    assert question.item_ids == tuple(shown.last_shown[place] for place in places)


@pytest.mark.parametrize(
    "text", ["when did the first one come out and how long is it", "when was the first made? how long is it?"]
)
def test_two_facts_asked_in_one_message(understander: LexicalUnderstander, shown: Conversation, text: str) -> None:
    question = understander.understand(text, shown, "t1").question
    assert question is not None
    assert (question.attribute, question.also) == ("year", ("runtime",))


@pytest.mark.parametrize("text", ["who won the world cup in 2010", "when did the roman empire fall"])
def test_questions_about_the_world_are_off_topic(understander: LexicalUnderstander, text: str) -> None:
    assert understander.understand(text, EMPTY, "t1").intents == ("off_topic",)


@pytest.mark.parametrize(
    "text", ["I haven't a clue", "couldn't care less, honestly", "hard to say really", "I'll leave it to you"]
)
def test_not_knowing_is_no_wish(understander: LexicalUnderstander, text: str) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert (update.intents, update.add) == (("dont_know",), ())


@pytest.mark.parametrize("text", ["who directed a lot of westerns?", "where should I start with Kurosawa?"])
def test_questions_that_name_a_wish_are_not(understander: LexicalUnderstander, text: str) -> None:
    assert "off_topic" not in understander.understand(text, EMPTY, "t1").intents


def test_bare_numbers_are_places_in_the_list(understander: LexicalUnderstander, shown: Conversation) -> None:
    assert wishes(understander.understand("loved 1, hated 3", shown, "t1")) == {"+item eq Heat", "-item eq Prisoners"}


def test_a_series_is_ruled_out_as_a_whole(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    rejected = demo_facts.get(understander.understand("superheroes but no Batman", EMPTY, "t1").reject_ids)
    assert {"Batman", "Batman Begins", "Batman Returns"} <= {item.title for item in rejected}


@pytest.mark.parametrize(
    ("held", "text", "gone"),
    [
        ("fantasy from the 80s", "it doesn't actually have to be fantasy", {"Fantasy"}),
        ("spanish language horror", "the spanish can go too", {"Spanish", "Spain"}),
        ("something for my 5 year old", "now the kids are asleep, something for me", {"Family"}),
        ("films with nicolas cage", "anyone but cage", {"Nicolas Cage"}),
        ("under 100 minutes", "the longer the better", {100}),
    ],
)
def test_what_was_wished_is_let_go(understander: LexicalUnderstander, held: str, text: str, gone: set[object]) -> None:
    before = holding(understander, held)
    update = understander.understand(text, before, "t1")
    ids = {p.id: p.value for p in before.preferences}
    removed = {ids.get(str(r.value), r.value) for r in update.remove}
    disliked = {p.value for p in update.add if p.polarity == "dislike"}
    assert gone == (removed | disliked) & gone


def test_just_this_after_a_search_without_result_lets_all_else_go(understander: LexicalUnderstander) -> None:
    before = holding(understander, "a western in Icelandic from 1925")
    reply = Reply(session_id="s", turn_id="t0", text="Nothing.", action=AnswerAction(topic="nothing"))
    before = before.model_copy(update={"turns": (Turn(turn_id="t0", user="?", reply=reply),)})
    update = understander.understand("lol fine. just Tom Cruise", before, "t1")
    assert {r.value for r in update.remove} == {p.id for p in before.preferences}
    assert wishes(update) == {"+cast eq Tom Cruise !"}


@pytest.mark.parametrize("text", ["show me what you have noted of my wishes", "what do you know about me so far?"])
def test_asking_for_what_is_known(understander: LexicalUnderstander, text: str) -> None:
    assert "show_preferences" in understander.understand(text, EMPTY, "t1").intents


def test_done_takes_the_item_pointed_at(understander: LexicalUnderstander, shown: Conversation) -> None:
    assert understander.understand("that last one. done", shown, "t1").accept_ids == shown.last_shown[3:]


def test_quotes_are_as_typed_however_spelt(understander: LexicalUnderstander) -> None:
    text = "smth liek forest gump but shorer"
    assert all(p.quote in text for p in understander.understand(text, EMPTY, "t1").add)
