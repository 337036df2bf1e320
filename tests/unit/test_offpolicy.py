"""Estimates of another order are right where the truth is known, and are refused where the log cannot tell."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evals.offpolicy import (
    BenchConfig,
    EvaluationConfig,
    LogTable,
    SupportError,
    by_bandit,
    by_feature,
    by_rerank,
    choose_blend,
    evaluate,
    evenly,
    measure_offpolicy,
    own_order,
    plot_offpolicy_bench,
    render_offpolicy,
    render_offpolicy_bench,
    table_of,
)
from evals.offpolicy.estimators import doubly_robust, ips, snips, weigh
from evals.offpolicy.intervals import session_interval
from retrieval import RerankConfig
from retrieval.exploration import (
    Candidate,
    Impression,
    Logged,
    LoggedItem,
    chances_of,
    draw_order,
    order_chance,
    weights_of,
)
from retrieval.feedback import fit_bandit
from ui.cli import app

WORTH = np.array([[0.9, 0.5], [0.4, 0.3], [0.2, 0.05]])
"""What each of three items brings at each of two places."""


def every_list() -> tuple[LogTable, np.ndarray]:
    """All lists of two out of three, with expected rewards, and the chance of each."""
    weights = weights_of([1.0, 0.2, -0.5], 0.8)
    orders = list(itertools.permutations(range(3), 2))
    shown = np.array(orders)
    table = LogTable(
        features=np.zeros((6, 3, 1)),
        real=np.ones((6, 3), dtype=bool),
        logging=np.repeat(chances_of(weights, 2)[None], 6, axis=0),
        shown=shown,
        filled=np.ones((6, 2), dtype=bool),
        rewards=np.stack([WORTH[shown[:, place], place] for place in range(2)], axis=1),
        sessions=np.arange(6),
    )
    return table, np.array([order_chance(weights, order) for order in orders])


def target(*order: int) -> np.ndarray:
    chances = np.zeros((6, 3, 2))
    for place, at in enumerate(order):
        chances[:, at, place] = 1.0
    return chances


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (2, 1)])
def test_ips_and_dr_are_without_bias_in_expectation_over_all_lists(order: tuple[int, int]) -> None:
    table, chances = every_list()
    wanted = target(*order)
    truth = sum(WORTH[at, place] for place, at in enumerate(order))
    weights = weigh(table, wanted, 1e9)
    assert chances.sum() == pytest.approx(1.0)
    assert chances @ ips(table, weights).influence == pytest.approx(truth)
    wrong = np.random.default_rng(0).random((6, 3, 2))
    wrong[:] = wrong[0]
    assert chances @ doubly_robust(table, wanted, weights, wrong).influence == pytest.approx(truth)
    right = np.repeat(WORTH[None], 6, axis=0)
    exact = doubly_robust(table, wanted, weights, right).influence
    assert exact == pytest.approx(np.full(6, truth)), "with a true model nothing is left to chance"


def test_snips_is_exact_where_all_is_worth_the_same_and_clipping_only_lowers_ips() -> None:
    table, _ = every_list()
    even = LogTable(**{**vars(table), "rewards": np.full((6, 2), 0.25)})
    assert snips(even, weigh(even, target(2, 1), 1e9)).value == pytest.approx(0.5)
    low, high = (ips(table, weigh(table, target(2, 1), clip)).value for clip in (1.5, 1e9))
    assert low < high


def test_the_share_that_was_never_tried_is_seen() -> None:
    table, _ = every_list()
    logging = table.logging.copy()
    logging[:, 2, 0] = 0.0
    weights = weigh(LogTable(**{**vars(table), "logging": logging}), target(2, 1), 20.0)
    assert weights.unsupported == pytest.approx(0.5)


def test_an_interval_over_sessions_is_wider_when_lists_of_a_session_are_alike() -> None:
    values = np.repeat(np.random.default_rng(1).normal(size=50), 4)
    together = session_interval(values, np.repeat(np.arange(50), 4))
    apart = session_interval(values, np.arange(200))
    assert together[1] - together[0] > 1.5 * (apart[1] - apart[0])
    assert session_interval(np.ones(4), np.arange(4)) == (1.0, 1.0)


def logged(number: int, chance: random.Random, temperature: float = 2.0) -> Logged:
    dense = [chance.gauss(0, 1) for _ in range(5)]
    weights = weights_of([2.0, 1.0, 0.0, -1.0, -2.0], temperature)
    order = draw_order(weights, 2, number)
    chances = chances_of(weights, 2)
    likes = [chance.random() < (0.7 if dense[at] > 0 else 0.1) / (place + 1) for place, at in enumerate(order)]
    candidates = tuple(
        Candidate(
            item_id=f"i{at}",
            features={"dense": dense[at], "final": 5.0 - at, "fused": 5.0 - at, "popularity": 1.0},
            chances=tuple(chances[at].tolist()),
        )
        for at in range(5)
    )
    propensities = tuple(float(chances[at, place]) for place, at in enumerate(order))
    return Logged(
        impression=Impression(
            session_id=f"s{number // 3}",
            turn_id=f"t{number}",
            at="2026-01-01T00:00:00+00:00",
            policy="plackett_luce",
            candidates=candidates,
            shown=tuple(f"i{at}" for at in order),
            propensities=propensities,
        ),
        items=tuple(
            LoggedItem(item_id=f"i{at}", position=place + 1, propensity=propensities[place], label=int(likes[place]))
            for place, at in enumerate(order)
        ),
    )


@pytest.fixture(scope="module")
def lines() -> list[Logged]:
    chance = random.Random(5)
    return [logged(number, chance) for number in range(900)]


def without_chance(line: Logged) -> Logged:
    sure = line.impression.model_copy(update={"propensities": (1.0, 1.0), "policy": "off"})
    return line.model_copy(update={"impression": sure})


def test_a_better_order_is_told_from_a_log_of_a_worse_one(lines: list[Logged]) -> None:
    """Items with a positive feature are liked with 0.7 first and half as often second; two of five mostly are."""
    state = fit_bandit(lines)
    policies = [own_order(), by_feature("dense"), evenly(), by_bandit(state)]
    report = evaluate([*lines, without_chance(lines[0])], policies, EvaluationConfig(model="ridge"))
    own, better, even, learnt = report.policies
    assert (report.lists, report.left_out, report.sessions) == (900, 1, 300)
    for row in (better, learnt):
        assert row.dr is not None and row.above is not None
        assert row.dr.low < 0.97 < row.dr.high + 0.1
        assert row.above.low > 0.1
    assert own.dr is not None and own.dr.low < 0.6 < own.dr.high
    assert even.dr is not None and even.dr.low < 0.6 < even.dr.high
    assert own.above is None
    assert "DR above the first" in render_offpolicy(report)


def test_a_log_without_chance_or_sessions_is_refused(lines: list[Logged]) -> None:
    with pytest.raises(SupportError, match="every propensity is 1"):
        table_of([without_chance(line) for line in lines])
    with pytest.raises(SupportError, match="log is empty"):
        table_of([])
    with pytest.raises(SupportError, match="20 are needed"):
        evaluate(lines[:9], [own_order()])


def test_too_little_overlap_gives_no_figure_but_a_reason() -> None:
    chance = random.Random(6)
    narrow = [logged(number, chance, temperature=0.1) for number in range(90)]
    worst = by_rerank("worst", lambda fused, logits, popularity: [-score for score in fused])
    row = evaluate(narrow, [own_order(), worst], EvaluationConfig(model="ridge")).policies[1]
    assert row.dr is None
    assert "the log is worth only" in row.refused


def test_the_command_says_why_it_gives_no_figure(tmp_path: Path, lines: list[Logged]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(line.model_dump_json() for line in lines[:450]), encoding="utf-8")
    state = tmp_path / "bandit.json"
    run = CliRunner().invoke(app, ["train", "bandit", "--from-feedback", str(path), "--out", str(state)])
    assert run.exit_code == 0, run.output
    assert json.loads(state.read_text())["lists"] == 450
    ranker = tmp_path / "new.toml"
    ranker.write_text("[rerank]\nenabled = false\n")
    asked = ["eval", "offpolicy", "--log", str(path), "--bandit", str(state), "--ranker", str(ranker)]
    run = CliRunner().invoke(app, [*asked, "--json"])
    assert run.exit_code == 0, run.output
    own, fame, chance, new, learnt = json.loads(run.stdout)["policies"]
    assert [row["name"] for row in (own, fame, chance)] == ["logged ranker, no chance", "popularity", "random"]
    assert new["dr"] == own["dr"], "without a reranker the order is the fused one, which is the logged ranker's here"
    assert learnt["dr"]["value"] > own["dr"]["value"]
    run = CliRunner().invoke(app, ["train", "blend", "--from-feedback", str(path), "--out", str(tmp_path / "blend")])
    assert run.exit_code == 0, run.output
    assert (tmp_path / "blend" / "blend.toml").read_text().startswith("[rerank]\nweight = ")
    sure = tmp_path / "sure.jsonl"
    sure.write_text("\n".join(without_chance(line).model_dump_json() for line in lines[:30]), encoding="utf-8")
    run = CliRunner().invoke(app, ["eval", "offpolicy", "--log", str(sure)])
    assert isinstance(run.exception, SupportError)


def test_weights_are_chosen_on_one_half_and_judged_on_the_other(lines: list[Logged]) -> None:
    """The cross-encoder sees what pleases and the fused order does not, so it is given all the weight there is."""
    seeing = [
        line.model_copy(
            update={
                "impression": line.impression.model_copy(
                    update={
                        "candidates": tuple(
                            one.model_copy(update={"features": {**one.features, "rerank": one.features["dense"]}})
                            for one in line.impression.candidates
                        )
                    }
                )
            }
        )
        for line in lines
    ]
    choice = choose_blend(seeing, RerankConfig(weight=0.0), EvaluationConfig(model="ridge", least_sample=20.0))
    assert choice.weight >= 1.0
    assert choice.lists + choice.report.lists == 900
    own, today, chosen = choice.report.policies
    assert chosen.above is not None and chosen.above.value > 0.0
    assert today.dr == own.dr


def test_the_benchmark_holds_the_truth_and_draws_it(tmp_path: Path) -> None:
    config = BenchConfig(requests=20, sessions=(60,), temperatures=(2.0,), repeats=12, draws=100)
    bench = measure_offpolicy(config, "palate bench offpolicy")
    rows = {(row.order, row.estimator): row for row in bench.rows}
    assert rows["better", "DR"].coverage >= 0.7
    assert rows["better", "logged mean"].coverage < rows["better", "DR"].coverage
    assert abs(rows["better", "IPS"].bias) < 4 * rows["better", "IPS"].bias_error + 0.05
    assert "RMSE" in render_offpolicy_bench(bench)
    plot_offpolicy_bench(bench, tmp_path / "plot.svg")
    assert "<svg" in (tmp_path / "plot.svg").read_text()
