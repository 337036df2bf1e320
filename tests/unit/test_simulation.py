"""Simulated users behave as their rates say, and nothing they say gives their target away."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from agent.testing import ScriptedModel
from agent.types import AskAction, ChatMessage, RecommendAction, Recommendation, Reply
from evals.simulation.answers import chosen_option
from evals.simulation.config import UserType, load_users
from evals.simulation.figures import figures, mean, ratio
from evals.simulation.leaks import Detector, find_leaks
from evals.simulation.model_user import ModelVoice
from evals.simulation.needs import NeedMaker, needs_from_facts
from evals.simulation.run import Cast, Listing, screen_of
from evals.simulation.types import Act, Dialogue, Exchange, Need, Option, Question, Screen, Seen, Utterance, Want
from evals.simulation.user import AgendaUser
from evals.simulation.wants import Maker
from evals.simulation.wording import Wording, load_phrases
from retrieval.demo import schema
from retrieval.types import AttributeValue, Item

SCHEMA = schema()
GENRES = ("Drama", "Comedy", "Crime", "Horror")


def item(number: int) -> Item:
    return Item(
        id=f"Q{number:05}",
        title=f"Zanzibar Quillon {number}",
        attributes={
            "genres": (GENRES[number % 4], "Family") if number % 3 else (GENRES[number % 4],),
            "year": 1950 + number % 70,
            "runtime": 80 + number % 90,
            "country": ("France",) if number % 2 else ("Japan",),
            "moods": ("warm",) if number % 5 else ("bleak",),
        },
        popularity=float(200 - number),
    )


ITEMS = {one.id: one for one in map(item, range(200))}
USERS = load_users()
DETECTOR = Detector(SCHEMA, load_phrases())
MAKER = NeedMaker(ITEMS, Maker(SCHEMA, ITEMS.values(), USERS.common), DETECTOR, USERS.common.mind, USERS.common.latent)
NEEDS = needs_from_facts(MAKER, 60, 1)
CAST = Cast(SCHEMA, ITEMS, USERS, load_phrases())
SURE = UserType(know=1.0, notice=1.0, reply_below=1.0, choose=1.0, leave=0.0)


class Never:
    """An oracle that accepts nothing and prefers the first."""

    def accepts(self, item_id: str) -> bool:
        return False

    def nearer(self, first: str, second: str) -> str:
        return "first"


def user(need: Need, kind: UserType = SURE) -> AgendaUser:
    return AgendaUser(need.knowledge, Never(), kind, SCHEMA, load_phrases(), "seed")  # type: ignore[arg-type]


async def dialogues(order: str = "popularity") -> list[Dialogue]:
    system = Listing(ITEMS.values(), order, 1)  # type: ignore[arg-type]
    return [await CAST.play(system, order, need, number, 1) for number, need in enumerate(NEEDS)]


def test_needs_are_the_same_for_a_seed_and_begin_alike_for_more() -> None:
    assert needs_from_facts(MAKER, 10, 1) == NEEDS[:10]
    assert needs_from_facts(MAKER, 10, 2) != NEEDS[:10]


def test_what_speaks_holds_neither_titles_nor_ids_of_its_target() -> None:
    for need in NEEDS:
        held = need.knowledge.model_dump_json()
        assert all(one not in held for one in (*need.targets, *need.titles))


async def test_no_message_of_many_dialogues_leaks_its_target() -> None:
    played = await dialogues()
    assert sum(len(one.exchanges) for one in played) > 100
    assert find_leaks(played, {need.id: need for need in NEEDS}, DETECTOR) == []


@pytest.mark.parametrize(
    "text",
    ["have you got zanzibar quillon 7?", "the one called Zanzibar something", "Q00007", "zanzibr quilon 7 please"],
)
def test_a_planted_leak_is_caught(text: str) -> None:
    need = NEEDS[0].model_copy(update={"targets": ("Q00007",), "titles": ("Zanzibar Quillon 7",)})
    said = Utterance(act=Act(kind="inform"), text=text)
    dialogue = Dialogue(
        need_id=need.id,
        source="facts",
        user_type="vague",
        policy="gain",
        exchanges=(Exchange(user=said, screen=Screen(kind="recommend")),),
        end="left",
    )
    assert len(find_leaks([dialogue], {need.id: need}, DETECTOR)) == 1


def test_plain_words_are_no_leak() -> None:
    assert DETECTOR.why("a warm drama from France", ("Q00007",), ("Zanzibar Quillon 7",)) == ""


def test_an_option_is_chosen_only_where_it_holds_all_that_is_wanted() -> None:
    want = Want(attribute="runtime", value=(-1e12, 119.0), wordings=("under two hours",), form="range")
    low, high = Option(label="at most 99", value=(-1e12, 99.0)), Option(label="100 to 119", value=(100.0, 119.0))
    over = Option(label="at least 120", value=(120.0, 1e12))
    ask = Question(attribute="runtime", text="?", options=(low, high, over))
    assert chosen_option(ask, want, SCHEMA) == ""
    assert chosen_option(ask.model_copy(update={"options": (low, over)}), want, SCHEMA) == ""
    assert chosen_option(ask.model_copy(update={"options": (high,)}), want, SCHEMA) == ""
    wide = Option(label="at most 120", value=(-1e12, 120.0))
    assert chosen_option(ask.model_copy(update={"options": (wide, over)}), want, SCHEMA) == "at most 120"


def test_who_knows_answers_and_who_does_not_says_so() -> None:
    need = NEEDS[0]
    want = need.knowledge.wants[0]
    options = (Option(label=str(want.value), value=want.value),)
    asked = Screen(kind="ask", question=Question(attribute=want.attribute, text="?", options=options))
    knowing = user(need)
    knowing.open()
    assert knowing.respond(asked).act.kind == "answer"
    clueless = user(need, UserType(know=0.0, notice=0.0, leave=0.0))
    clueless.open()
    assert clueless.respond(asked).act.kind == "dont_know"


def test_patience_ends_after_questions_without_items() -> None:
    speaker = user(NEEDS[0], SURE.model_copy(update={"questions": 1}))
    speaker.open()
    asked = Screen(kind="ask", question=Question(attribute="studio", text="?"))
    kinds = [speaker.respond(asked).act.kind for _ in range(2)]
    assert kinds[1] == "impatient"


def test_a_slip_changes_words_and_nothing_else() -> None:
    kind = SURE.model_copy(update={"typo": 1.0})
    assert user(NEEDS[0], kind).open().text != user(NEEDS[0]).open().text


def test_numbers_have_no_slips() -> None:
    wording = Wording(SCHEMA, {"open": ["from the {wish}"]}, typo=1.0)
    want = Want(attribute="year", value=(1940.0, 1949.0), wordings=("1940s",), form="range")
    said = wording.text(Act(kind="open", wants=(want,)), "open", random.Random(1))
    assert said.endswith(" 1940s")
    assert not said.startswith("from ")


async def test_dialogues_repeat_and_random_lists_find_less_than_all_items_would() -> None:
    assert await dialogues() == await dialogues()
    summed = figures(await dialogues("random"), 1)
    assert summed.success_by_turn == tuple(sorted(summed.success_by_turn))
    assert 0.0 <= summed.success.low <= summed.success.value <= summed.success.high <= 1.0
    assert summed.success.value < 0.5


async def test_a_ratio_is_paired_and_none_without_a_success() -> None:
    played = await dialogues()
    same = ratio(played, played, 1)
    assert same is not None
    assert (same.success.value, same.success.low, same.success.high) == (1.0, 1.0, 1.0)
    none = [one.model_copy(update={"found_at": None}) for one in played]
    assert ratio(played, none, 1) is None


def test_the_interval_of_a_mean_holds_the_mean() -> None:
    rng = random.Random(1)
    values = [rng.random() for _ in range(50)]
    interval = mean(values, 1)
    assert interval.low < interval.value < interval.high


def test_a_reply_becomes_what_the_user_sees() -> None:
    question = AskAction(attribute="genres", question="Which?", options=("Drama",), values=("Drama",))
    pick = Recommendation(item_id="Q00001", title="Zanzibar", rank=1)
    reply = Reply(
        session_id="s", turn_id="1", text="", action=RecommendAction(question=question), recommendations=(pick,)
    )
    screen = screen_of(reply)
    assert screen.items == (Seen(item_id="Q00001"),)
    assert screen.question is not None
    assert screen.question.options == (Option(label="Drama", value="Drama"),)


@pytest.mark.parametrize(
    ("written", "shown", "replaced"),
    [
        ("any good crime ones from the 1980s?", "any good crime ones from the 1980s?", False),
        ("that Zanzibar Quillon thing from the 1980s", "crime from the 1980s", True),
        ("any good crime ones?", "crime from the 1980s", True),
        ("", "crime from the 1980s", True),
    ],
)
async def test_a_models_words_are_used_unless_they_leak_or_lose_a_number(
    written: str, shown: str, replaced: bool
) -> None:
    need = NEEDS[0].model_copy(update={"targets": ("Q00007",), "titles": ("Zanzibar Quillon 7",)})
    voice = ModelVoice(ScriptedModel([json.dumps({"say": written})]), SCHEMA, DETECTOR)
    said = await voice.reword(Utterance(act=Act(kind="inform"), text="crime from the 1980s"), need)
    assert (said.text, said.replaced) == (shown, replaced)


async def test_a_model_never_rewords_the_choice_of_an_option() -> None:
    voice = ModelVoice(ScriptedModel([]), SCHEMA, DETECTOR)
    said = Utterance(act=Act(kind="answer"), text="Drama")
    assert await voice.reword(said, NEEDS[0]) == said


async def test_a_voice_waits_until_its_model_is_there() -> None:
    class Loading(ScriptedModel):
        ready = False

        async def warm(self, messages: Sequence[ChatMessage]) -> None:
            self.ready = messages[0].role == "system"

    model = Loading([])
    voice = ModelVoice(model, SCHEMA, DETECTOR)
    await voice.warm()
    assert model.ready
    assert voice.name == model.name


def open_question(*options: tuple[str, AttributeValue, str]) -> Screen:
    offered = tuple(Option(label=label, value=value, attribute=name) for label, value, name in options)
    question = Question(attribute="any", text="What matters?", options=offered, style="open")
    return Screen(kind="recommend", question=question)


def test_asked_openly_users_name_what_they_have_not_said() -> None:
    for need in NEEDS[:20]:
        speaker = user(need)
        told = {want.attribute for want in speaker.open().act.wants}
        fresh = [want for want in need.knowledge.wants if want.attribute not in told]
        said = speaker.respond(open_question(("Nonesuch", "Nonesuch", "genres")))
        if fresh:
            assert said.act.kind == "answer"
            assert said.act.wants == (max(fresh, key=lambda want: want.importance),)


def test_an_option_of_an_open_question_is_chosen_when_it_is_about_the_want() -> None:
    need = next(n for n in NEEDS if any(w.attribute == "genres" for w in n.knowledge.latent))
    want = next(w for w in need.knowledge.latent if w.attribute == "genres")
    need = need.model_copy(
        update={"knowledge": need.knowledge.model_copy(update={"wants": need.knowledge.wants[:1], "latent": (want,)})}
    )
    kind = SURE.model_copy(update={"opening": (1, 1), "notice": 1.0})
    asked = open_question((str(want.value), want.value, "genres"), ("about 2 hours", (110.0, 130.0), "runtime"))
    answers = []
    for seed in range(20):
        speaker = AgendaUser(need.knowledge, Never(), kind, SCHEMA, load_phrases(), str(seed))  # type: ignore[arg-type]
        speaker.open()
        answers.append(speaker.respond(asked).act)
    assert Act(kind="answer", wants=(want,), words=str(want.value)) in answers
    assert all(act.wants in ((want,), ()) for act in answers)


def test_the_rate_of_volunteering_can_be_set_for_all() -> None:
    assert {kind.volunteer for kind in load_users(0.0).types.values()} == {0.0}
    assert len({kind.volunteer for kind in load_users().types.values()}) > 1
    with pytest.raises(ValidationError):
        load_users(1.5)


async def test_dialogues_end_after_the_turns_that_are_set() -> None:
    short = Cast(SCHEMA, ITEMS, USERS, load_phrases(), turns=5)
    system = Listing(ITEMS.values(), "random", 1)
    played = [await short.play(system, "random", need, number, 1) for number, need in enumerate(NEEDS[:12])]
    assert max(len(one.exchanges) for one in played) == 5
    assert len(figures(played, 1, short.turns).success_by_turn) == 5
