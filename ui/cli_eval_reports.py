"""``palate eval report``: show a run again that was written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ReportFile = Annotated[Path, typer.Argument(help="A report.json that --out wrote, or its folder.", show_default=False)]


def report(
    file: ReportFile,
    html: Annotated[bool, typer.Option("--html", help="Write the page with transcripts and timings.")] = False,
    junit: Annotated[bool, typer.Option("--junit", help="Write JUnit XML.")] = False,
) -> None:
    """Print a report again, as text or in another form."""
    from evals import junit as to_junit
    from evals import page, read_report, render

    if html and junit:
        raise typer.BadParameter("Give --html or --junit, not both.")
    found = read_report(file)
    write = page if html else to_junit if junit else render
    typer.echo(write(found), nl=not junit)
