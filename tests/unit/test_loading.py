"""Figures of load tests: the slope of memory with its interval, and the rate up to which a goal is kept."""

from __future__ import annotations

import random

import pytest
import typer

from agent.templates import degraded
from ui.commands.bench_load import _numbers
from ui.loading import Curve, LoadReport, Shares, render_curve, render_load, slope
from ui.loading.report import Tally


def readings(growth_mb_per_hour: float, *, noise: float = 3.0, minutes: int = 30) -> list[tuple[float, float]]:
    chance = random.Random(7)
    return [
        (at / 6, 900 + growth_mb_per_hour * at / 360 + chance.gauss(0, noise) + (50 if at < 6 else 0))
        for at in range(6 * minutes)
    ]


@pytest.mark.parametrize(("growth", "flat"), [(0.0, True), (60.0, False), (-60.0, False)])
def test_memory_that_grows_is_told_from_memory_that_does_not(growth: float, flat: bool) -> None:
    found = slope(readings(growth))
    assert found.low is not None and found.high is not None and found.slope_mb_per_hour is not None
    assert found.low < growth < found.high
    assert found.flat is flat


def test_readings_that_resemble_their_neighbours_count_for_less() -> None:
    chance, level = random.Random(3), 0.0
    wandering = []
    for at in range(180):
        level = 0.95 * level + chance.gauss(0, 1)
        wandering.append((at / 6, 900 + level))
    shuffled_levels = [value for _, value in wandering]
    chance.shuffle(shuffled_levels)
    shuffled = [(minute, value) for (minute, _), value in zip(wandering, shuffled_levels, strict=True)]
    wide, narrow = slope(wandering), slope(shuffled)
    assert wide.high is not None and wide.low is not None and narrow.high is not None and narrow.low is not None
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_few_readings_have_no_slope() -> None:
    found = slope(readings(0.0)[:9])
    assert (found.slope_mb_per_hour, found.flat) == (None, None)


def report(p95_ms: float, *, refused: int = 0) -> LoadReport:
    tally = Tally()
    for _ in range(100):
        tally.took("message", p95_ms / 1000)
        tally.took("feedback", 0.01)
        tally.turn([degraded("busy")])
    for _ in range(refused):
        tally.refused("message", 0.002)
    return tally.report(3, 10.0, processor=Shares(cores=2, server=1.25, callers=0.5, others=0.125))


@pytest.mark.parametrize(
    ("seen", "bearable"),
    [
        ([(100, 0), (200, 0), (400, 0)], 2.0),
        ([(400, 0), (100, 0), (100, 0)], None),
        ([(100, 0), (100, 1), (100, 0)], 1.0),
        ([(100, 0), (100, 0), (100, 0)], 3.0),
    ],
)
def test_a_rate_is_bearable_while_every_lower_one_is(seen: list[tuple[float, int]], bearable: float | None) -> None:
    reports = tuple(report(p95, refused=refused) for p95, refused in seen)
    curve = Curve(rates=(1.0, 2.0, 3.0), goal_ms=300, reports=reports)
    assert curve.bearable == bearable
    table = render_curve(curve)
    assert "100%" in table and "1.25" in table and "0.50" in table
    assert ("at none of these rates" if bearable is None else f"up to {bearable:g} turns") in table


def test_refused_calls_are_counted_apart() -> None:
    seen = report(100, refused=50)
    assert (seen.errors, seen.refused, seen.kinds["message"].count) == (0, 50, 100)
    assert seen.refused_share == pytest.approx(0.2)
    text = render_load(seen)
    assert "50 refused (20.0%)" in text and "100.0% of the turns: Much is asked" in text


@pytest.mark.parametrize("listed", ["", "1,x", "0", "-1,2", "2000"])
def test_rates_that_are_none_are_refused(listed: str) -> None:
    with pytest.raises(typer.BadParameter, match="no list of turns"):
        _numbers(listed)
