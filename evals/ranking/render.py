"""Write a report as a table for the terminal and as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from .measures import METRICS
from .results import BoardReport, Figure, Paired, RowResult

_TESTED = ("recall@1", "recall@10", "recall@50", "ndcg@10")
"""Metrics whose differences are shown; the JSON has all."""


def table(report: BoardReport) -> Group:
    """Return the figures over novel targets, those over all, and the differences, for a rich console."""
    parts: list[Table | Text] = [Text(line) for line in _head(report)]
    for mode, title in (("novel", "novel targets, mentioned items left out"), ("all", "all targets, repetitions too")):
        found = Table(title=f"{report.board}: {title}", title_justify="left")
        found.add_column("row")
        for metric in METRICS:
            found.add_column(metric, justify="right")
        found.add_column("ms a turn", justify="right")
        for row in report.rows:
            found.add_row(*_cells(row, mode))
        parts.append(found)
    if report.paired:
        parts += [Text(line) for line in _differences(report)]
    parts += [Text(f"{row.name}: could not score: {row.unscored}") for row in report.rows if row.unscored]
    return Group(*parts)


def markdown(report: BoardReport) -> str:
    """Return the whole report, figures, long tail and bias, as a section of a page."""
    lines = [f"## {report.board}", "", *_paragraphs(report), ""]
    for mode, title in (("novel", "Novel targets, mentioned items left out"), ("all", "All targets")):
        lines += [f"### {report.board}: {title}", "", f"| row | {' | '.join(METRICS)} | ms a turn |"]
        lines.append("|---" * (len(METRICS) + 2) + "|")
        lines += [f"| {' | '.join(_cells(row, mode))} |" for row in report.rows]
        lines.append("")
    lines += [*_paired_table(report), *_tail_table(report), *_bias_table(report)]
    return "\n".join(lines).rstrip() + "\n"


def _head(report: BoardReport) -> Iterator[str]:
    facts = report.facts
    yield (
        f"{report.board}: {facts.samples} samples at {facts.turns} turns of {facts.groups} groups over {facts.items}"
        f" items; {facts.novel} novel, {facts.repeated:.0%} repeated; {facts.unseen:.0%} of novel targets never in the"
        f" training dialogues ({facts.train_groups} groups, {facts.train_samples} samples)."
    )
    limited = f", first {report.limit} groups only" if report.limit else ""
    yield f"{report.command}{limited}; seed {report.seed}; {report.seconds:.0f} s; commit {report.commit or 'unknown'}"
    yield f"on {report.machine}"


def _paragraphs(report: BoardReport) -> list[str]:
    counts, command, machine = _head(report)
    files = ", ".join(f"{name} `{digest}`" for name, digest in report.data.items())
    return [counts, "", f"`{command}` {machine}. Data: {files}."]


def _cells(row: RowResult, mode: str) -> list[str]:
    if row.unscored:
        return [row.name, "could not score", *[""] * len(METRICS)]
    figures = row.novel if mode == "novel" else row.all
    cells = [_short(figures.get(metric)) for metric in METRICS]
    return [row.name, *cells, "" if row.ms_median is None else f"{row.ms_median:.1f}"]


def _short(figure: Figure | None) -> str:
    return "" if figure is None else str(figure)


def _shown(report: BoardReport) -> dict[str, list[Paired]]:
    by_row: dict[str, list[Paired]] = {}
    for one in report.paired:
        if one.mode == "novel" and one.metric in _TESTED:
            by_row.setdefault(one.row, []).append(one)
    return by_row


def _difference(one: Paired) -> str:
    found = one.difference
    p = "p<0.001" if one.p_holm < 0.001 else f"p={one.p_holm:.3f}"
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f}), {p}"


def _differences(report: BoardReport) -> Iterator[str]:
    yield f"{report.reference} minus each row on novel targets; p by flipping dialogues, adjusted for the rows (Holm):"
    for row, found in _shown(report).items():
        yield f"  {row}: " + "; ".join(f"{one.metric} {_difference(one)}" for one in found)


def _paired_table(report: BoardReport) -> list[str]:
    if not report.paired:
        return []
    lines = [
        f"### {report.board}: {report.reference} minus each row, novel targets",
        "",
        "95 % intervals by paired bootstrap; p by flipping dialogues, adjusted for the rows (Holm).",
        "",
        f"| row | {' | '.join(_TESTED)} |",
        "|---" * (len(_TESTED) + 1) + "|",
    ]
    lines += [f"| {row} | {' | '.join(map(_difference, found))} |" for row, found in _shown(report).items()]
    return [*lines, ""]


def _tail_table(report: BoardReport) -> list[str]:
    scored = [row for row in report.rows if row.slices]
    if not scored:
        return []
    labels = [f"{one.label} ({one.samples})" for one in scored[0].slices]
    lines = [
        f"### {report.board}: the long tail",
        "",
        "Recall@10 by how often the target is named in training (number of samples in brackets).",
        "",
        f"| row | {' | '.join(labels)} |",
        "|---" * (len(labels) + 1) + "|",
    ]
    lines += [f"| {row.name} | {' | '.join(_short(one.recall_at_10) for one in row.slices)} |" for row in scored]
    return [*lines, ""]


def _bias_table(report: BoardReport) -> list[str]:
    lines = [
        f"### {report.board}: what is recommended",
        "",
        "Over the first ten of every turn: share of the catalogue shown at least once, Gini coefficient of how often"
        " each item is shown, share of places that go to the best-known tenth.",
        "",
        "| row | coverage | Gini | best-known tenth |",
        "|---|---|---|---|",
    ]
    found = [(row.name, row.bias) for row in report.rows if row.bias is not None]
    lines += [f"| {name} | {bias.coverage:.3f} | {bias.gini:.3f} | {bias.head:.3f} |" for name, bias in found]
    return [*lines, ""] if found else []
