"""Put the measure of a judge into words, with a verdict that does not flatter it."""

from __future__ import annotations

from collections.abc import Iterator

from ..report import rate
from .agreement import FIT, GOOD
from .types import Agreement, JudgeReport


def render_judge(report: JudgeReport) -> str:
    """Return the figures as text, each aspect with its verdict."""
    lines = [
        f"Judge: {report.model}, prompt {report.prompt} version {report.prompt_version} ({report.prompt_sha256[:12]})",
        f"{report.replies} labelled replies, {report.unscored} without scores; {GOOD} and 5 count as good",
    ]
    for agreement in report.agreements:
        lines += ["", *_told(agreement)]
    return "\n".join(lines if report.agreements else [*lines, "", "Nothing could be scored: NOT FIT for anything."])


def fit(agreement: Agreement) -> bool:
    """Return whether the judge's word on an aspect may decide anything."""
    return agreement.low is not None and agreement.low >= FIT and agreement.agreed > agreement.majority


def _told(found: Agreement) -> Iterator[str]:
    share, low, high = rate(found.agreed, found.replies)
    interval = f"95% interval {low:.1%} to {high:.1%}"
    yield f"{found.aspect}: agrees on {found.agreed} of {found.replies} = {share:.1%} ({interval})"
    yield f"  always saying what is commoner agrees on {found.majority} of {found.replies}"
    yield f"  Cohen's kappa {_number(found.kappa)} (95% interval {_number(found.low)} to {_number(found.high)})"
    yield (
        f"  good by both {found.both}, by the judge only {found.only_judge}, by the label only {found.only_label}, "
        f"by neither {found.neither}"
    )
    yield f"  mean score of good replies {_number(found.mean_good)}, of poor ones {_number(found.mean_poor)}"
    yield f"  {'Fit' if fit(found) else 'NOT FIT'} to be used for decisions (lower end of kappa at least {FIT:g})."


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"
