"""Make one report of the reports of several suites, so that they are shown and compared as one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from ..types import CaseResult, Report, RunInfo


def join(reports: Sequence[Report]) -> Report:
    """Return one report with all cases, each named ``suite/case``; a single report is returned as it is.

    What differs between the suites (catalogue, index, settings) is listed, or left empty where it cannot be.
    """
    if len(reports) == 1:
        return reports[0]
    infos = [report.info for report in reports]
    info = RunInfo(
        suite=", ".join(info.suite for info in infos),
        suite_sha256=hashlib.sha256("\n".join(info.suite_sha256 for info in infos).encode()).hexdigest(),
        started_at=min(info.started_at for info in infos),
        seconds=round(sum(info.seconds for info in infos), 1),
        commit=_listed(info.commit for info in infos),
        scorers={check: version for info in infos for check, version in info.scorers.items()},
        model=_listed(info.model for info in infos),
        config_hash=_listed(info.config_hash for info in infos),
        version=_listed(info.version for info in infos),
        machine=_listed(info.machine for info in infos),
        degraded=tuple(sorted({why for info in infos for why in info.degraded})),
    )
    results = tuple(_renamed(result, report.info.suite) for report in reports for result in report.results)
    return Report(info=info, results=results)


def _renamed(result: CaseResult, suite: str) -> CaseResult:
    name = f"{suite}/{result.name}"
    scores = tuple(score.model_copy(update={"case": name}) for score in result.scores)
    return result.model_copy(update={"name": name, "scores": scores})


def _listed(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value))
