"""What real dialogues are read as, and the rates that come of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.types import Conversation, Preference, PreferenceUpdate, Recommendation, Turn
from evals.simulation.calibration import Label, calibrate, read_step_labels, render
from evals.simulation.config import load_users
from evals.simulation.slips import slip_counts
from evals.simulation.talk import Message, Step, Talk, steps
from evals.simulation.talk_words import asks_taste, speaks_of_taste

WORDS = {
    "comedy": ("genres", "Comedy"),
    "horror": ("genres", "Horror"),
    "newer": ("year", "new"),
    "eerie": ("moods", "eerie"),
}


class Reader:
    """Reads every word it knows as a wish."""

    async def hear(self, text: str, conversation: Conversation) -> tuple[Conversation, PreferenceUpdate]:
        found = [(word, *WORDS[word]) for word in text.replace(",", " ").split() if word in WORDS]
        wishes = tuple(
            Preference(id=word, attribute=name, value=value, turn_id="1", quote=word) for word, name, value in found
        )
        held = (*conversation.preferences, *wishes)
        turns = (*conversation.turns, Turn(turn_id="1", user=text))
        return conversation.model_copy(update={"preferences": held, "turns": turns}), PreferenceUpdate(add=wishes)

    def tell(self, conversation: Conversation, picks: Sequence[Recommendation]) -> Conversation:
        return conversation


def said(*lines: str) -> Talk:
    """Return a dialogue of "S: ..." and "R: ..." lines; a title stands in angle brackets."""
    messages = []
    for line in lines:
        titles = tuple(part.split(">")[0] for part in line.split("<")[1:])
        text = line[3:].replace("<", "").replace(">", "")
        messages.append(Message(seeker=line.startswith("S"), text=text, titles=titles))
    return Talk(id="d1", messages=tuple(messages))


async def read(*lines: str) -> list[Step]:
    return await steps(Reader(), said(*lines))


async def test_a_step_knows_what_it_answers_and_what_it_states() -> None:
    found = await read(
        "S: hello",
        "R: hi, what kind of movies do you like?",
        "S: comedy",
        "R: have you seen <Eerie Comedy (1999)> ?",
        "S: seen it. something newer please",
        "S: or comedy",
        "R: <Boo (2001)> or do you prefer horror?",
        "S: I loved <Boo (2001)>",
    )
    assert [step.after for step in found] == ["start", "question", "items", "items and question"]
    assert [step.wishes for step in found] == [(), ("genres",), ("year",), ()]
    assert [step.lists for step in found] == [0, 0, 1, 2]
    assert [step.turn for step in found] == [0, 2, 4, 7]
    assert found[2].repeated == 1
    assert found[2].seen
    assert found[3].titles == 0, "the recommender named it first"


async def test_words_of_a_title_are_no_wish() -> None:
    (step,) = await read("S: I want something like <Eerie Horror (1980)>")
    assert (step.wishes, step.titles) == ((), 1)


@pytest.mark.parametrize(
    ("text", "quote", "attribute", "speaks"),
    [
        ("I really like scary movies", "scary", "moods", True),
        ("it was so scary", "scary", "moods", False),
        ("scary", "scary", "moods", True),
        ("I loved that scary one", "scary", "moods", False),
        ("seen it, but something newer would be good", "newer", "year", True),
        ("Ann Lee is a great actress", "Ann Lee", "cast", True),
        ("Ann Lee was in it", "Ann Lee", "cast", False),
        ("I would love to see that classic", "classic", "year", False),
        ("not into scary. I like comedies", "comedies", "genres", True),
    ],
)
def test_a_taste_is_told_from_a_verdict(text: str, quote: str, attribute: str, speaks: bool) -> None:
    assert speaks_of_taste(attribute, quote, text) is speaks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("What kind of movies do you like?", True),
        ("do you like comedies?", True),
        ("anything in particular?", True),
        ("have you seen it ?", False),
        ("did you like it?", False),
        ("how are you today?", False),
    ],
)
def test_questions_about_taste_are_known(text: str, asks: bool) -> None:
    assert asks_taste(text) is asks


def reaction(number: int, *, wishes: bool, dialogue: str = "") -> Step:
    return Step(
        dialogue=dialogue or f"d{number}",
        turn=2,
        after="items",
        lists=1,
        wishes=("genres",) if wishes else (),
        words=4,
    )


def label(number: int, holds: bool, part: str = "check") -> Label:
    return Label(dialogue=f"d{number}", turn=2, about="unasked", holds=holds, part=part)  # type: ignore[arg-type]


def test_the_rate_is_corrected_by_what_labels_say_of_each_kind() -> None:
    """20 of 100 found: half of them right; of the 80 others one in four states a wish: 0.2 * 0.5 + 0.8 * 0.25 = 0.3."""
    reactions = [reaction(number, wishes=number < 20) for number in range(100)]
    labels = [label(0, True), label(1, False), *(label(number, number == 20) for number in range(20, 24))]
    talks = [Talk(id=step.dialogue, messages=()) for step in reactions]
    measured = calibrate("set", talks, reactions, [*labels, label(2, False, "development")], 1)
    assert measured.agreement is not None
    assert measured.agreement.labels == 6
    assert measured.agreement.precision == 0.5
    assert measured.agreement.corrected.value == pytest.approx(0.3)
    assert measured.agreement.corrected.low < 0.3 < measured.agreement.corrected.high
    assert measured.agreement.recall == pytest.approx(0.1 / 0.3)
    assert "0.300" in render(measured)


def test_intervals_are_over_dialogues_and_not_over_steps() -> None:
    alone = [reaction(number, wishes=number < 10) for number in range(40)]
    together = [reaction(number, wishes=number < 10, dialogue=f"d{number // 10}") for number in range(40)]

    def width(reactions: list[Step]) -> float:
        talks = [Talk(id=name, messages=()) for name in sorted({step.dialogue for step in reactions})]
        interval = calibrate("set", talks, reactions, [], 1).rates[0].value
        return interval.high - interval.low

    assert width(together) > 1.5 * width(alone)


def test_slips_are_rare_words_next_to_a_common_one() -> None:
    said_often = Message(seeker=True, text=" ".join(["movie"] * 10))
    slipped = Message(seeker=True, text="a moive with Brad Pitt, he's great")
    counts = slip_counts([Talk(id="a", messages=(said_often,)), Talk(id="b", messages=(slipped,))])
    assert counts == [(0.0, 10.0), (1.0, 3.0)]


def test_the_types_agree_on_average_with_what_was_measured() -> None:
    kinds = load_users().types.values()

    def average(name: str) -> float:
        return sum(getattr(kind, name) for kind in kinds) / len(kinds)

    assert average("volunteer") == pytest.approx(0.16, abs=0.005)
    assert average("know") == pytest.approx(0.88, abs=0.01)
    assert average("reply_below") == pytest.approx(0.68, abs=0.01)
    assert average("typo") == pytest.approx(0.004, abs=0.001)
    assert sum(sum(kind.opening) / 2 for kind in kinds) / len(kinds) == pytest.approx(1.16, abs=0.02)


def test_labels_name_steps_once_and_hold_no_text() -> None:
    labels = read_step_labels()
    assert len({(one.dialogue, one.turn, one.about) for one in labels}) == len(labels) > 300
