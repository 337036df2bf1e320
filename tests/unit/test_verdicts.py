"""What a message says of the items it names: by the words before, behind and in the next sentence."""

from __future__ import annotations

import pytest

from agent.types import ITEM, Conversation, PreferenceUpdate, ShownList
from agent.understanding import LexicalUnderstander
from retrieval import Facts

BLANK = Conversation(session_id="s")
LIKES = [
    "I loved Zodiac",
    "I saw Zodiac last week and really enjoyed it",
    "Just watched Zodiac. It was amazing.",
    "I've seen Zodiac, it's pretty good",
    "Zodiac (2007) -- great film",
    "I can't get enough of Zodiac",
    "It isn't as good as Zodiac",
    "My favorite is Zodiac",
    "something like Zodiac",
    "Zodiac was not bad at all",
    "We're huge fans of Zodiac",
]
DISLIKES = [
    "I hated Zodiac",
    "I wasn't a fan of Zodiac",
    "I'm not really a fan of Zodiac (2007) though",
    "I never really got into Zodiac",
    "I didn't care for Zodiac",
    "I watched Zodiac but it was a little confusing for me",
    "Zodiac is not my cup of tea",
    "Zodiac sucked",
    "I saw Zodiac and did not like it",
    "I don't like movies like Zodiac",
    "I thought Zodiac was so boring",
    "I like thrillers but not stuff like Zodiac",
    "Zodiac? Not a big fan.",
]


def verdicts(update: PreferenceUpdate) -> dict[str, str]:
    return {p.label: p.polarity for p in update.add if p.attribute == ITEM}


@pytest.mark.parametrize("text", LIKES)
def test_liked(understander: LexicalUnderstander, text: str) -> None:
    assert verdicts(understander.understand(text, BLANK, "t1")) == {"Zodiac": "like"}


@pytest.mark.parametrize("text", DISLIKES)
def test_disliked(understander: LexicalUnderstander, text: str) -> None:
    assert verdicts(understander.understand(text, BLANK, "t1")) == {"Zodiac": "dislike"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I've seen Zodiac (2007) and Prisoners last week and loved them", {"Zodiac": "like", "Prisoners": "like"}),
        ("I hated Zodiac but loved Prisoners", {"Zodiac": "dislike", "Prisoners": "like"}),
        ("I enjoyed Zodiac. The Matrix was boring.", {"Zodiac": "like", "The Matrix": "dislike"}),
        ("I'm not into Zodiac, Prisoners or Heat", {"Zodiac": "dislike", "Prisoners": "dislike", "Heat": "dislike"}),
    ],
)  # fmt: skip
def test_several(understander: LexicalUnderstander, text: str, expected: dict[str, str]) -> None:
    assert verdicts(understander.understand(text, BLANK, "t1")) == expected


def test_what_is_brought_up_leans_and_is_not_shown_again(understander: LexicalUnderstander) -> None:
    for text in ("Have you seen Zodiac?", "I recently watched Zodiac"):
        update = understander.understand(text, BLANK, "t1")
        assert [(p.label, p.polarity, p.strength) for p in update.add] == [("Zodiac", "like", 0.5)], text
        assert len(update.seen_ids) == 1


def test_what_is_known_or_unknown_is_no_wish(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    zodiac = demo_facts.search_title("Zodiac", limit=1)[0].id
    shown = BLANK.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=(zodiac,)),)})
    seen = understander.understand("I saw Zodiac", shown, "t1")
    assert (seen.add, seen.seen_ids) == ((), (zodiac,))
    already = understander.understand("I've already seen Zodiac", BLANK, "t1")
    assert (already.add, already.seen_ids) == ((), (zodiac,))
    unseen = understander.understand("I haven't seen Zodiac yet", BLANK, "t1")
    assert (unseen.add, unseen.seen_ids) == ((), ())
    wanted = understander.understand("I never saw Zodiac but it sounds good", BLANK, "t1")
    assert wanted.accept_ids == (zodiac,)


def test_the_year_behind_a_title_tells_which_is_meant(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    update = understander.understand("I loved the Alien (1979) movies", BLANK, "t1")
    (wish,) = (p for p in update.add if p.attribute == ITEM)
    assert demo_facts.get([str(wish.value)])[0].attributes["year"] == 1979


@pytest.mark.parametrize("text", ["Awesome!", "I liked the original", "a newer movie please", "k"])
def test_plain_words_are_no_misspelt_titles(understander: LexicalUnderstander, text: str) -> None:
    assert verdicts(understander.understand(text, BLANK, "t1")) == {}


def test_a_question_does_not_hide_the_verdict_beside_it(understander: LexicalUnderstander) -> None:
    update = understander.understand("I loved Zodiac. How long is The Matrix?", BLANK, "t1")
    assert update.question is not None and update.question.attribute == "runtime"
    assert verdicts(update) == {"Zodiac": "like"}
    asked = understander.understand("How long is The Matrix?", BLANK, "t1")
    assert (asked.add, asked.question is not None) == ((), True)


def test_it_is_the_title_of_the_same_message(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    heat = demo_facts.search_title("Heat", limit=1)[0].id
    shown = BLANK.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=(heat,)),)})
    update = understander.understand("I saw Zodiac yesterday. It was terrible.", shown, "t1")
    assert verdicts(update) == {"Zodiac": "dislike"}
    assert heat not in (*update.reject_ids, *update.referred_ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("too much romance for me", "dislike"),
        ("there wasn't enough romance", "like"),
        ("Musicals and romance are not my thing", "dislike"),
        ("romance films are boring", "dislike"),
        ("romance films are great", "like"),
        ("I don't like chick flicks because they're all about romance", "dislike"),
        ("I hated it because there was no romance", "like"),
        ("I love old films because they're full of romance", "like"),
    ],
)
def test_categories_are_judged_too(understander: LexicalUnderstander, text: str, expected: str) -> None:
    held = {str(p.value): p.polarity for p in understander.understand(text, BLANK, "t1").add}
    assert held["Romance"] == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I loved Avengers: Infinity War (2099)", "Avengers: Infinity War"),
        ("I liked The Incredibles 2 (2099) a lot", "The Incredibles 2"),
        ("Mr. Zodiac of the Sea (2099) was great", "Mr. Zodiac of the Sea"),
    ],
)
def test_a_year_in_brackets_proves_an_absent_title(understander: LexicalUnderstander, text: str, title: str) -> None:
    update = understander.understand(text, BLANK, "t1")
    assert update.missing_titles == (title,)
    assert {p.attribute for p in update.add} == {"text"}, "neither its year nor its words are conditions"


def test_dated_titles_are_told_apart(understander: LexicalUnderstander) -> None:
    update = understander.understand("I loved Zodiac (2007) and Heat (1995) but not Alien (1979)", BLANK, "t1")
    assert {title: verdict for title, verdict in verdicts(update).items() if verdict == "like"} == {
        "Zodiac": "like",
        "Heat": "like",
    }
