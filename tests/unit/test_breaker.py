"""A model that fails is left alone, longer each time, and tried by one turn at a time."""

from __future__ import annotations

import pytest

from agent.breaker import Breaker, BreakerConfig
from agent.budget import BudgetConfig, Spending, exhausted, note, patience

CONFIG = BreakerConfig(rest_s=10, longest_rest_s=40, slow_turns=3)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_rests_after_a_failure_and_then_one_call_tries() -> None:
    clock = Clock()
    breaker = Breaker(CONFIG, clock)
    assert breaker.allows() and breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.now += 10
    assert breaker.allows()
    assert not breaker.allows(), "a second call must wait for what the first finds out"
    breaker.worked()
    assert breaker.allows() and breaker.allows()


def test_each_failure_in_a_row_doubles_the_rest_up_to_the_longest() -> None:
    clock = Clock()
    breaker = Breaker(CONFIG, clock)
    for rest in (10, 20, 40, 40):
        breaker.failed()
        clock.now += rest - 0.1
        assert not breaker.allows()
        clock.now += 0.1
        assert breaker.allows()


def test_a_trial_that_never_reports_does_not_close_the_door_for_good() -> None:
    clock = Clock()
    breaker = Breaker(CONFIG, clock)
    breaker.failed()
    clock.now += 10
    assert breaker.allows()
    clock.now += 10
    assert breaker.allows()


def test_late_answers_count_as_a_failure_when_there_are_several_in_a_row() -> None:
    breaker = Breaker(CONFIG, Clock())
    breaker.late()
    breaker.late()
    breaker.worked()
    breaker.late()
    breaker.late()
    assert breaker.allows()
    breaker.late()
    assert not breaker.allows()


@pytest.mark.parametrize(
    ("config", "spent", "seconds", "out"),
    [
        (BudgetConfig(), Spending(), 0.0, False),
        (BudgetConfig(), Spending(calls=1), 1e6, False),
        (BudgetConfig(), Spending(calls=2), 0.0, True),
        (BudgetConfig(calls=0), Spending(), 0.0, True),
        (BudgetConfig(calls=None), Spending(calls=99), 0.0, False),
        (BudgetConfig(tokens=100), Spending(calls=1, prompt_tokens=60, completion_tokens=39), 0.0, False),
        (BudgetConfig(tokens=100), Spending(calls=1, prompt_tokens=60, completion_tokens=40), 0.0, True),
        (BudgetConfig(seconds=5), Spending(), 4.9, False),
        (BudgetConfig(seconds=5), Spending(), 5.0, True),
    ],
)
def test_a_budget_runs_out(config: BudgetConfig, spent: Spending, seconds: float, out: bool) -> None:
    assert exhausted(config, spent, seconds) is out


@pytest.mark.parametrize(("seconds", "wait"), [(0.0, 6.0), (3.0, 5.0), (9.0, 0.0)])
def test_the_model_is_waited_for_no_longer_than_the_turn_may_take(seconds: float, wait: float) -> None:
    assert patience(BudgetConfig(seconds=8), 6.0, seconds) == wait
    assert patience(BudgetConfig(), 6.0, seconds) == 6.0


def test_tokens_are_counted_for_the_turn_that_spends_them() -> None:
    first, second = Spending(), Spending()
    with first.counted():
        note(10, 2)
        with second.counted():
            note(100, 20)
        note(1, 1)
    note(1000, 1000)
    assert (first.prompt_tokens, first.completion_tokens) == (11, 3)
    assert (second.prompt_tokens, second.completion_tokens) == (100, 20)
