"""The reranker can learn from lists that were shown."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from retrieval.exploration import Candidate, FeedbackError, Impression, Logged, LoggedItem
from retrieval.training import ShownLists


def logged(number: int, chance: float = 0.25) -> Logged:
    """Three of six items, the second of which was liked; it had the given chance."""
    ids = tuple(f"i{(number + at) % 6}" for at in range(3))
    chances = (0.5, chance, 0.5)
    return Logged(
        impression=Impression(
            session_id=f"s{number // 2}",
            turn_id=f"t{number}",
            at="2026-01-01T00:00:00+00:00",
            policy="plackett_luce",
            query=f"wish {number}",
            candidates=tuple(Candidate(item_id=one, features={"popularity": 3.0}) for one in ids),
            shown=ids,
            propensities=chances,
        ),
        items=tuple(
            LoggedItem(item_id=one, position=at + 1, propensity=chances[at], label=2 if at == 1 else 0)
            for at, one in enumerate(ids)
        ),
    )


TEXTS = {f"i{at}": f"Film {at}." for at in range(6)}


def test_sessions_are_split_and_every_part_has_some() -> None:
    shown = ShownLists([logged(number) for number in range(40)], TEXTS, 1)
    parts = shown.corpus.tasks
    assert {name: len(tasks) for name, tasks in parts.items()} == {"train": 28, "tune": 4, "test": 8}
    groups = [{task.group for task in tasks} for tasks in parts.values()]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]


def test_a_draw_sets_what_was_liked_against_what_stood_beside_it() -> None:
    shown = ShownLists([logged(number) for number in range(40)], TEXTS, 1)
    for found in shown.answerable("train")[:20]:
        number = int(found.task.query.split()[1])
        group = shown.draw(found, 5, random.Random(0))
        assert group is not None
        assert group.texts[0] == f"Film {(number + 1) % 6}."
        assert set(group.texts[1:3]) == {f"Film {number % 6}.", f"Film {(number + 2) % 6}."}
        assert len(set(group.texts)) == 5
    assert shown.draw(found, 9, random.Random(0)) is None


def test_lists_with_an_unlikely_success_are_drawn_oftener() -> None:
    lines = [logged(number, 0.1 if number % 2 else 0.5) for number in range(200)]
    drawn = Counter(int(one.task.query.split()[1]) % 2 for one in ShownLists(lines, TEXTS, 1).answerable("train"))
    assert drawn[1] > 3 * drawn[0]


def test_too_few_sessions_and_items_without_texts_are_told() -> None:
    with pytest.raises(FeedbackError, match="10 are needed to learn"):
        ShownLists([logged(0).model_copy(update={}) for _ in range(30)], TEXTS, 1)
    with pytest.raises(FeedbackError, match="lists of 0 sessions"):
        ShownLists([logged(number) for number in range(40)], {}, 1)
