"""The chances that are logged are the chances with which lists are drawn."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from retrieval.exploration import (
    BanditState,
    ExplorationConfig,
    Explorer,
    FeedbackError,
    LinearBandit,
    chances_of,
    draw_order,
    order_chance,
    read_state,
    seed_of,
    weights_of,
    write_state,
)

SCORES = [1.4, 0.9, 0.2, -0.3, -2.0]


def features(scores: list[float]) -> list[dict[str, float]]:
    return [{"final": score, "dense": score * score} for score in scores]


def state(models: int = 400) -> BanditState:
    return BanditState(
        features=("final", "dense"), precision=((4.0, 1.0), (1.0, 3.0)), mean=(0.3, 0.1), noise=0.8, models=models
    )


@pytest.mark.parametrize("places", [1, 3, 5])
def test_the_chances_of_all_orders_sum_to_one_and_give_those_of_the_places(places: int) -> None:
    weights = weights_of(SCORES, 0.7)
    orders = {order: order_chance(weights, order) for order in itertools.permutations(range(5), places)}
    assert sum(orders.values()) == pytest.approx(1.0)
    counted = np.zeros((5, places))
    for order, chance in orders.items():
        for place, candidate in enumerate(order):
            counted[candidate, place] += chance
    chances = chances_of(weights, places)
    assert chances == pytest.approx(counted)
    assert chances.sum(axis=0) == pytest.approx(np.ones(places))


def test_orders_are_drawn_as_often_as_their_chance_says() -> None:
    weights = weights_of(SCORES, 0.7)
    draws = 20_000
    seen = np.zeros((5, 2))
    for seed in range(draws):
        for place, candidate in enumerate(draw_order(weights, 2, seed)):
            seen[candidate, place] += 1 / draws
    chances = chances_of(weights, 2)
    assert np.abs(seen - chances).max() < 4 * np.sqrt(0.25 / draws)


def test_small_weights_do_not_drown() -> None:
    chances = chances_of(weights_of([30.0, 0.0, 0.0, -30.0], 0.05), 4)
    assert chances.sum(axis=0) == pytest.approx(np.ones(4))
    assert chances.sum(axis=1) == pytest.approx(np.ones(4))
    assert chances[3, 3] == pytest.approx(1.0)


@pytest.mark.parametrize("mode", ["plackett_luce", "epsilon", "thompson"])
def test_a_turn_is_drawn_the_same_again_and_its_chances_are_whole(mode: str) -> None:
    config = ExplorationConfig.model_validate({"mode": mode, "head": 6, "epsilon": 0.6, "places": 2})
    bandit = LinearBandit(state())
    rows = features([*SCORES, -2.5, -2.6, -2.7])
    first, again = (Explorer(config, bandit).draw(rows, 4, seed_of("s", "t")) for _ in range(2))
    assert first.order == again.order
    assert (first.chances == again.chances).all()
    assert first.chances.sum(axis=0) == pytest.approx(np.ones(4))
    assert first.chances[6:].sum() == 0.0, "what is not in the head cannot be shown"
    orders = {Explorer(config, bandit).draw(rows, 4, seed).order for seed in range(60)}
    assert len(orders) > 1


@pytest.mark.parametrize("mode", ["epsilon", "thompson"])
def test_the_chances_of_other_modes_are_those_of_many_draws(mode: str) -> None:
    config = ExplorationConfig.model_validate({"mode": mode, "head": 5, "epsilon": 0.5, "places": 2})
    explorer = Explorer(config, LinearBandit(state()))
    draws = 6000
    seen, lists = np.zeros((5, 3)), 0
    known = explorer.draw(features(SCORES), 3, 0)
    for seed in range(draws):
        order = explorer.draw(features(SCORES), 3, seed).order
        lists += order == known.order
        for place, candidate in enumerate(order):
            seen[candidate, place] += 1 / draws
    assert np.abs(seen - known.chances).max() < 4 * np.sqrt(0.25 / draws)
    assert lists / draws == pytest.approx(known.list_chance, abs=4 * np.sqrt(0.25 / draws))


def test_epsilon_leaves_the_first_places_alone() -> None:
    explorer = Explorer(ExplorationConfig(mode="epsilon", head=5, epsilon=1.0, places=1))
    for seed in range(30):
        draw = explorer.draw(features(SCORES), 3, seed)
        assert draw.order[:2] == (0, 1)
        assert draw.chances[draw.order[2], 2] == pytest.approx(1 / 3)


def test_off_asks_for_nothing_more_and_more_than_the_head_keeps_its_order() -> None:
    assert Explorer(ExplorationConfig()).spare(5) == 0
    explorer = Explorer(ExplorationConfig(mode="plackett_luce", head=2, temperature=10.0))
    assert explorer.spare(5) == 0
    draw = explorer.draw(features(SCORES), 5, 3)
    assert draw.order[2:] == (2, 3, 4)
    assert sorted(draw.order) == [0, 1, 2, 3, 4]


def test_candidates_that_are_all_alike_are_drawn_evenly() -> None:
    assert chances_of(weights_of([1.0, 1.0, 1.0], 0.5), 2) == pytest.approx(np.full((3, 2), 1 / 3))


def test_a_state_is_read_back_and_an_unfit_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bandit.json"
    write_state(state(), path)
    assert read_state(path) == state()
    with pytest.raises(FeedbackError, match="no bandit's state"):
        read_state(tmp_path / "absent.json")
    path.write_text(json.dumps({"features": 1}))
    with pytest.raises(FeedbackError, match="is no bandit's state"):
        read_state(path)
    with pytest.raises(FeedbackError, match="positive definite"):
        LinearBandit(state().model_copy(update={"precision": ((-1.0, 0.0), (0.0, -1.0))}))
    with pytest.raises(FeedbackError, match="no bandit's state ''"):
        Explorer(ExplorationConfig(mode="thompson"))
