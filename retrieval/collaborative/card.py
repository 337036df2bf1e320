"""Write what a training run measured: report.json, model_card.md, ndcg.svg."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingExtraError

if TYPE_CHECKING:
    from .train import Figure, TrainingReport


def fingerprint(path: Path) -> str:
    """Return the first 16 hex digits of a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def write_report(report: TrainingReport, folder: Path) -> None:
    """Write the report as JSON, as a model card and as a picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / "model_card.md").write_text(model_card(report), encoding="utf-8")
    _plot(report, folder / "ndcg.svg")


def model_card(report: TrainingReport) -> str:
    """Return the model card as Markdown."""
    best = {trial.model: trial for trial in report.chosen}[report.kept]
    life = best.history.half_life
    recency = (
        "Weighing recent interactions more did not help on the validation part, so all weigh alike."
        if life is None
        else f"An interaction weighs half after {life:g} later ones; chosen on the validation part."
    )
    lines = [
        f"# {report.kept} for {report.catalog}",
        "",
        f"Command: `{report.command}` (seed {report.seed})",
        "",
        f"Data: `{report.file}` (sha256 begins {report.fingerprint}). "
        + " ".join(report.interactions.lines()[: 1 if not report.interactions.bad else None]),
        "",
        f"What was right: {_right(report)}. The last {report.held_out} interactions of each user are reported on, the"
        f" {report.held_out} before them chose the settings; the whole catalogue less what the user had to do with"
        f" already was ranked. {report.users:,} users have something right to find; the others are not counted.",
        "",
        f"Settings: `{best.settings!r}`, value counts as `{best.history.strength}`. {recency}",
        f"The model is trusted half as much as in the end from {report.halfway:g} liked items on.",
        "",
        table(report.figures),
        "",
        "Intervals are 95 %, by bootstrap over users. People of whom nothing is known get no scores. Items that nobody"
        " had to do with get scores foreseen from their texts, which are worth less.",
    ]
    if report.notes:
        lines += ["", *(f"- {note}" for note in report.notes)]
    return "\n".join(lines) + "\n"


def table(figures: tuple[Figure, ...]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| ranking | nDCG@10 | above popularity |", "|---|---|---|"]
    for one in figures:
        above = "" if one.name == "popularity" else _span(one.above, one.above_interval, "+")
        lines.append(f"| {one.name} | {_span(one.ndcg, one.ndcg_interval)} | {above} |")
    return "\n".join(lines)


def _right(report: TrainingReport) -> str:
    return "every later interaction" if report.liked is None else f"later interactions of {report.liked:g} and more"


def _span(value: float, ends: tuple[float, float], sign: str = "") -> str:
    return f"{value:{sign}.4f} ({ends[0]:{sign}.4f} to {ends[1]:{sign}.4f})"


def _plot(report: TrainingReport, path: Path) -> None:
    try:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Picture
    except ImportError:
        raise MissingExtraError("train") from None
    picture = Picture(figsize=(7, 0.45 * len(report.figures) + 1), layout="constrained")
    FigureCanvasSVG(picture)
    axes = picture.subplots()
    names = [one.name for one in report.figures]
    values = [one.ndcg for one in report.figures]
    ends = [
        [one.ndcg - one.ndcg_interval[0] for one in report.figures],
        [one.ndcg_interval[1] - one.ndcg for one in report.figures],
    ]
    axes.barh(names, values, xerr=ends, color="#4c72b0", error_kw={"capsize": 3})
    axes.invert_yaxis()
    axes.set_xlabel("nDCG@10, 95 % interval over users")
    picture.savefig(path, format="svg", metadata={"Date": None})
