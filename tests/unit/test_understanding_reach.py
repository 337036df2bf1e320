"""How far words reach beyond their sentence: the question before, people and items pointed at, what goes with what."""

from __future__ import annotations

import pytest

from agent.conversation import apply_update
from agent.query import constraints
from agent.types import (
    AnswerAction,
    Conversation,
    PreferenceUpdate,
    Recommendation,
    Reply,
    ShownList,
    Turn,
)
from agent.understanding import LexicalUnderstander
from agent.understanding.asked import asked_by
from retrieval import Facts

EMPTY = Conversation(session_id="s")
TITLES = ("Heat", "Alien", "Zodiac")


def wishes(update: PreferenceUpdate | Conversation) -> set[str]:
    held = update.add if isinstance(update, PreferenceUpdate) else update.preferences
    return {
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}"
        for p in held
        if p.strength >= 0.4
    }


@pytest.fixture(scope="module")
def shown(demo_facts: Facts) -> Conversation:
    """A conversation in which three films were just shown: of 1995, 1979 and 2007."""
    films = tuple(demo_facts.search_title(title, limit=1)[0].id for title in TITLES)
    return EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})


def after(question: str) -> Conversation:
    """Return a conversation in which ``question`` was just asked."""
    reply = Reply(session_id="s", turn_id="t0", text=question, action=AnswerAction())
    return EMPTY.model_copy(update={"turns": (Turn(turn_id="t0", user="", reply=reply),)})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What kinds of movies do you not like?", "dislikes"),
        ("Which genres do you dislike?", "dislikes"),
        ("Okay. Is there anything that you'd avoid?", "dislikes"),
        ("What didn't you like about it?", "reasons against"),
        ("How come you hated that?", "reasons against"),
        ("What did you like about this movie?", "reasons"),
        ("What do you like and what don't you like?", ""),
        ("What kind of film are you in the mood for: a comedy, a drama?", ""),
        ("Here are five films that you won't dislike.", ""),
        ("", ""),
    ],
)
def test_a_question_says_what_its_answer_is_about(question: str, expected: str) -> None:
    assert asked_by(question) == expected


def test_what_palate_asks_itself_asks_for_wishes(demo_facts: Facts) -> None:
    own = [spec.question for spec in demo_facts.schema.attributes if spec.question]
    assert len(own) > 5
    assert [question for question in own if asked_by(question)] == []
    assert asked_by("You can say “why this?” or “what happens in it?”, and what you don't like.") == ""


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What kinds of films do you dislike?", "mostly westerns", {"-genres eq Western"}),
        (
            "What kinds of films do you dislike?",
            "horror, but I like thrillers",
            {"-genres eq Horror", "+genres eq Thriller"},
        ),
        ("Which films don't you like?", "movies like Zodiac", {"-item eq Zodiac"}),
        ("What didn't you like about it?", "there wasn't much action", {"+genres eq Action"}),
        ("What do you like?", "mostly westerns", {"+genres eq Western"}),
    ],
)
def test_a_bare_answer_is_meant_as_it_was_asked_for(
    understander: LexicalUnderstander, question: str, text: str, expected: set[str]
) -> None:
    assert wishes(understander.understand(text, after(question), "t1")) == expected


@pytest.mark.parametrize(
    ("text", "ruled_out"),
    [
        ("a cartoon, nothing scary", "-genres eq Horror"),
        ("a thriller, but don't make it creepy", "-genres eq Horror"),
        ("something without jump scares", "-genres eq Horror"),
        ("a John Wayne film where he isn't a cowboy", "-genres eq Western"),
        ("etwas ohne Gesang und nicht gruselig", "-genres eq Horror"),
        ("un dessin animé, rien d'effrayant", "-genres eq Horror"),
        ("动画片，不要吓人的", "-genres eq Horror"),
    ],
)
def test_what_goes_with_a_wording_goes_with_its_absence(
    understander: LexicalUnderstander, text: str, ruled_out: str
) -> None:
    assert ruled_out in wishes(understander.understand(text, EMPTY, "t1"))


@pytest.mark.parametrize("text", ["a horror film, but not scary", "something scary", "a gory slasher"])
def test_what_is_wished_for_is_not_ruled_out_beside(understander: LexicalUnderstander, text: str) -> None:
    assert "-genres eq Horror" not in wishes(understander.understand(text, EMPTY, "t1"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I'll take the oldest one", 1),
        ("let's watch the newer one", 2),
        ("the shortest of them, please", 1),
    ],
)
def test_an_item_is_pointed_at_by_how_it_compares(
    understander: LexicalUnderstander, shown: Conversation, text: str, place: int
) -> None:
    update = understander.understand(text, shown, "t1")
    assert update.accept_ids == (shown.last_shown[place],)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now without her, but from after 2000", {"+genres eq Comedy", "-cast eq Catherine Deneuve", "+year gt 2000"}),
        ("more with her please", {"+genres eq Comedy", "+cast eq Catherine Deneuve"}),
        ("doesn't matter who's in it", {"+genres eq Comedy"}),
        ("egal, wer mitspielt", {"+genres eq Comedy"}),
        ("peu importe qui joue dedans", {"+genres eq Comedy"}),
        ("no importa quién actúe", {"+genres eq Comedy"}),
        ("谁演的都行", {"+genres eq Comedy"}),
        ("whoever stars in it", {"+genres eq Comedy"}),
    ],
)
def test_people_of_wishes_in_force_are_meant_by_pronouns_and_questions(
    understander: LexicalUnderstander, demo_facts: Facts, text: str, expected: set[str]
) -> None:
    held = apply_update(
        EMPTY, understander.understand("a comedy with Catherine Deneuve", EMPTY, "t0"), demo_facts.schema
    )
    state = apply_update(held, understander.understand(text, held, "t1"), demo_facts.schema)
    assert wishes(state) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3 more", 3),
        ("two others please", 2),
        ("westerns, I need four", 4),
        ("nur einen Film", 1),
        ("随便推荐一部就行", 1),
    ],
)
def test_items_are_counted_without_a_noun(
    understander: LexicalUnderstander, shown: Conversation, text: str, count: int
) -> None:
    assert understander.understand(text, shown, "t1").k == count


@pytest.mark.parametrize("text", ["k next", "ok others please", "again!", "hm, another batch", "the rest of them"])
def test_further_items_are_asked_for_whatever_opens_the_message(
    understander: LexicalUnderstander, shown: Conversation, text: str
) -> None:
    update = understander.understand(text, shown, "t1")
    assert "more" in update.intents and update.reject_ids == shown.last_shown and not update.add


def test_others_of_somebody_are_not_the_one_just_talked_about(
    understander: LexicalUnderstander, demo_facts: Facts
) -> None:
    film = demo_facts.search_title("Vertigo", limit=1)[0]
    told = Reply(
        session_id="s",
        turn_id="t0",
        text="Vertigo came out in 1958.",
        action=AnswerAction(topic="fact"),
        recommendations=(Recommendation(item_id=film.id, title=film.title, rank=1),),
    )
    state = EMPTY.model_copy(update={"turns": (Turn(turn_id="t0", user="when was Vertigo?", reply=told),)})
    assert film.id in understander.understand("give me other Hitchcocks", state, "t1").reject_ids
    assert film.id not in understander.understand("a Hitchcock", state, "t1").reject_ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My wife passed last spring, so it is just me and the dog now. A western please.", {"+genres eq Western"}),
        ("I'm a nurse and I work nights. Something funny", {"+moods eq funny"}),
        ("Hi, I'm Tom Hanks. A comedy", {"+genres eq Comedy"}),
        ("Normally I love documentaries, but tonight a comedy", {"+genres eq Comedy"}),
    ],
)
def test_what_is_told_of_oneself_is_no_wish_for_now(
    understander: LexicalUnderstander, text: str, expected: set[str]
) -> None:
    assert wishes(understander.understand(text, EMPTY, "t1")) == expected


def test_what_is_liked_normally_but_not_tonight_is_not_searched_by(understander: LexicalUnderstander) -> None:
    update = understander.understand("Normally I love documentaries, but tonight a comedy", EMPTY, "t1")
    assert "Documentary" in {p.value for p in update.add}
    assert [constraint.value for constraint in constraints(update.add)] == ["Comedy"]
