"""Write the tables of questions and channels as Markdown."""

from __future__ import annotations

from .bench import Mean, SensesReport

_ABOUT = {
    "own": "an item's title and its own file",
    "mate": "an item's title and the file of another of its label",
    "word": "one word of an item and the file of another of its label that lacks it",
}


def render_senses(report: SensesReport) -> str:
    """Return the report as Markdown."""
    asked = ", ".join(f"{count} {design} ({_ABOUT[design]})" for design, count in report.questions.items())
    lines = [
        f"{report.catalog}, alike by {report.label}, items asked about: {report.part}; share of the right ones among"
        f" the first {report.k}, 95 % intervals by item. Questions: {asked}.",
        "",
        "| question | asked with | fused by | found | by chance |",
        "|---|---|---|---|---|",
        *(
            f"| {row.design} | {row.asked} | {row.fusion} | {_plain(row.found)} | {row.chance:.3f} |"
            for row in report.rows
        ),
        "",
        "| question | mixture | fused by | over its best part | gain |",
        "|---|---|---|---|---|",
        *(
            f"| {row.design} | {row.asked} | {row.fusion} | {row.better} | {_signed(row.gain)} |"
            for row in report.mixed
        ),
    ]
    if report.channels:
        lines += [
            "",
            "| channel | asked with | worth | |",
            "|---|---|---|---|",
            *(f"| {row.channel} | {row.asked} | {_signed(row.worth)} | {row.verdict} |" for row in report.channels),
        ]
    return "\n".join(lines)


def _plain(mean: Mean) -> str:
    return f"{mean.mean:.3f} ({mean.low:.3f} to {mean.high:.3f})"


def _signed(mean: Mean) -> str:
    return f"{mean.mean:+.3f} ({mean.low:+.3f} to {mean.high:+.3f})"
