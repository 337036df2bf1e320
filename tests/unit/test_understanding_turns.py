"""What later turns do to earlier ones: choices narrowed, people replaced, company gone, places chosen in passing."""

from __future__ import annotations

import pytest

from agent.types import Conversation, Preference, ShownList
from agent.understanding import LexicalUnderstander
from retrieval import Facts

EMPTY = Conversation(session_id="s")


def holding(*wishes: Preference) -> Conversation:
    return EMPTY.model_copy(update={"preferences": wishes})


def wish(attribute: str, value: object, op: str = "eq", **more: object) -> Preference:
    stated = {"id": f"t1.{attribute}", "turn_id": "t1", "hard": True, "quote": str(value), "polarity": "like"}
    return Preference.model_validate({**stated, "attribute": attribute, "op": op, "value": value, **more})


def read(understander: LexicalUnderstander, text: str, conversation: Conversation = EMPTY) -> set[str]:
    """Return wishes as ``+genres eq Comedy``."""
    update = understander.understand(text, conversation, "t2")
    return {f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}" for p in update.add}


def test_one_of_several_takes_their_place(understander: LexicalUnderstander) -> None:
    held = wish("cast", ("Meryl Streep", "Diane Keaton"), "in")
    update = understander.understand("right, only Keaton then", holding(held), "t2")
    assert [p.value for p in update.add if p.attribute == "cast"] == ["Diane Keaton"]
    assert held.id in {removal.value for removal in update.remove}


def test_one_ruled_out_leaves_the_others(understander: LexicalUnderstander) -> None:
    held = wish("genres", ("Comedy", "Horror"), "in")
    update = understander.understand("no horror after all", holding(held), "t2")
    assert {(p.value, p.polarity) for p in update.add} == {("Horror", "dislike"), ("Comedy", "like")}
    assert held.id in {removal.value for removal in update.remove}


def test_who_takes_anothers_place_takes_the_role(understander: LexicalUnderstander) -> None:
    assert read(understander, "no wait, Clint Eastwood instead", holding(wish("director", "Woody Allen"))) == {
        "+director eq Clint Eastwood"
    }
    assert read(understander, "no wait, one with Clint Eastwood", holding(wish("director", "Woody Allen"))) == {
        "+cast eq Clint Eastwood"
    }


@pytest.mark.parametrize("text", ["And for the two of us a thriller", "a thriller for once they're in bed", "a comedy"])
def test_wishes_for_company_end_when_it_is_gone(understander: LexicalUnderstander, text: str) -> None:
    held = wish("genres", "Family", scope="company")
    gone = {removal.value for removal in understander.understand(text, holding(held), "t2").remove}
    assert (held.id in gone) is (text != "a comedy")


def test_two_people_who_want_what_excludes_itself_get_either(understander: LexicalUnderstander) -> None:
    assert read(understander, "one with Buster Keaton and my brother wants Vin Diesel") == {
        "+cast in ('Buster Keaton', 'Vin Diesel')"
    }


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("3 works", ["Prisoners"]),
        ("2 it is, thanks", ["Drive"]),
        ("the fourth will do", ["Zodiac"]),
        ("2 westerns", []),
    ],
)
def test_a_place_is_chosen_in_passing(
    understander: LexicalUnderstander, demo_facts: Facts, text: str, titles: list[str]
) -> None:
    films = tuple(demo_facts.search_title(t, limit=1)[0].id for t in ("Heat", "Drive", "Prisoners", "Zodiac"))
    shown = EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})
    update = understander.understand(text, shown, "t2")
    assert [item.title for item in demo_facts.get(list(update.accept_ids))] == titles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nineteen seventy five or earlier", {"+year le 1975"}),
        ("nothing before two thousand and three", {"+year ge 2003"}),
        ("from nineteen oh two", {"+year eq 1902"}),
        ("twenty thirty minute films", set()),
    ],
)
def test_years_in_words(understander: LexicalUnderstander, text: str, expected: set[str]) -> None:
    assert {wish for wish in read(understander, text) if wish.startswith("+year")} == expected


@pytest.mark.parametrize(
    ("text", "disliked"),
    [
        ("robots, but if you show me Transformers I'll cry", True),
        ("robots. westerns are out too", True),
        ("you'd expect a western, but no, I've had enough of those", True),
        ("if you find me a western I'll watch it", False),
        ("a western is out there somewhere", False),
    ],
)
def test_refusals_in_passing(understander: LexicalUnderstander, text: str, disliked: bool) -> None:
    update = understander.understand(text, EMPTY, "t2")
    refused = {str(p.value) for p in update.add if p.polarity == "dislike"} | set(update.reject_ids)
    assert bool(refused) is disliked


def test_drawn_out_words_are_read_as_written(understander: LexicalUnderstander) -> None:
    assert read(understander, "plssss a sooo scaryyy western") >= {"+genres eq Western", "+moods eq scary"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("give me three of those", 3),
        ("just the two newest westerns", 2),
        ("are two of those French?", None),
        ("for the two of us", None),
    ],
)
def test_counts_inside_a_sentence(understander: LexicalUnderstander, text: str, count: int | None) -> None:
    assert understander.understand(text, EMPTY, "t2").k == count


def test_a_list_of_titles_asked_about(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    update = understander.understand("Alien, Prometheus, Covenant. which of them is the longest?", EMPTY, "t2")
    assert update.question is None  # no film of the demo is called just Covenant
    update = understander.understand("Heat, Alien, Zodiac... which of them is the longest?", EMPTY, "t2")
    assert update.question is not None
    assert [i.title for i in demo_facts.get(list(update.question.item_ids))] == ["Heat", "Alien", "Zodiac"]


@pytest.mark.parametrize("text", ["what year's that from?", "how many mins is it?", "who directed that?"])
def test_questions_about_what_was_talked_about(understander: LexicalUnderstander, demo_facts: Facts, text: str) -> None:
    heat = demo_facts.search_title("Heat", limit=1)[0].id
    update = understander.understand(text, EMPTY.model_copy(update={"accepted_ids": (heat,)}), "t2")
    assert update.question is not None and update.question.item_ids == (heat,)
    assert update.question.attribute in {"year", "runtime", "director"}


def test_what_ones_family_did_is_no_wish_for_it(understander: LexicalUnderstander) -> None:
    assert read(understander, "my kids gave me this tablet. Something with Catherine Deneuve") == {
        "+cast eq Catherine Deneuve"
    }
    assert "+genres eq Family" in read(understander, "something with my kids")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("oops, no i meant Brad Pitt", {"+cast eq Brad Pitt"}),
        ("my husband is against horror, so none of that", {"-genres eq Horror"}),
        ("westerns still no", {"-genres eq Western"}),
        ("from the forties right up to the end of the sixties", {"+year between (1940.0, 1969.0)"}),
        ("nothing she made after 1990", {"+year le 1990"}),
        ("he was born in 1962, so one from that year", {"+year eq 1962"}),
        ("something with leonardo dicaprioo", {"+cast eq Leonardo DiCaprio"}),
        ("any by Kurosawa, Akira?", {"+director eq Akira Kurosawa"}),
        ("ideally a western. no, definitely a western", {"+genres eq Western"}),
        ("it is my brothers birthday, a western please", {"+genres eq Western"}),
    ],
)
def test_wordings_that_turn_or_complete_what_was_said(
    understander: LexicalUnderstander, text: str, expected: set[str]
) -> None:
    assert {wish for wish in read(understander, text) if "text" not in wish} == expected


def test_the_last_word_on_a_wish_makes_it_firm(understander: LexicalUnderstander) -> None:
    update = understander.understand("ideally a western. no, definitely a western", EMPTY, "t2")
    assert [p.hard for p in update.add] == [True]


def test_what_somebody_made_is_asked_for_by_who_made_it(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    heat = demo_facts.search_title("Heat", limit=1)[0].id
    update = understander.understand(
        "what has he done that's older than that one?", EMPTY.model_copy(update={"accepted_ids": (heat,)}), "t2"
    )
    assert update.question is None
    assert {(p.attribute, p.op, p.value) for p in update.add} == {
        ("director", "eq", "Michael Mann"),
        ("year", "lt", 1995),
    }


def test_which_asks_of_what_stands_before_it(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    films = tuple(demo_facts.search_title(t, limit=1)[0].id for t in ("Heat", "Drive", "Prisoners"))
    shown = EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})
    update = understander.understand("of the first two which is the longer", shown, "t2")
    assert update.question is not None
    assert (update.question.topic, update.question.item_ids) == ("compare", films[:2])


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("my mum says I'm an idiot", False),
        ("he wouldn't shut up about it", False),
        ("you idiot", True),
        ("shut up", True),
    ],
)
def test_abuse_is_what_is_hurled_at_us(understander: LexicalUnderstander, text: str, refused: bool) -> None:
    assert ("abuse" in understander.understand(text, EMPTY, "t2").intents) is refused


def test_a_foreign_word_is_no_slip_in_somebodys_name(understander: LexicalUnderstander) -> None:
    held = EMPTY.model_copy(update={"language": "de"})
    assert read(understander, "Höchstens 110 Minuten, ich muss morgen früh raus", held) == {"+runtime le 110"}


def test_a_comparison_keeps_the_other_end_of_a_range(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    film = demo_facts.search_title("Raging Bull", limit=1)[0]
    shown = holding(wish("year", (1960.0, 1989.0), "between")).model_copy(
        update={"shown": (ShownList(turn_id="t0", item_ids=(film.id,)),)}
    )
    assert read(understander, "something older", shown) == {"+year lt 1980", "+year ge 1960.0"}


def test_a_limit_of_time_is_dropped_by_that_name(understander: LexicalUnderstander) -> None:
    update = understander.understand("ok then drop the time limit", holding(wish("runtime", 120.0, "le")), "t2")
    assert {removal.attribute for removal in update.remove} == {"runtime"}
    assert not update.add
