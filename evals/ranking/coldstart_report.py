"""Gather both sweeps into a report; write it as tables and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.collaborative import Judge
from retrieval.errors import MissingExtraError
from retrieval.types import Value

from ..provenance import commit, machine
from .boards import fingerprint
from .coldstart import COUNTS, HYBRID, ROWS, sweep_users
from .coldstart_items import ROWS as ITEM_ROWS
from .coldstart_items import NewItems, sweep_items
from .resample import Resampler
from .results import Figure
from .user_board import HELD, UserBoard
from .user_metrics import SHOWN, Judged
from .user_rows import Say, settle

_FAR = "recall@50"


class Point(Value):
    """One row at one count of known interactions."""

    row: str
    count: int
    figures: dict[str, Figure]


class ItemRow(Value):
    """One row on items that nobody had to do with."""

    name: str
    figures: dict[str, Figure]


class ColdReport(Value):
    """Both sweeps with what it takes to repeat them."""

    board: str
    command: str
    seed: int
    machine: str
    commit: str
    files: dict[str, str]
    liked: float
    users: int
    """Users who have something right to find."""
    points: tuple[Point, ...]
    ahead: dict[str, Figure]
    """nDCG@10 of the hybrid less that of the better of content and the collaborative rows, by count."""
    item_cases: int
    """Users times folds with something right to find among new items."""
    items: tuple[ItemRow, ...]


def measure_cold_start(
    board: UserBoard,
    *,
    liked: float,
    command: str,
    seed: int = 42,
    quick: bool = False,
    say: Say = lambda line: None,
) -> ColdReport:
    """Run both sweeps.

    Args:
        board: the data.
        liked: least value that counts as a like.
        command: to be noted.
        seed: of every draw.
        quick: few settings, to see that it works.
        say: told how it goes.
    """
    early, late = board.learnt.last(HELD)
    settled = settle(Judge(early, late, liked), board.texts, say, quick=quick)
    swept = sweep_users(board, settled, liked=liked, seed=seed, say=say)
    judged = Judged(swept.right, seed)
    values = {key: judged.measure(best) for key, best in swept.best.items()}
    ahead = {}
    for count in COUNTS:
        rivals = [values[name, count] for name in ROWS[: ROWS.index(HYBRID)]]
        best = max(rivals, key=lambda one: float(one[:, 0].mean()))
        ahead[str(count)] = judged.figures(values[HYBRID, count] - best)[SHOWN[0]]
    folds = sweep_items(board, settled, liked=liked, seed=seed, say=say)
    cases, rows = _item_rows(folds, seed)
    return ColdReport(
        board=board.name,
        command=command,
        seed=seed,
        machine=machine(),
        commit=commit(),
        files={f"{path.parent.name}/{path.name}": fingerprint(path) for path in board.files.values()},
        liked=liked,
        users=len(judged.users),
        points=tuple(
            Point(row=name, count=count, figures=judged.figures(values[name, count]))
            for name in ROWS
            for count in COUNTS
        ),
        ahead=ahead,
        item_cases=cases,
        items=rows,
    )


def _item_rows(folds: Sequence[NewItems], seed: int) -> tuple[int, tuple[ItemRow, ...]]:
    judged = [Judged(fold.right, seed) for fold in folds]
    users = np.concatenate([one.users for one in judged])
    # A user stands in several folds, and is drawn as one.
    draws = Resampler([str(user) for user in users], seed)
    rows = []
    for name in ITEM_ROWS:
        values = np.concatenate([one.measure(fold.best[name]) for one, fold in zip(judged, folds, strict=True)])
        low, high = draws.interval(values)
        figures = {
            metric: Figure(value=round(mean, 5), low=round(below, 5), high=round(above, 5))
            for metric, mean, below, above in zip(
                SHOWN, values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True
            )
        }
        rows.append(ItemRow(name=name, figures=figures))
    return len(users), tuple(rows)


def render_cold_start(report: ColdReport) -> str:
    """Return the report as Markdown."""
    found = {(point.row, point.count): point.figures for point in report.points}
    lines = [
        f"Command: `{report.command}` (seed {report.seed}); commit {report.commit or 'unknown'}",
        f"Machine: {report.machine}",
        "",
        f"{report.users:,} new users; later ratings of {report.liked:g} and more are right; full ranking of the"
        " catalogue less all that the user had rated. 95 % intervals by bootstrap over users.",
    ]
    for metric in (SHOWN[0], _FAR):
        lines += [
            "",
            f"### {metric} by known interactions of a new user",
            "",
            f"| ranking | {' | '.join(map(str, COUNTS))} |",
            "|---|" + "---|" * len(COUNTS),
        ]
        for row in ROWS:
            lines.append(f"| {row} | {' | '.join(_cell(found[row, count][metric]) for count in COUNTS)} |")
        if metric == SHOWN[0]:
            cells = " | ".join(_cell(report.ahead[str(count)], "+") for count in COUNTS)
            lines.append(f"| ours above the best of the rows before it | {cells} |")
    lines += [
        "",
        f"### Items without interactions ({report.item_cases:,} cases)",
        "",
        f"| ranking | {' | '.join(SHOWN)} |",
        "|---|" + "---|" * len(SHOWN),
        *(f"| {row.name} | {' | '.join(_cell(row.figures[metric]) for metric in SHOWN)} |" for row in report.items),
    ]
    return "\n".join(lines) + "\n"


def plot_cold_start(report: ColdReport, path: Path) -> None:
    """Draw the curves with their intervals, as SVG.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Picture
    except ImportError:
        raise MissingExtraError("train") from None
    picture = Picture(figsize=(11, 4.5), layout="constrained")
    FigureCanvasSVG(picture)
    found = {(point.row, point.count): point.figures for point in report.points}
    for axes, metric in zip(picture.subplots(1, 2), (SHOWN[0], _FAR), strict=True):
        for number, row in enumerate(ROWS):
            figures = [found[row, count][metric] for count in COUNTS]
            # Side by side, so that intervals can be told apart.
            places = [at + 0.05 * (number - len(ROWS) / 2) for at in range(len(COUNTS))]
            ends = [[one.value - one.low for one in figures], [one.high - one.value for one in figures]]
            axes.errorbar(
                places,
                [one.value for one in figures],
                yerr=ends,
                label=row,
                marker="o",
                markersize=3,
                linewidth=2.2 if row == HYBRID else 1.0,
                capsize=2,
            )
        axes.set_xticks(range(len(COUNTS)), [str(count) for count in COUNTS])
        axes.set_xlabel("known interactions of a new user")
        axes.set_ylabel(metric)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    picture.axes[0].legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(path, format="svg", metadata={"Date": None})


def _cell(figure: Figure, sign: str = "") -> str:
    return f"{figure.value:{sign}.3f} ({figure.low:{sign}.3f} to {figure.high:{sign}.3f})"
