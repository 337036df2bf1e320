"""A report as one self-contained page: figures with intervals, timings, and every dialogue with its checks.

Everything that users, models or catalogues wrote is escaped, and the page forbids itself scripts and the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from retrieval.types import Value

from ..benchmarks.turn import StageTimes, stage_times
from ..covering import coverage
from ..report import is_red, rate
from ..types import CaseResult, Report, Score, TurnRecord
from . import timings


class Figure(Value):
    """A share with its 95% interval, each 0 to 1."""

    name: str
    held: int
    total: int
    unscored: int = 0

    @property
    def interval(self) -> tuple[float, float, float]:
        """Share, lower and upper bound (Wilson)."""
        return rate(self.held, self.total)


class TurnView(Value):
    """A turn with what was asked of it."""

    turn: TurnRecord
    wrong: tuple[Score, ...]
    """Checks that do not hold or could not be scored."""
    held: tuple[Score, ...]


class CaseView(Value):
    """A case turn by turn."""

    result: CaseResult
    turns: tuple[TurnView, ...]
    ms: float


def page(report: Report) -> str:
    """Return the report as HTML that needs nothing beside itself."""
    every = [turn for result in report.results for turn in result.turns]
    cases = [_case(result) for result in report.results]
    return (
        _templates()
        .get_template("report.html")
        .render(
            info=report.info,
            red=is_red(report),
            passed=_passed("cases", report.results),
            checks=[_check(report, name) for name in report.info.scorers if _scores(report, name)],
            tags=[
                _passed(tag, [result for result in report.results if tag in result.tags])
                for tag in sorted({tag for result in report.results for tag in result.tags})
            ],
            used=coverage([report]),
            stages=_stages(every),
            plot=timings.plot(every),
            axis=timings,
            duration=timings.duration,
            groups=[
                ("Cases that need a look", [case for case in cases if not case.result.passed]),
                ("Cases that passed", [case for case in cases if case.result.passed]),
            ],
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("evals.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _stages(turns: Sequence[TurnRecord]) -> list[StageTimes]:
    timed = [turn for turn in turns if turn.timings_ms]
    return list(stage_times(timed)) if timed else []


def _scores(report: Report, check: str) -> list[Score]:
    return [score for score in report.scores if score.check == check]


def _check(report: Report, name: str) -> Figure:
    scores = _scores(report, name)
    scored = [score.value for score in scores if score.value is not None]
    held = sum(value == 1.0 for value in scored)
    return Figure(name=name, held=held, total=len(scored), unscored=len(scores) - len(scored))


def _passed(name: str, results: Sequence[CaseResult]) -> Figure:
    return Figure(name=name, held=sum(result.passed for result in results), total=len(results))


def _case(result: CaseResult) -> CaseView:
    turns = []
    for number, turn in enumerate(result.turns, start=1):
        scores = [score for score in result.scores if score.turn == number]
        wrong = tuple(score for score in scores if score.value != 1.0)
        turns.append(TurnView(turn=turn, wrong=wrong, held=tuple(score for score in scores if score.value == 1.0)))
    ms = sum(turn.timings_ms.get("total", 0.0) for turn in result.turns)
    return CaseView(result=result, turns=tuple(turns), ms=ms)
