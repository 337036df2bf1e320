"""``palate bench esc10``: how well sounds find sounds of their class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import Json


def esc10(
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Look for sounds of the same class by the bundled encoders, and by a map learnt from the other folds."""
    from evals.senses import measure_sounds, render_sounds

    report = measure_sounds(lambda line: typer.echo(line, err=True))
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_sounds(report))
