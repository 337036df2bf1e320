"""What the reranker learns from: novel answers only, honest pools, requests that mean what they say."""

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from retrieval.corpora import split_groups
from retrieval.demo.wishes import Wish, draw_request, paraphrases
from retrieval.plain import Bm25, CoMentions, reciprocal_ranks
from retrieval.training.corpus import Corpus, Task, _point_tasks, dialogue_query
from retrieval.training.metrics import interval, ndcg, recall
from retrieval.training.pools import members_of
from retrieval.types import Item

NAMES = {"Alien (1979)": 0, "Heat (1995)": 1, "Up (2009)": 2}

FILM = Item(
    id="tt1",
    title="Up",
    attributes={"moods": ("warm",), "themes": ("grief", "travel"), "pace": 2, "genres": ("Comedy",), "year": 2009},
)


def point(context: Sequence[str], named: Sequence[str], answers: Sequence[str]) -> Mapping[str, object]:
    return {"dialog_id": "d", "context": context, "entity": named, "rec": answers}


def test_an_answer_named_before_does_not_count() -> None:
    points = [point(["I loved Alien (1979)"], ["Alien (1979)"], ["Alien (1979)", "Up (2009)"])]
    (task,) = _point_tasks("redial", points, NAMES, seed=1)
    assert (task.positives, task.excluded) == (frozenset({2}), frozenset({0}))


@pytest.mark.parametrize("answer", ["Alien (1979)", "No Such Film"])
def test_a_point_without_a_new_known_answer_is_left_out(answer: str) -> None:
    points = [point(["have you seen alien (1979)?"], [], [answer])]
    assert list(_point_tasks("redial", points, NAMES, seed=1)) == []


def test_a_dialogue_becomes_a_short_request_that_ends_with_the_latest_words() -> None:
    written = {
        dialogue_query(["Hello", "I like Heat (1995)", "ok", "something new?"], ["Heat (1995)"], random.Random(seed))
        for seed in range(20)
    }
    assert written == {"I like Heat (1995) ok something new?", "Likes Heat (1995). something new?"}


def test_the_same_seed_holds_out_the_same_groups_in_any_order() -> None:
    groups = [f"g{number}" for number in range(50)]
    held = split_groups(groups, 0.2, seed=3)
    assert held == split_groups(reversed(groups), 0.2, seed=3)
    assert len(held) == 10


def test_popularity_of_dialogue_items_is_counted_over_training_only() -> None:
    item = Item(id="1", title="Up", popularity=99.0)
    tasks = {"train": [Task("redial", "a", "q", frozenset({0}))], "test": [Task("redial", "b", "q", frozenset({0}))]}
    assert Corpus("redial", [item], tasks).popularity == [1.0]
    assert Corpus("tags", [item], tasks).popularity == [99.0]


def test_bm25_prefers_rare_words() -> None:
    scores = Bm25(["space war", "space love", "space war robots"]).score("a film about robots in space")
    assert scores.argmax() == 2
    assert scores[0] == pytest.approx(scores[1])


def test_co_mentions_leave_the_tasks_own_dialogue_out() -> None:
    """Otherwise every training task would find its answer by having been counted itself."""
    tasks = [
        Task("redial", "one", "q", frozenset({1}), mentions=(0,)),
        Task("redial", "two", "q", frozenset({2}), mentions=(0,)),
    ]
    together = CoMentions(members_of(tasks), 3)
    own = together.score(tasks[0].mentions, tasks[0].group)
    assert own[1] == 0
    assert own[2] > 0
    assert together.score((0,))[1] > 0


def test_ties_are_broken_at_random() -> None:
    scores = np.ones(100, dtype=np.float32)
    first = {int(reciprocal_ranks(scores, np.random.default_rng(seed)).argmax()) for seed in range(30)}
    assert len(first) > 20


def test_items_without_a_score_get_no_rank() -> None:
    ranks = reciprocal_ranks(np.array([0.0, 2.0, 1.0], dtype=np.float32), np.random.default_rng(0))
    assert ranks[0] == 0
    assert ranks[1] > ranks[2] > 0


def test_a_drawn_request_is_granted_by_its_film() -> None:
    for seed in range(200):
        request = draw_request(random.Random(seed), FILM, (0, 1, 2))
        assert request.text.strip()
        assert all(wish.granted_by(FILM) for wish in request.wishes), request


def test_wording_kept_back_is_never_drawn() -> None:
    kept_back = {
        paraphrases()["moods"]["warm"][2],
        *(paraphrases()["themes"][theme][2] for theme in ("grief", "travel")),
    }
    texts = [draw_request(random.Random(seed), FILM, (0, 1)).text for seed in range(300)]
    assert not [text for text in texts if any(words in text for words in kept_back)]


@pytest.mark.parametrize(
    ("attribute", "value", "granted"),
    [
        ("themes", "grief", True),
        ("themes", "war", False),
        ("year", 2000, True),
        ("year", 1990, False),
        ("pace", 1, True),
        ("pace", 4, False),
        ("tone", 1, False),
    ],
)
def test_a_wish_is_tested_against_the_facts(attribute: str, value: str | int, granted: bool) -> None:
    assert Wish(attribute, value, "").granted_by(FILM) is granted


def test_metrics_on_a_hand_worked_ranking() -> None:
    assert recall([5, 1, 2], {1, 9}, 2) == 0.5
    assert ndcg([1, 5], {1}, 10) == 1.0
    assert ndcg([5, 1], {1}, 10) == pytest.approx(0.6309, abs=1e-4)


def test_the_interval_draws_whole_groups() -> None:
    """Forty equal values in two groups are two observations, so the interval reaches both ends."""
    low, high = interval([0.0] * 20 + [1.0] * 20, ["a"] * 20 + ["b"] * 20)
    assert (low, high) == (0.0, 1.0)
