"""Write the figures of the graph as a table."""

from __future__ import annotations

from ..ranking.results import Figure
from .bench import GraphReport

_METRICS = ("recall@10", "recall@50")


def render_graph(report: GraphReport) -> str:
    """Return the report as Markdown."""
    lines = [
        f"Command: `{report.command}` (seed {report.seed}); commit {report.commit or 'unknown'}",
        f"Machine: {report.machine}",
        "",
        f"{report.items:,} films, {report.nodes:,} values, {report.edges:,} edges. 95 % intervals by bootstrap over"
        " users.",
        f"Chosen on the other half of the users: spread {report.spread:g}, weight {report.weight:g}; beside item-kNN"
        f" {report.weight_beside_knn:g}.",
    ]
    for told, users in report.users.items():
        lines += ["", f"### {told} like{'s' if told > 1 else ''} told ({users:,} users)", ""]
        lines += ["| ranking | recall@10 | recall@50 |", "|---|---|---|"]
        for row in report.rows:
            if row.told == told:
                lines.append(f"| {row.name} | {' | '.join(_figure(row.figures[name]) for name in _METRICS)} |")
        for gain in report.gains:
            if gain.told == told:
                cells = (f"{_figure(gain.figures[name], '+')}, p {gain.chance[name]:.4f}" for name in _METRICS)
                lines.append(f"| gain of {gain.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _figure(figure: Figure, sign: str = "") -> str:
    return f"{figure.value:{sign}.4f} ({figure.low:{sign}.4f} to {figure.high:{sign}.4f})"
