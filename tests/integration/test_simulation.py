"""Simulated users talk to the whole of Palate, and the hand labels belong to the real dialogues."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent import Listener, Recommender
from evals import (
    Simulation,
    Talking,
    read_step_labels,
    read_talks,
    report_simulation,
    seeker_steps,
    set_up_simulation,
)

DATA = Path(os.environ.get("PALATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
REDIAL, CPCD = DATA / "redial" / "train_sample.jsonl", DATA / "cpcd" / "shareable.jsonl"
NEEDS = 6

real = pytest.mark.skipif(
    not REDIAL.is_file() or not CPCD.is_file(),
    reason=f"no real dialogues under {DATA}; set PALATE_DATA to the folder that holds redial/ and cpcd/",
)


@pytest.fixture
def setting(recommender: Recommender) -> Simulation:
    items = recommender.facts.get(recommender.facts.ids())
    return set_up_simulation(recommender.schema, items, NEEDS, 3, "facts", turns=5)


async def test_users_of_every_type_talk_to_palate_without_naming_their_target(
    recommender: Recommender, setting: Simulation
) -> None:
    played = [
        await setting.cast.play(Talking(recommender), "gain", need, number, 3)
        for number, need in enumerate(setting.needs)
    ]
    assert len({one.user_type for one in played}) == NEEDS
    assert not any(one.error for one in played)
    assert any(one.questions for one in played)
    assert any(one.found_at is not None for one in played), "of 300 films"
    report = report_simulation(setting, {"gain": played}, 3, command="", seconds=0.0, rerank=False)
    assert report.leaks == ()
    assert len(report.policies[0].success_by_turn) == 5


async def test_after_a_question_that_is_passed_over_the_next_reply_asks_nothing(recommender: Recommender) -> None:
    first = await recommender.reply("a drama", "s")
    second = await recommender.reply("show me others", "s")
    assert first.question is not None
    assert second.recommendations
    assert second.question is None
    assert not {one.item_id for one in first.recommendations} & {one.item_id for one in second.recommendations}


@real
def test_every_label_is_of_a_seekers_turn_that_follows_the_recommender() -> None:
    talks = {talk.id: talk for talk in (*read_talks(REDIAL), *read_talks(CPCD))}
    for label in read_step_labels():
        messages = talks[label.dialogue].messages
        assert messages[label.turn].seeker
        assert not messages[label.turn - 1].seeker


@real
async def test_wishes_are_found_where_people_state_them(recommender: Recommender) -> None:
    listener = Listener(recommender.facts, recommender.settings)
    steps = [step for talk in read_talks(REDIAL)[:25] for step in await seeker_steps(listener, talk)]
    asked = [bool(step.wishes or step.titles) for step in steps if step.after == "question"]
    unasked = [bool(step.wishes) for step in steps if step.after == "items"]
    assert sum(asked) / len(asked) > 0.6
    assert sum(unasked) / len(unasked) < 0.4
