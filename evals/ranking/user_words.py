"""Write a comparison for known users as a table and as a picture."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import MissingExtraError

from . import results
from .user_metrics import SHOWN
from .user_rows import OURS
from .users import ALL, LIKES, UserReport, classic_names

_KINDS = {LIKES: "later ratings of {liked:g} and more", ALL: "all later ratings"}


def render_users(report: UserReport) -> str:
    """Return the report as Markdown."""
    lines = [
        f"Command: `{report.command}` (seed {report.seed}); commit {report.commit or 'unknown'}",
        f"Machine: {report.machine}",
        "",
        f"{report.users:,} users, {report.items:,} items, {report.held_out:,} ratings held back; full ranking of the"
        " catalogue less what the user had rated. 95 % intervals by bootstrap over users.",
    ]
    for kind, words in _KINDS.items():
        scored = report.scored[kind]
        lines += [
            "",
            f"### Right: {words.format(liked=report.liked)} ({scored:,} users)",
            "",
            f"| ranking | {' | '.join(SHOWN)} | ours above it in ndcg@10 | p |",
            "|---|" + "---|" * (len(SHOWN) + 2),
        ]
        beside = {one.name: one for one in report.against if one.right == kind}
        for row in report.rows:
            cells = [_mean(row.figures[kind][measure], span=measure == SHOWN[0]) for measure in SHOWN]
            other = beside.get(row.name)
            cells += ["", ""] if other is None else [_mean(other.difference, "+"), f"{other.chance:.4f}"]
            lines.append(f"| {row.name} | {' | '.join(cells)} |")
    lines += ["", "### How the first ten places are shared", "", "| ranking | coverage | Gini | novelty (bits) |"]
    lines.append("|---|---|---|---|")
    for row in report.rows:
        spread = row.spread
        lines.append(f"| {row.name} | {spread.coverage:.3f} | {spread.gini:.3f} | {spread.novelty:.2f} |")
    lines += ["", _verdict(report)]
    return "\n".join(lines) + "\n"


def plot_users(report: UserReport, path: Path) -> None:
    """Draw nDCG@10 of every row with its interval, as SVG.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("train") from None
    picture = Figure(figsize=(10, 0.4 * len(report.rows) + 1), layout="constrained")
    FigureCanvasSVG(picture)
    for axes, (kind, words) in zip(picture.subplots(1, 2, sharey=True), _KINDS.items(), strict=True):
        means = [row.figures[kind][SHOWN[0]] for row in report.rows]
        ends = [[one.value - one.low for one in means], [one.high - one.value for one in means]]
        colours = ["#c44e52" if row.name == OURS else "#4c72b0" for row in report.rows]
        names = [row.name for row in report.rows]
        axes.barh(names, [one.value for one in means], xerr=ends, color=colours, error_kw={"capsize": 2})
        axes.set_title(words.format(liked=report.liked), fontsize=10)
        axes.set_xlabel("nDCG@10")
    picture.axes[0].invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(path, format="svg", metadata={"Date": None})


def _verdict(report: UserReport) -> str:
    values = {row.name: row.figures[LIKES][SHOWN[0]].value for row in report.rows}
    best = max(classic_names(tuple(values)), key=lambda name: values[name])
    met = "met" if report.goal_met else "missed"
    return (
        f"Goal, nDCG@10 of likes at least that of the best of EASE, iALS and item-kNN: {met}"
        f" ({values[OURS]:.4f} against {values[best]:.4f} of {best})."
    )


def _mean(mean: results.Figure, sign: str = "", *, span: bool = True) -> str:
    value = f"{mean.value:{sign}.4f}"
    return f"{value} ({mean.low:{sign}.4f} to {mean.high:{sign}.4f})" if span else value
