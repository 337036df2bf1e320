"""The benchmark of preferences: its scorer on hand-made cases, its labels, and what it says without data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent import Listener, Settings
from agent.types import ITEM, TEXT, Conversation, Preference, PreferenceUpdate, Recommendation
from evals import DataMissingError, EvalError, Played, run_stated, run_titles
from evals.benchmarks.guard_data import half_of
from evals.benchmarks.preferences import holds, play, render, summed
from evals.benchmarks.preferences_baselines import TitleMatcher
from evals.benchmarks.preferences_data import read_catalogue, read_dialogues, without_years
from evals.benchmarks.preferences_labels import StatedLabel, matched, read_labels, stated
from evals.benchmarks.preferences_run import placing
from evals.benchmarks.preferences_score import Tally, f1_of, measured, verdicts
from retrieval import Facts
from retrieval.demo import schema
from retrieval.types import AttributeValue, Item

SCHEMA = schema()
FILMS = (
    Item(id="h", title="Heat", attributes={"year": 1995}),
    Item(id="h86", title="Heat", attributes={"year": 1986}),
    Item(id="d", title="Drive", attributes={"year": 2011}),
    Item(id="z", title="Zodiac", attributes={"year": 2007}),
)


class Hearer:
    """Holds a like for each film whose title is said, and a dislike behind "not"."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    async def hear(self, text: str, conversation: Conversation) -> tuple[Conversation, PreferenceUpdate]:
        named = {film.id: f"{film.title} ({film.attributes['year']})" for film in FILMS}
        add = [wish(i, "dislike" if f"not {n}" in text else "like") for i, n in named.items() if n in text]
        update = PreferenceUpdate(add=tuple(add))
        return conversation.model_copy(update={"preferences": (*conversation.preferences, *update.add)}), update

    def tell(self, conversation: Conversation, picks: Sequence[Recommendation]) -> Conversation:
        self.told.append(tuple(pick.item_id for pick in picks))
        return conversation


def wish(value: AttributeValue, polarity: str = "like", attribute: str = ITEM, **more: object) -> Preference:
    return Preference.model_validate(
        {"id": "1", "attribute": attribute, "value": value, "polarity": polarity, "turn_id": "t1", "quote": "", **more}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of one dialogue and four films."""
    (tmp_path / "redial").mkdir()
    liked = {"Heat (1995)": True, "Drive (2011)": False, "Zodiac (2007)": None}

    def turn(role: str, text: str, *tags: tuple[str, str]) -> dict[str, object]:
        return {
            "role": role,
            "text": text,
            "mentioned_titles": [title for title, _ in tags],
            "mentioned_ids": [tag for _, tag in tags],
            "liked": {title: liked.get(title) for title, _ in tags},
        }

    turns = [
        turn("recommender", "Seen Heat (1986) ?", ("Heat (1986)", "h86")),
        turn("user", "I loved Heat (1995), not Heat (1986)", ("Heat (1995)", "h")),
        turn("user", "I hated Drive (2011) and Zodiac (2007)", ("Drive (2011)", "d"), ("Zodiac (2007)", "z")),
    ]
    row = json.dumps({"dialog_id": "x", "turns": turns})
    for name in ("train_sample", "test_dev"):
        (tmp_path / "redial" / f"{name}.jsonl").write_text(row + "\n", "utf-8")
    films = [{"id": f.id, "name": f"{f.title} ({f.attributes['year']})", "genre": ["sci-fi", "crime"]} for f in FILMS]
    (tmp_path / "redial" / "items.jsonl").write_text("\n".join(map(json.dumps, films)), "utf-8")
    return tmp_path


def test_a_wrong_verdict_is_a_false_find_and_a_miss() -> None:
    found = {"a": "like", "b": "like", "c": "dislike", "x": "like"}
    counts = verdicts(found, {"a": "like", "b": "dislike", "c": "dislike", "d": "like"})
    assert (counts.right, counts.found, counts.labelled) == (2, 4, 4)
    assert f1_of(counts) == 0.5
    assert f1_of(Tally()) is None, "nothing to find and nothing found is no score of zero"


def test_figures_are_micro_averages_with_an_interval_over_dialogues() -> None:
    figures = measured([Tally(right=1, found=1, labelled=3), Tally(right=2, found=4, labelled=2)])
    assert (figures.precision, figures.recall, figures.f1) == (0.6, 0.6, 0.6)
    assert figures.low == 0.5 and figures.high == pytest.approx(0.6667, abs=1e-4)
    alone = measured([Tally(right=1, found=2, labelled=2)])
    assert (alone.f1, alone.low, alone.high) == (0.5, None, None), "one dialogue has no interval"
    assert measured([Tally(found=2)]).recall is None


def test_what_no_verdict_speaks_of_does_not_count(folder: Path) -> None:
    (dialogue,) = read_dialogues(folder, "test")
    assert {(label.item_id, label.verdict) for label in dialogue.labels} == {("h", "like"), ("d", "dislike")}
    assert (dialogue.unlabelled, dialogue.others) == ({"z"}, {"h86"})
    assert not any(label.doubtful for label in dialogue.labels)
    small = without_years(dialogue)
    assert [said.text for said in small.messages][:2] == ["Seen Heat (1986) ?", "i loved heat, not heat"]


async def test_a_dialogue_is_played_and_compared(folder: Path) -> None:
    dialogues = read_dialogues(folder, "test")
    films = read_catalogue(folder, SCHEMA)
    assert films[0].attributes == {"genres": ("Sci-Fi", "Crime"), "year": 1995}
    place = placing(films, FILMS)
    hearer = Hearer()
    played = [await play(hearer, dialogues[0], place)]
    assert hearer.told == [("h86",)], "what the recommender names counts as shown"
    assert played[0].held == {"h": "like", "h86": "dislike", "d": "like", "z": "like"}
    report = summed(dialogues, played, TitleMatcher(FILMS, place), place, half="test", wording="as typed")
    own = report.rows[0]
    assert (own.all.right, own.all.found, own.all.labelled) == (1, 2, 2), "Zodiac and the other Heat are left out"
    assert (own.agreement, report.slips["wrong verdict"], own.disliked.recall) == (0.5, 1, 0.0)
    assert "wrong verdict 1" in render(report)
    by_name = {row.name: row for row in report.rows}
    assert by_name["any title with its year, liked"].all.right == 1


def test_films_the_catalogue_lacks_are_counted_apart(folder: Path) -> None:
    place = placing(read_catalogue(folder, SCHEMA), FILMS[:1])
    assert (place("h"), place("d"), place("nobody")) == ("h", None, None)
    dialogues = read_dialogues(folder, "test")
    matcher = TitleMatcher(FILMS[:1], place)
    nothing = [Played(dialogue_id="x", held={})]
    report = summed(dialogues, nothing, matcher, place, half="test", wording="as typed")
    assert (report.labels, report.absent, report.rows[0].all.labelled) == (2, 1, 1)


def test_held_verdicts_are_wishes_and_what_was_accepted() -> None:
    state = Conversation(session_id="s", accepted_ids=("a", "b"), preferences=(wish("b", "dislike"), wish("c")))
    assert holds(state) == {"a": "like", "b": "dislike", "c": "like"}


def test_the_bundled_labels_fit_the_schema_and_hold_no_text() -> None:
    labels = read_labels()
    places = [(one.dialogue, one.turn) for one in labels]
    assert len(labels) == len(set(places)) >= 150, "one line a message"
    for one in labels:
        for label in one.labels:
            for name, value in ((label.attribute, label.value), *label.also):
                spec = SCHEMA.get(name)
                assert name == ITEM or spec is not None, (one.dialogue, name)
                if spec is not None and spec.kind == "number":
                    assert value in ("low", "high"), (one.dialogue, name, value)
            assert label.keys(SCHEMA)
    halves = {half: sum(half_of(one.dialogue) == half for one in labels) for half in ("development", "test")}
    assert min(halves.values()) >= 60
    by_dialogue = {one.dialogue: half_of(one.dialogue) for one in labels}
    assert by_dialogue["ccpe_CCPE-6ebc5"] == "development" and by_dialogue["ccpe_CCPE-caab5"] == "test", "cut for ever"


def test_wishes_are_brought_to_one_form() -> None:
    wishes = (
        wish("Horror", "dislike", "genres"),
        wish(("Comedy", "Drama"), attribute="genres", op="in"),
        wish("m0", "dislike", label="The Purge"),
        wish(140, "dislike", "runtime", op="ge"),
        wish("French", attribute="language", strength=0.3),
        wish("free words", attribute=TEXT),
    )
    assert stated(wishes, SCHEMA) == {
        ("genres", "horror", "dislike"),
        ("genres", "comedy", "like"),
        ("genres", "drama", "like"),
        (ITEM, "the purge", "dislike"),
        ("runtime", "low", "like"),
    }


def test_a_label_is_met_by_any_right_reading_once() -> None:
    funny = StatedLabel(attribute="moods", value="funny", polarity="like", also=(("genres", "Comedy"),))
    scary = StatedLabel(attribute="moods", value="scary", polarity="like", optional=True)
    purge = StatedLabel(attribute=ITEM, value="Purge", polarity="dislike")
    long = StatedLabel(attribute="runtime", value="high", polarity="dislike")
    found = {
        ("genres", "comedy", "like"),
        ("moods", "funny", "like"),
        ("moods", "scary", "like"),
        (ITEM, "the purge", "dislike"),
        ("runtime", "low", "like"),
        ("moods", "dark", "like"),
    }
    findings, labels = matched(found, (funny, scary, purge, long), SCHEMA)
    assert labels == {("moods", "funny", "like"), (ITEM, "purge", "dislike"), ("runtime", "low", "like")}
    assert findings - labels == {("moods", "dark", "like")}, "the optional one is neither asked for nor held against"
    assert labels <= findings


async def test_without_the_data_it_says_so(tmp_path: Path, demo_facts: Facts) -> None:
    listener = Listener(demo_facts, Settings())
    with pytest.raises(DataMissingError, match="no dialogues") as caught:
        await run_titles(listener, demo_facts, tmp_path, "test")
    assert "PALATE_DATA" in caught.value.hint
    with pytest.raises(EvalError, match="ccpe"):
        await run_stated(listener, demo_facts, tmp_path, "test")


async def test_the_listener_hears_as_a_conversation_would(demo_facts: Facts) -> None:
    listener = Listener(demo_facts, Settings())
    state, update = await listener.hear("I hated Zodiac (2007)", Conversation(session_id="s"))
    assert [(p.label, p.polarity) for p in update.add] == [("Zodiac", "dislike")]
    heat = demo_facts.search_title("Heat", limit=1)[0]
    state = listener.tell(state, (Recommendation(item_id=heat.id, title=heat.title, rank=1),))
    assert state.last_shown == (heat.id,)
    state, _ = await listener.hear("I loved that one", state)
    assert holds(state)[heat.id] == "like"
