"""The data and the figures of the memory benchmark: who counts as returning, and what the metrics say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import MemoryBenchmark, read_returning, render_memory
from evals.benchmarks.guard_data import half_of
from evals.benchmarks.memory import Figure, Harm, interval, ndcg, recall
from evals.errors import EvalError
from retrieval.types import Item

SONGS = tuple(
    Item(id=f"s{n}", title=f"The Song {n}", attributes={"year": 1990, "style": ("Ska" if n % 2 else "Dub", "Loud")})
    for n in range(30)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ratings of two users: one with enough on both sides of the cut, one without."""
    (tmp_path / "movielens").mkdir()
    rows = [{"id": n, "title": f"Song {n}, The", "year": 1990} for n in range(30)]
    rows.append({"id": 99, "title": "Unknown Song", "year": 1990})
    (tmp_path / "movielens" / "catalog.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    lines = ["userId,movieId,rating,timestamp"]
    lines += [f"1,{n},{5.0 if n % 2 else 1.5},{n}" for n in range(24)] + ["1,99,5.0,99"]
    lines += [f"2,{n},5.0,{n}" for n in range(4)]
    (tmp_path / "movielens" / "ratings.csv").write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_users_are_cut_in_two_by_time_and_keep_what_the_catalogue_holds(folder: Path) -> None:
    half = half_of("movielens-1")
    (user,) = read_returning(folder, SONGS, "style", half, most=10)
    assert user.user_id == "1", "the other user rated too little"
    assert set(user.early) == {f"s{n}" for n in range(12)}
    assert set(user.later) == {f"s{n}" for n in range(12, 24) if n % 2}
    assert set(user.likes) == {f"s{n}" for n in range(12) if n % 2}
    assert set(user.dislikes) == {f"s{n}" for n in range(12) if n % 2 == 0}
    assert user.label == "Ska", "a label that everything has tells nothing"
    other = "test" if half == "development" else "development"
    assert read_returning(folder, SONGS, "style", other, most=10) == []


def test_absent_ratings_are_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="ratings") as caught:
        read_returning(tmp_path, SONGS, "style", "test", most=1)
    assert "--data" in caught.value.hint


def test_metrics_and_interval() -> None:
    assert ndcg(["a", "b"], {"a", "b"}) == 1.0
    assert ndcg(["x", "a"], {"a"}) == pytest.approx(0.6309, abs=1e-4)
    assert (ndcg(["x"], {"a"}), ndcg(["x"], set())) == (0.0, 0.0)
    assert recall([str(n) for n in range(10)], {"0", "1", "x", "y"}) == 0.5
    low, high = interval([0.0, 1.0] * 50)
    assert 0.35 < low < 0.5 < high < 0.65
    assert interval([0.25] * 9) == (0.25, 0.25)


def test_the_text_names_gain_and_harm() -> None:
    figures = tuple(
        Figure(name=name, ndcg=0.1, recall=0.2, gain=gain, low=-0.01, high=0.05)
        for name, gain in (("off", 0.0), ("on", 0.02))
    )
    harm = Harm(requests=4, hard_missed=1, soft_lost=2, moved=3)
    text = render_memory(
        MemoryBenchmark(machine="m", commit="", half="test", users=2, weight=0.5, figures=figures, said=1, harm=harm)
    )
    assert "+0.0200   -0.0100 to +0.0500" in text
    assert "break a hard wish: 1" in text and "than without memory: 2" in text
