"""Draw recall at every cut by row, with intervals."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import MissingExtraError

from .measures import CUTS
from .results import BoardReport


def plot(report: BoardReport, path: Path) -> None:
    """Write recall@k on novel targets as SVG or PNG, by the path's ending.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("train") from error

    figure = Figure(figsize=(8, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    rows = [row for row in report.rows if row.novel]
    for number, row in enumerate(rows):
        found = [row.novel[f"recall@{k}"] for k in CUTS]
        # Side by side, so that intervals at the same cut can be told apart.
        places = [at + 0.07 * (number - (len(rows) - 1) / 2) for at in range(len(CUTS))]
        values = [one.value for one in found]
        reach = [[one.value - one.low for one in found], [one.high - one.value for one in found]]
        bold = row.name == report.reference
        axes.errorbar(
            places,
            values,
            yerr=reach,
            label=row.name,
            marker="o" if bold else ".",
            linewidth=2.2 if bold else 1.0,
            capsize=2,
            color=f"C{number % 10}",
        )
    axes.set_xticks(range(len(CUTS)), [str(k) for k in CUTS])
    axes.set_xlabel("k")
    axes.set_ylabel("recall@k, novel targets")
    axes.set_ylim(bottom=0)
    axes.set_title(f"{report.board}: {report.facts.novel} novel samples, 95 % intervals over groups")
    axes.grid(alpha=0.3)
    if rows:  # a board may have no novel sample
        axes.legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
