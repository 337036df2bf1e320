"""Put the reports of several suites into one table, by suite and by catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retrieval.types import Value

from .report import describe_failures, is_red, rate
from .types import Report


class SuiteOutcome(Value):
    """What became of one suite: a report, or why there is none."""

    suite: str
    catalog: str
    """Name of the catalogue it ran on."""
    report: Report | None = None
    unscored: str = ""
    """Why it could not be scored; such a suite counts neither as passed nor as failed."""


class Overview(Value):
    """The outcomes of a run over several suites."""

    outcomes: tuple[SuiteOutcome, ...]

    @property
    def red(self) -> bool:
        """Whether a suite has a failure, or could not be scored."""
        return any(outcome.report is None or is_red(outcome.report) for outcome in self.outcomes)


def render_overview(overview: Overview) -> str:
    """Return a line for each suite, for each catalogue and for all, then what failed."""
    outcomes = overview.outcomes
    lines = [f"{'suite':<18}{'catalogue':<14}{'cases passed':>14}  {'95% interval':<18}{'seconds':>8}"]
    for outcome in outcomes:
        figures = f"could not be scored: {outcome.unscored}"
        if outcome.report is not None:
            figures = f"{_figures([outcome.report])}{outcome.report.info.seconds:>8.1f}"
        lines.append(f"{outcome.suite:<18}{outcome.catalog:<14}{figures}")
    lines.append("")
    for catalog in dict.fromkeys(outcome.catalog for outcome in outcomes):
        lines.append(f"{'':<18}{catalog:<14}{_figures(_reports(outcomes, catalog)) or '-'}".rstrip())
    lines.append(f"{'all':<30}{_figures(_reports(outcomes)) or '-'}".rstrip())
    return "\n".join([*lines, *_failures(outcomes)])


def _reports(outcomes: Iterable[SuiteOutcome], catalog: str | None = None) -> list[Report]:
    return [one.report for one in outcomes if one.report is not None and catalog in (None, one.catalog)]


def _figures(reports: Sequence[Report]) -> str:
    results = [result for report in reports for result in report.results]
    if not results:
        return ""
    passed = sum(result.passed for result in results)
    _, low, high = rate(passed, len(results))
    return f"{f'{passed} of {len(results)}':>14}  {f'{low:.1%} to {high:.1%}':<18}"


def _failures(outcomes: Iterable[SuiteOutcome]) -> Iterator[str]:
    for outcome in outcomes:
        for result in outcome.report.results if outcome.report is not None else ():
            for line in describe_failures(result):
                yield f"[{outcome.suite}] {line}" if line.startswith(result.name) else line
