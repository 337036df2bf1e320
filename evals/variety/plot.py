"""Draw what the dial brings and costs: accuracy with intervals above, exposure below, one column a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.errors import MissingExtraError

from .report import DiversityReport, Source

_SHOWN = {
    "coverage": "coverage",
    "gini": "Gini (inverted)",
    "novelty": "novelty",
    "diversity": "intra-list diversity",
    "percentile": "popularity percentile",
}
"""Measures of exposure, each drawn between its own least and greatest value."""


def plot(report: DiversityReport, path: Path) -> None:
    """Write the plot as SVG or PNG, by the path's ending.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("train") from error

    figure = Figure(figsize=(5.4 * len(report.sources), 7.6), layout="constrained")
    FigureCanvasAgg(figure)
    columns = figure.subplots(2, len(report.sources), squeeze=False, sharex=True)
    for at, source in enumerate(report.sources):
        _accuracy(columns[0][at], source, report)
        _exposure(columns[1][at], source, report)
    columns[0][0].set_ylabel("nDCG@10, 95 % interval")
    columns[1][0].set_ylabel("share of its own range")
    columns[0][0].legend(fontsize=8, loc="lower left")
    figure.savefig(path, dpi=130, metadata={"Date": None} if path.suffix == ".svg" else None)


def _accuracy(axes: Any, source: Source, report: DiversityReport) -> None:
    steps = [step for step in source.steps if step.place is not None]
    places, means = [step.place for step in steps], [step.figures.ndcg for step in steps]
    reach = [[mean.value - mean.low for mean in means], [mean.high - mean.value for mean in means]]
    axes.errorbar(places, [mean.value for mean in means], yerr=reach, marker="o", capsize=3, label="the dial")
    trivial = [step for step in source.steps if step.place is None]
    for number, step in enumerate(trivial, start=1):
        axes.axhline(step.figures.ndcg.value, color=f"C{number}", linestyle="--", linewidth=1, label=step.name)
    axes.axvline(report.default, color="grey", linewidth=1, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.set_title(f"{source.name} ({source.searches} searches)", fontsize=10)
    axes.grid(alpha=0.3)


def _exposure(axes: Any, source: Source, report: DiversityReport) -> None:
    steps = [step for step in source.steps if step.place is not None]
    for name, label in _SHOWN.items():
        found = [getattr(step.figures.exposure, name) for step in steps]
        if any(value is None for value in found):
            continue
        values = [-value for value in found] if name == "gini" else found
        low, high = min(values), max(values)
        drawn = [(value - low) / (high - low) if high > low else 0.5 for value in values]
        shown = f"{label} {min(found):.3g} to {max(found):.3g}"
        axes.plot([step.place for step in steps], drawn, marker=".", label=shown)
    axes.axvline(report.default, color="grey", linewidth=1, linestyle=":")
    axes.set_xlabel("dial: 0 familiar, 1 adventurous")
    # Below the axes: the lines take all of the room inside.
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    axes.grid(alpha=0.3)
