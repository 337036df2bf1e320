"""Learners that explore miss ever less; those that do not go on missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.bandits import BanditBenchConfig, measure_bandits, plot_bandits, render_bandits
from evals.bandits.bench import play
from evals.bandits.learners import Learner
from evals.bandits.world import HEAD, SHOWN, film_table, make_world
from retrieval.types import Item


def films(count: int = 400) -> list[Item]:
    rng = np.random.default_rng(0)
    genres, countries = [f"g{n}" for n in range(18)], [f"c{n}" for n in range(6)]
    return [
        Item(
            id=str(number),
            title=str(number),
            popularity=float(rng.integers(0, 200)),
            attributes={
                "genres": tuple(rng.choice(genres, size=3, replace=False).tolist()),
                "country": (str(rng.choice(countries)),),
                "year": int(rng.integers(1950, 2020)),
                "runtime": int(rng.integers(70, 180)),
            },
        )
        for number in range(count)
    ]


def test_a_learner_ends_with_the_regression_of_what_it_saw() -> None:
    rng = np.random.default_rng(1)
    learner = Learner("greedy", 0.0, 2, 4, 0)
    shown, accepted = rng.normal(size=(30, 2, 3, 4)), rng.integers(0, 2, size=(30, 2, 3)).astype(float)
    for rows, taken in zip(shown, accepted, strict=True):
        learner.learn(rows, taken)
    for user in range(2):
        design, target = shown[:, user].reshape(-1, 4), accepted[:, user].reshape(-1)
        expected = np.linalg.solve(design.T @ design + np.eye(4), design.T @ target)
        assert learner._mean[user] == pytest.approx(expected)


def test_a_world_offers_what_was_asked_for_and_hides_its_tastes() -> None:
    table = film_table(films())
    same = make_world(table, "same request", 3, 5, 0)
    assert (same.heads == same.heads[0]).all()
    assert all(len(set(head.tolist())) == HEAD for head in same.heads[0])
    changing = make_world(table, "changing requests", 3, 5, 0)
    assert (changing.heads[0] != changing.heads[1]).any()
    chances = changing.chances(0)
    assert chances.shape == (3, HEAD)
    assert chances.min() > 0.0 and chances.max() < 1.0


def test_who_learns_misses_less_than_chance_and_nobody_misses_nothing() -> None:
    world = make_world(film_table(films()), "changing requests", 6, 250, 1)
    regret = {name: play(world, name, 0.1, 0)[0].sum() for name in ("thompson", "linucb", "random")}  # type: ignore[arg-type]
    assert 0.0 < regret["thompson"] < 0.7 * regret["random"]
    assert 0.0 < regret["linucb"] < 0.7 * regret["random"]
    assert world.heads.shape == (250, 6, HEAD)
    assert SHOWN < HEAD


def test_the_benchmark_prints_and_draws_every_learner(tmp_path: Path) -> None:
    bench = measure_bandits(films(), BanditBenchConfig(users=5, tuning_users=2, rounds=40))
    assert len(bench.curves) == 10
    assert all(curve.low[-1] <= curve.mean[-1] <= curve.high[-1] for curve in bench.curves)
    text = render_bandits(bench)
    assert all(name in text for name in ("thompson", "linucb", "epsilon-greedy", "greedy", "random"))
    plot_bandits(bench, tmp_path / "regret.svg")
    assert "<svg" in (tmp_path / "regret.svg").read_text()
