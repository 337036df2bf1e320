"""Write reports into a folder: figures for programs, a page for people, a plot for each board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from retrieval.types import Value

from .plot import plot
from .render import markdown
from .results import BoardReport


class Results(Value):
    """The reports of one run."""

    boards: tuple[BoardReport, ...]


def write_results(reports: Sequence[BoardReport], out: Path) -> None:
    """Write ``results.json``, ``results.md`` and ``recall-BOARD.svg`` and ``.png``; the folder is made."""
    write_figures(reports, out)
    sections = []
    for report in reports:
        for ending in (".svg", ".png"):
            plot(report, out / f"recall-{report.board}{ending}")
        sections += [markdown(report), f"![Recall of every row on {report.board}](recall-{report.board}.svg)\n"]
    (out / "results.md").write_text("\n".join(["# Scoreboard\n", *sections]), encoding="utf-8")


def write_figures(reports: Sequence[BoardReport], out: Path) -> None:
    """Write ``results.json`` only; the folder is made."""
    out.mkdir(parents=True, exist_ok=True)
    results = Results(boards=tuple(reports))
    (out / "results.json").write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
