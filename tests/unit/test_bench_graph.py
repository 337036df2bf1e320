"""The benchmark of the graph: what is asked, how channels are fused, and both reports from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from evals import UserBoard
from evals.connecting import film_graph, measure_graph, measure_walks, render_graph, render_walks
from evals.connecting.asked import asked, halves, strangers
from evals.connecting.fuse import fuse
from retrieval.collaborative import Interactions, KnnConfig

LIKED = 4.0
ITEMS = 60


@pytest.fixture(scope="module")
def board() -> UserBoard:
    """Two tastes; users like the even films or the odd ones, and rate one of the others badly."""
    draw = np.random.default_rng(3)
    rows = []
    for user in range(60):
        liked = draw.choice(np.arange(user % 2, ITEMS, 2), 14, replace=False)
        rows += [(user, int(liked[0] + 1) % ITEMS, 1.0, 0)]
        rows += [(user, int(item), 5.0, at) for at, item in enumerate(liked, start=1)]
    users, items, values, times = (np.array(column) for column in zip(*rows, strict=True))
    ids = tuple(f"i{place}" for place in range(ITEMS))
    known = Interactions(
        tuple(f"u{user}" for user in range(60)),
        ids,
        users.astype(np.int32),
        items.astype(np.int32),
        values.astype(np.float64),
        times.astype(np.float64),
        scale=5.0,
    )
    learnt, held = known.last(5)
    texts = draw.normal(size=(ITEMS, 8)).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    return UserBoard("toy", ids, texts, ((),) * ITEMS, learnt, held, (), {})


def films(path: Path) -> Path:
    """Even films have one of three directors, odd ones one of three others."""
    lines = [
        {"id": f"i{n}", "title": f"Film {n}", "director": [f"Director {n % 6}"], "tags": ["told by users"]}
        for n in range(ITEMS)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def test_users_tell_their_last_likes_and_find_what_they_liked_later(board: UserBoard) -> None:
    who = asked(board, 3, LIKED)
    assert len(who.users) == 60
    for row in range(60):
        told, seen = set(who.given[row].indices), set(who.seen[row].indices)
        right = set(who.right[row].indices)
        assert len(told) == 3 and told < seen and not right & seen
        assert {place % 2 for place in told} == {row % 2}, "a bad rating is no like"
    assert len(asked(board, 40, LIKED).users) == 0, "who has not so many likes is not asked"


def test_nobody_is_foreseen_from_their_own_ratings(board: UserBoard) -> None:
    who = asked(board, 3, LIKED)
    popular, _ = strangers(board, who, LIKED, KnnConfig())
    fold = board.learnt.user % 5
    for row in (0, 7):
        others = board.learnt.item[fold != who.users[row] % 5]
        assert popular[row].tolist() == np.bincount(others, minlength=ITEMS).tolist()


def test_halves_share_no_user() -> None:
    first, second = halves(range(11), 1)
    assert sorted([*first, *second]) == list(range(11)) and not set(first) & set(second)


def test_fusion_ranks_a_pool_only_and_a_silent_channel_changes_nothing() -> None:
    like = np.array([[0.1, 0.9, 0.5, -0.2]], dtype=np.float32)
    fame = np.array([[9, 1, 1, 1]], dtype=np.float32)
    seen = csr_matrix(np.array([[0, 1, 0, 0]]))
    alone = fuse({"like": like}, fame, seen, {"like": 1.0}, 0)
    assert alone[0, 1] == -np.inf, "what was seen is not ranked"
    assert int(np.argmax(alone[0])) in (0, 2)
    silent = fuse({"like": like, "graph": np.zeros_like(like)}, fame, seen, {"like": 1.0, "graph": 1.0}, 0)
    assert silent.tolist() == alone.tolist()
    spoken = fuse({"like": like, "graph": np.array([[0, 0, 0, 1.0]])}, fame, seen, {"like": 1.0, "graph": 9.0}, 0)
    assert int(np.argmax(spoken[0])) == 3


def test_the_benchmark_runs_from_end_to_end(board: UserBoard, tmp_path: Path) -> None:
    pytest.importorskip("ranx", reason="palate[train] is not installed")
    graph = film_graph(films(tmp_path / "films.jsonl"))
    assert graph.attributes == ("genres", "director", "cast", "keywords"), "nothing that users tagged"
    report = measure_graph(board, graph, liked=LIKED, command="palate bench graph", told=(3,))
    recall = {row.name: row.figures["recall@10"].value for row in report.rows}
    assert recall["graph"] > recall["random"], "films of a director lie on one side"
    assert report.users == {3: 30}
    text = render_graph(report)
    assert "palate bench graph" in text and "3 likes told (30 users)" in text
    assert all(row.name in text for row in report.rows)


def test_walks_are_timed_on_graphs_of_the_size_asked_for() -> None:
    report = measure_walks((500, 2_000), command="palate bench graph --speed", walks=5)
    assert [row.items for row in report.rows] == [500, 2_000]
    assert report.rows[1].edges > 2 * report.rows[0].edges
    assert "| 2,000 |" in render_walks(report)
