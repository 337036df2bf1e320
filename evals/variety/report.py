"""The report of a sweep, as values and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import Value

from .figures import Mean, Step

_HEADS = ("nDCG@10", "recall@10", "cover %", "Gini", "novelty", "ILD", "fame %", "lift", "KL")


class Source(Value):
    """All rows over one set of searches."""

    name: str
    """What is asked."""
    items: int
    """Items of the catalogue that is searched."""
    searches: int
    groups: int
    steps: tuple[Step, ...]
    """Trivial rows, then the dial from familiar to adventurous."""


class DiversityReport(Value):
    """What the dial brings and costs."""

    half: str
    seed: int
    k: int
    sources: tuple[Source, ...]
    weights: tuple[Step, ...] = ()
    """What each weight of calibration does for the raters, at the settings' place of the dial."""
    chosen: float
    """The most adventurous place at which no source loses accuracy significantly against its own best place."""
    default: float
    """Where the settings put the dial."""
    machine: str
    commit: str
    skipped: tuple[str, ...] = ()
    """Sources that could not be asked, and why."""


def render(report: DiversityReport) -> str:
    """Write the report for a terminal, or for a page inside a code block."""
    lines = []
    for source in report.sources:
        lines += [
            f"{source.name}: {source.searches} searches from {source.groups} films or users of the {report.half} "
            f"half, among {source.items:,} films"
        ]
        lines += [*_table(source.steps), ""]
    if report.weights:
        lines += [f"Weight of calibration, raters, dial at {report.default:.1f}", *_table(report.weights), ""]
    lines += [f"Not asked: {reason}" for reason in report.skipped]
    lines += [
        f"Most adventurous place without a significant loss on this half: {report.chosen:.1f}; "
        f"the settings have {report.default:.1f}.",
        f"Lists of {report.k}; seed {report.seed}; {report.machine}; commit {report.commit or 'unknown'}.",
    ]
    return "\n".join(lines)


def _table(steps: Sequence[Step]) -> list[str]:
    rows: list[tuple[str, ...]] = [("", *_HEADS)]
    rows += [(step.name, *_cells(step)) for step in steps]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _cells(step: Step) -> tuple[str, ...]:
    figures, seen = step.figures, step.figures.exposure
    return (
        _mean(figures.ndcg),
        _mean(figures.recall),
        _number(seen.coverage, 100, 1),
        _number(seen.gini, 1, 3),
        _number(seen.novelty, 1, 2),
        _number(seen.diversity, 1, 3),
        _number(seen.percentile, 100, 1),
        _number(seen.lift, 1, 2),
        _number(seen.miscalibration, 1, 3),
    )


def _mean(mean: Mean) -> str:
    return f"{mean.value:.3f} [{mean.low:.3f}, {mean.high:.3f}]"


def _number(value: float | None, scale: float, digits: int) -> str:
    return "-" if value is None else f"{value * scale:.{digits}f}"
