"""Boards of known users: what is held back, how it is measured, and the blend that joins models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from evals import UserBoard, compare_users, measure_cold_start, render_cold_start, render_users
from evals.ranking.coldstart import COUNTS, only, spoken
from evals.ranking.user_board import film_text, together
from evals.ranking.user_metrics import gini, spread_of
from retrieval.collaborative import Case, Hybrid, HybridConfig, Interactions, best_of

LIKED = 4.0


def interactions(rows: list[tuple[str, str, float, float]], items: tuple[str, ...]) -> Interactions:
    users = tuple(dict.fromkeys(user for user, *_ in rows))
    rows = sorted(rows, key=lambda row: (users.index(row[0]), row[3]))
    codes = [(users.index(user), items.index(item)) for user, item, _, _ in rows]
    return Interactions(
        users,
        items,
        np.array([user for user, _ in codes], dtype=np.int32),
        np.array([item for _, item in codes], dtype=np.int32),
        np.array([value for *_, value, _ in rows]),
        np.array([time for *_, time in rows]),
        scale=5.0,
    )


@pytest.fixture(scope="module")
def board() -> UserBoard:
    """Two tastes of 30 items each; users like items of theirs and are shown a few others, which they do not like."""
    draw = np.random.default_rng(7)
    items = tuple(f"i{place}" for place in range(60))
    rows = []
    for user in range(50):
        liked = draw.choice(np.arange(user % 2, 60, 2), 22, replace=False)
        rows += [(f"u{user}", f"i{item}", 5.0, float(at)) for at, item in enumerate(liked)]
        rows += [(f"u{user}", f"i{(int(liked[0]) + 1) % 60}", 1.0, 0.5)]
    learnt, held = interactions(rows, items).last(5)
    texts = draw.normal(size=(60, 8)).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    labels = tuple(("Even",) if place % 2 == 0 else ("Odd",) for place in range(60))
    return UserBoard("toy", items, texts, labels, learnt, held, (), {})


def test_parts_from_two_files_share_their_users_and_nothing_known_is_held_back() -> None:
    items = ("a", "b", "c")
    early = interactions([("u1", "a", 5, 1), ("u2", "b", 4, 1)], items)
    late = interactions([("u3", "c", 5, 9), ("u2", "b", 4, 8), ("u2", "a", 3, 7)], items)
    learnt, held = together(early, late)
    assert learnt.users == held.users == ("u1", "u2", "u3")
    assert [(held.users[u], items[i]) for u, i in zip(held.user, held.item, strict=True)] == [("u2", "a"), ("u3", "c")]


def test_a_films_text_holds_no_ratings_and_no_tags() -> None:
    film = {"title": "A", "year": 1999, "genres": ["Drama"], "cast": list("abcdef"), "tags": ["sad"], "n_ratings": 99}
    assert film_text(film) == "A. 1999. Drama. With a, b, c, d"


def test_places_shared_evenly_or_not() -> None:
    assert gini(np.array([3, 3, 3, 3])) == pytest.approx(0.0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.zeros(4, dtype=np.int64)) == 0.0
    spread = spread_of(np.array([[0, 1], [0, 1]]), np.array([3, 1, 0, 0], dtype=np.int32), users=3)
    assert spread.coverage == 0.5 and spread.novelty == pytest.approx(0.5)


def test_measures_are_those_of_the_formulas() -> None:
    pytest.importorskip("ranx", reason="palate[train] is not installed")
    from evals.ranking.user_metrics import SHOWN, Judged

    right = csr_matrix(np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]))
    judged = Judged(right, seed=1)
    assert judged.users.tolist() == [0, 2], "who has nothing right to find is not scored as zero"
    values = dict(zip(SHOWN, judged.measure(np.array([[0, 1, 2], [0, 1, 2], [1, 2, 0]])).T, strict=True))
    second = 1 / np.log2(3)
    assert values["ndcg@10"] == pytest.approx([second / (1 + second), 0.5])
    assert values["recall@10"] == pytest.approx([0.5, 1.0])
    assert values["mrr"] == pytest.approx([1 / 2, 1 / 3])


def test_the_blend_learns_whom_to_trust_by_how_much_is_known() -> None:
    """One channel is right about users of many interactions, the other about users of none."""
    draw = np.random.default_rng(2)
    users, items = 120, 80
    right = np.zeros((users, items))
    for row in right:
        row[draw.choice(items, 4, replace=False)] = 1
    known = np.where(np.arange(users) % 2 == 0, 0, 30).astype(np.int32)
    noise = draw.normal(size=(2, users, items))
    deep = np.where(known[:, None] > 0, 3 * right, 0) + noise[0]
    shallow = np.where(known[:, None] == 0, 3 * right, 0) + noise[1]
    channels = {"deep": deep.astype(np.float32), "shallow": shallow.astype(np.float32)}
    case = Case(channels, known, csr_matrix((users, items)))

    def part(places: np.ndarray) -> Case:
        return Case({name: one[places] for name, one in channels.items()}, known[places], case.seen[places])

    learnt, tested = np.arange(80), np.arange(80, 120)
    blend = Hybrid.fit([(part(learnt), csr_matrix(right[learnt]))], HybridConfig(depth=40))

    def found(scores: np.ndarray) -> float:
        best = best_of(scores, csr_matrix((len(tested), items)), 4)
        return float(np.take_along_axis(right[tested], best, axis=1).mean())

    ours = found(blend.scores(part(tested)))
    assert ours > max(found(channels[name][tested].copy()) for name in channels) + 0.1
    assert blend.weights()["deep, known"] > blend.weights()["shallow, known"]


def test_what_somebody_would_say_stands_out_among_their_likes(board: UserBoard) -> None:
    said = spoken(board, board.learnt, LIKED)
    one = only(board.learnt, np.array([1]))
    assert one.users == ("u1",) and set(one.user.tolist()) == {0}
    assert said[1, 1] >= said[1, 0]


def test_both_benchmarks_run_from_end_to_end(board: UserBoard, tmp_path: Path) -> None:
    pytest.importorskip("implicit", reason="palate[train] is not installed")
    pytest.importorskip("ranx", reason="palate[train] is not installed")
    report = compare_users(board, liked=LIKED, command="palate bench movielens", quick=True)
    rows = {row.name: row.figures["likes"]["ndcg@10"].value for row in report.rows}
    assert rows["EASE"] > rows["popularity"] and rows["EASE"] > rows["random"]
    assert report.command in render_users(report) and report.scored["likes"] == 50
    cold = measure_cold_start(board, liked=LIKED, command="palate bench coldstart", quick=True)
    found = {(point.row, point.count): point.figures["ndcg@10"].value for point in cold.points}
    assert found["EASE", 20] > found["EASE", 0]
    assert set(cold.ahead) == {str(count) for count in COUNTS}
    assert "new users" in render_cold_start(cold)
