"""The demo's films as songs and things: requests are answered by what they ask for, and nothing held is learnt from."""

import re
from pathlib import Path

import numpy as np
import pytest

from retrieval.demo.films import films
from retrieval.training import shapes
from retrieval.training.corpus import Corpus

HELD = frozenset({"tt1074638"})


def words_in(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@pytest.fixture(scope="module")
def songs() -> Corpus:
    return shapes.songs(1, HELD, limit=300)


def test_a_request_by_title_or_name_is_answered_by_items_that_hold_it(songs: Corpus) -> None:
    labels = {"drama", "comedy"}
    for task in songs.tasks["train"]:
        for at in task.positives:
            item = songs.items[at]
            facts = [item.title, *shapes._texts(item, "artist"), *shapes._texts(item, "genres")]
            assert any(fact.lower() in task.query.lower() for fact in facts), task.query
    assert not any(task.query in labels and len(task.positives) < 2 for task in songs.tasks["train"])


def test_songs_have_no_descriptions_and_leave_out_what_is_held(songs: Corpus) -> None:
    assert {item.description for item in songs.items} == {""}
    assert HELD.isdisjoint(item.id for item in songs.items)


def test_no_item_asked_for_in_training_is_asked_for_in_the_reported_part(songs: Corpus) -> None:
    groups = {part: {task.group for task in tasks} for part, tasks in songs.tasks.items()}
    assert all(groups.values())
    assert groups["train"].isdisjoint(groups["test"])
    assert groups["train"].isdisjoint(groups["tune"])


def test_the_same_seed_draws_the_same_requests(songs: Corpus) -> None:
    assert shapes.songs(1, HELD, limit=300).tasks == songs.tasks
    assert shapes.songs(2, HELD, limit=300).tasks != songs.tasks


def test_words_of_a_description_are_answered_by_every_item_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Vectors at right angles: no word is near another, so each request says the description's own words.
    monkeypatch.setattr(shapes, "embed", lambda words, cache: np.eye(len(words), dtype=np.float32))
    chosen = [film for film in films() if film.description][:150]
    monkeypatch.setattr(shapes, "films", lambda: iter(chosen))
    corpus = shapes.things(1, frozenset(), tmp_path)
    asked = [task for tasks in corpus.tasks.values() for task in tasks if len(task.positives) == 1]
    assert len(asked) > len(chosen)
    for task in asked:
        (at,) = task.positives
        item = corpus.items[at]
        there = words_in(f"{item.title} {item.description}")
        assert there & words_in(task.query), task.query
