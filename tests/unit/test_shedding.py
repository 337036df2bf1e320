"""What is left out when turns wait for the processor: the table, and the wait it is read from."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.errors import OverloadedError
from agent.shedding import Level, LoadConfig, Shedder, Waits, depth, level

CONFIG = LoadConfig(fewer_ms=20, none_ms=50, refuse_ms=1000, fewer=16)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("waiting_ms", "doing", "reranked"),
    [
        (0, "full", 50),
        (19.9, "full", 50),
        (20, "fewer", 16),
        (49.9, "fewer", 16),
        (50, "none", 0),
        (999, "none", 0),
        (1000, "refuse", 0),
        (60_000, "refuse", 0),
    ],
)
def test_the_longer_the_wait_the_less_is_done(waiting_ms: float, doing: str, reranked: int) -> None:
    found = level(waiting_ms, CONFIG)
    assert found == doing
    assert depth(found, CONFIG, usual=50) == reranked


def test_shedding_that_is_off_leaves_nothing_out() -> None:
    assert level(1e9, CONFIG.model_copy(update={"shed": False})) == "full"


def test_fewer_is_never_more_than_usual() -> None:
    assert depth("fewer", CONFIG, usual=10) == 10


def test_thresholds_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValidationError, match="must rise"):
        LoadConfig(fewer_ms=60, none_ms=50)


def test_a_pool_has_two_threads_at_least_and_as_many_as_are_set() -> None:
    assert LoadConfig().pool_size() >= 2
    assert LoadConfig(threads=7).pool_size() == 7


def queued(waits: Waits) -> int:
    """Take both threads, and line up behind them."""
    for _ in range(2):
        waits.start(waits.enter())
    return waits.enter()


def test_who_waits_now_counts_before_the_wait_is_over() -> None:
    clock = Clock()
    waits = Waits(2, clock)
    queued(waits)
    clock.now += 0.3
    waits.enter()
    assert waits.seconds() == pytest.approx(0.3)
    assert waits.line == 2


def test_whoever_finds_a_free_thread_never_waits_however_slow_it_is() -> None:
    clock = Clock()
    waits = Waits(2, clock)
    for _ in range(5):
        number = waits.enter()
        clock.now += 4.0
        waits.start(number)
        clock.now += 9.0
        waits.end(number)
    assert waits.seconds() == 0.0


def test_waits_that_are_over_are_forgotten_within_seconds() -> None:
    clock = Clock()
    waits = Waits(1, clock)
    before = waits.enter()
    waits.start(before)
    for _ in range(20):
        number = waits.enter()
        clock.now += 0.2
        waits.end(before)
        waits.start(number)
        before = number
    busy = waits.seconds()
    assert 0.1 < busy <= 0.2
    clock.now += 5.0
    assert waits.seconds() < 0.01 * busy
    assert waits.line == 0


def test_a_call_that_gave_up_waits_no_longer_and_frees_its_place() -> None:
    clock = Clock()
    waits = Waits(2, clock)
    number = queued(waits)
    clock.now += 1.0
    waits.end(number)
    assert (waits.seconds(), waits.line) == (0.0, 0)


def test_new_turns_are_refused_and_those_under_way_answered() -> None:
    clock = Clock()
    waits = Waits(2, clock)
    shedder = Shedder(CONFIG, waits)
    shedder.admit()
    queued(waits)
    clock.now += 1.5
    with pytest.raises(OverloadedError) as refused:
        shedder.admit()
    assert refused.value.retry_after_s == pytest.approx(3.0)
    assert refused.value.retryable
    assert shedder.rank() == "none"
    assert shedder.taken == {"full": 0, "fewer": 0, "none": 1, "refuse": 1}


def test_a_long_wait_that_is_over_refuses_nobody() -> None:
    clock = Clock()
    waits = Waits(2, clock)
    shedder = Shedder(CONFIG, waits)
    number = queued(waits)
    clock.now += 9.0
    waits.start(number)
    assert level(1000 * waits.seconds(), CONFIG) == "refuse"
    shedder.admit()
    assert shedder.taken["refuse"] == 0
    assert shedder.rank() == "none"


@pytest.mark.parametrize(
    ("pool", "others", "wanted", "doing"),
    [
        (2, 0, 2, "full"),  # alone
        (2, 1, 2, "fewer"),
        (2, 1, 1, "full"),  # the reranker wants no second core
        (1, 0, 2, "full"),  # a reranker that wants more than there is gets what there is
        (8, 6, 2, "full"),
        (8, 7, 2, "fewer"),
    ],
)
def test_a_reranker_whose_threads_are_not_free_ranks_fewer(pool: int, others: int, wanted: int, doing: Level) -> None:
    waits = Waits(pool)
    shedder = Shedder(CONFIG, waits)
    for _ in range(others + 1):
        waits.start(waits.enter())
    assert shedder.rank(wanted) == doing
    assert Shedder(CONFIG.model_copy(update={"shed": False}), waits).rank(wanted) == "full"
