"""Two runs are paired by name, judged by exact tests, and never compared where they are not alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals import Comparison, ReportError, compare, render_comparison, write_report
from evals.comparing.stats import detectable, holm, mcnemar, median_ratio, share_difference
from evals.types import CaseResult, Report, RunInfo, Score, TurnRecord
from ui.cli import app

Outcomes = dict[str, float | None]


def report(outcomes: Outcomes, *, ms: float = 100.0, sha256: str = "same", **info: object) -> Report:
    said = {"suite": "own", "suite_sha256": sha256, "started_at": "2026", "seconds": 1.0, "scorers": {"every": 1}}
    results = tuple(
        CaseResult(
            name=name,
            tags=(),
            sha256=f"{name} in any suite",
            turns=(TurnRecord(deed="x", action="recommend", timings_ms={"total": ms}),),
            scores=(
                Score(case=name, turn=1, check="answered", version=1, value=1.0, reason=""),
                Score(case=name, turn=1, check="every", version=1, value=value, reason=""),
            ),
        )
        for name, value in outcomes.items()
    )
    return Report(info=RunInfo.model_validate(said | info), results=results)


def runs(both: int, lost: int, won: int, neither: int = 0) -> tuple[Outcomes, Outcomes]:
    """Return outcomes of two runs with so many pairs of each kind."""
    kinds = [(1.0, 1.0)] * both + [(1.0, 0.0)] * lost + [(0.0, 1.0)] * won + [(0.0, 0.0)] * neither
    before, after = ({f"c{n}": kind[side] for n, kind in enumerate(kinds)} for side in (0, 1))
    return before, after


def compared(both: int, lost: int, won: int, neither: int = 0) -> Comparison:
    before, after = runs(both, lost, won, neither)
    return compare(report(before), report(after))


def test_mcnemar_is_exact() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar(3, 3) == pytest.approx(1.0)


def test_p_values_of_several_tests_are_adjusted() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_what_can_be_detected_needs_six_changes_one_way() -> None:
    assert detectable(5) is None
    assert detectable(6) == 6
    # Of binomial(100, 0.08), 6 or more have a probability of 0.82; of binomial(100, 0.07), 0.71.
    assert detectable(100) == 8


def test_the_interval_of_a_share_is_paired_and_seeded() -> None:
    before, after = [True] * 90 + [False] * 10, [True] * 80 + [False] * 20
    low, high = share_difference(before, after, seed=1)
    assert low < -0.10 < high
    # 10 of 100 pairs changed, all one way: binomial, standard deviation 0.03.
    assert (low, high) == pytest.approx((-0.16, -0.05), abs=0.011)
    assert share_difference(before, after, seed=1) == (low, high)


def test_a_ratio_of_medians_resamples_whole_cases() -> None:
    ratio, low, high = median_ratio([[(10.0, 20.0), (12.0, 24.0)], [(100.0, 200.0)]], seed=1)
    assert (ratio, low, high) == pytest.approx((2.0, 2.0, 2.0))


def test_a_run_that_lost_cases_is_worse() -> None:
    found = compared(both=80, lost=10, won=2, neither=8)
    assert (found.cases.pairs, found.cases.before, found.cases.after) == (100, 90, 82)
    assert found.cases.p == pytest.approx(0.03857421875)
    assert found.worse and found.low < -0.08 < found.high < 0
    assert len(found.red) == 10 and found.green == ("c90", "c91")
    assert [(change.name, change.lost, change.won) for change in found.checks] == [("every", 10, 2)]
    text = render_comparison(found)
    assert "Turned red (10): c80" in text
    assert text.endswith("B is worse: -8.0% (95% interval " + f"{found.low:+.1%} to {found.high:+.1%}), p = 0.0386.")


def test_a_few_changes_are_not_called_a_difference() -> None:
    found = compared(both=96, lost=3, won=1)
    assert not found.significant and not found.worse
    assert "No significant difference" in render_comparison(found)
    assert "No case changed." in render_comparison(compared(both=3, lost=0, won=0))
    assert "too few" in render_comparison(compared(both=3, lost=0, won=0))


def test_a_better_run_is_not_worse() -> None:
    found = compared(both=10, lost=0, won=8)
    assert found.significant and not found.worse
    assert "B is better" in render_comparison(found)


def test_what_could_not_be_scored_is_no_pair() -> None:
    found = compare(report({"a": 1.0, "b": None, "c": 1.0}), report({"a": None, "b": 1.0, "c": 1.0}))
    assert found.cases.pairs == 1
    assert (found.unscored, found.lost_sight) == (("a", "b"), ("a",))
    assert not found.red and not found.green
    nothing = compare(report({"a": None}), report({"a": None}))
    assert (nothing.cases.pairs, nothing.low, nothing.high) == (0, -1.0, 1.0)
    assert "0 pairs are too few" in render_comparison(nothing)


def test_different_suites_are_refused_unless_only_what_they_share_is_asked_for() -> None:
    a, b = report({"one": 1.0, "old": 1.0}, sha256="x"), report({"one": 0.0, "new": 0.0}, sha256="y")
    with pytest.raises(ReportError, match=r"different suites.*--common"):
        compare(a, b)
    found = compare(a, b, common=True)
    assert (found.red, found.only_a, found.only_b) == (("one",), ("old",), ("new",))


def test_a_case_that_says_something_else_now_is_not_compared() -> None:
    a, b = report({"one": 1.0, "two": 1.0}, sha256="x"), report({"one": 0.0, "two": 0.0}, sha256="y")
    edited = b.results[0].model_copy(update={"sha256": "other words"})
    found = compare(a, b.model_copy(update={"results": (edited, b.results[1])}), common=True)
    assert (found.changed, found.red) == (("one",), ("two",))
    with pytest.raises(ReportError, match="No case is the same"):
        compare(a, b.model_copy(update={"results": (edited,)}), common=True)


def test_scorers_of_different_versions_count_in_neither_run() -> None:
    found = compare(report({"a": 1.0}), report({"a": 0.0}, scorers={"every": 2}))
    assert found.rescored == ("every",)
    assert not found.red and found.cases.after == 1
    assert "Scorers of other versions, left out (1): every" in render_comparison(found)


def test_times_are_compared_as_a_ratio_and_other_machines_named() -> None:
    a, b = report({"a": 1.0, "b": 1.0}, machine="old"), report({"a": 1.0, "b": 1.0}, ms=150.0, machine="new")
    found = compare(a, b)
    assert found.speed is not None
    assert (found.speed.before_ms, found.speed.after_ms, found.speed.low) == (100.0, 150.0, 1.5)
    assert "ratio 1.50" in render_comparison(found) and "machines differ" in render_comparison(found)
    assert compare(report({"a": 1.0}, ms=0.0), report({"a": 1.0}, ms=0.0)).speed is None


@pytest.mark.parametrize(
    ("lost", "won", "options", "status"),
    [
        (10, 2, (), 0),
        (10, 2, ("--gate", "worse"), 3),
        (3, 1, ("--gate", "worse"), 0),
        (1, 3, ("--gate", "strict"), 3),
        (0, 9, ("--gate", "strict"), 0),
        (0, 0, ("--slower", "1.4"), 3),
        (0, 0, ("--slower", "1.6"), 0),
    ],
)
def test_the_gate(tmp_path: Path, lost: int, won: int, options: tuple[str, ...], status: int) -> None:
    before, after = runs(80, lost, won)
    write_report(report(before), tmp_path / "a")
    write_report(report(after, ms=150.0), tmp_path / "b")
    done = CliRunner().invoke(app, ["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b"), *options])
    assert done.exit_code == status, done.output


def test_the_gate_holds_what_can_no_longer_be_scored_for_lost(tmp_path: Path) -> None:
    write_report(report({"a": 1.0}), tmp_path / "a")
    write_report(report({"a": None}), tmp_path / "b")
    arguments = ["eval", "compare", str(tmp_path / "a"), str(tmp_path / "b"), "--gate"]
    assert CliRunner().invoke(app, [*arguments, "strict"]).exit_code == 3
    assert CliRunner().invoke(app, [*arguments, "worse"]).exit_code == 0
