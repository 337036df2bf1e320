"""Write the table of channels for a terminal."""

from __future__ import annotations

from .bench import SensesReport


def render_senses(report: SensesReport) -> str:
    """Return the report as lines of text."""
    head = (
        f"{report.catalog}, {report.modality}: same {report.label} among the first {report.k}, "
        f"{report.queries} queries; at random {report.chance:.3f}"
    )
    lines = [head, f"{'asked by':<9} {'channels':<34} precision  95 %"]
    lines += [
        f"{row.asked:<9} {row.channels:<34} {row.precision:.3f}      {row.low:.3f} to {row.high:.3f}"
        for row in report.rows
    ]
    lines += [
        f"both over {row.better:<9} {row.channels:<34} {row.gain:+.3f}     {row.low:+.3f} to {row.high:+.3f}, paired"
        for row in report.mixed
    ]
    return "\n".join(lines)
