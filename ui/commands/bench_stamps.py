"""``palate bench stamps``: how well words find pictures, pictures find words, and pictures find pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import Config, Json


def stamps(
    seed: Annotated[int, typer.Option(help="Of cross-validation and batches; the held-out fifth is fixed.")] = 42,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Learn the map from the pictures of stamps to their words on four fifths, and measure every kind on the last."""
    from agent import Settings
    from evals.senses import measure_stamps, render_stamps, stamps_catalog
    from retrieval.alignment import AlignmentTraining

    rows = Settings.load(config).data_dir / "evals" / "stamps" / "rows.jsonl"
    report = measure_stamps(stamps_catalog(rows), AlignmentTraining(seed=seed), _say)
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_stamps(report))


def _say(line: str) -> None:
    typer.echo(line, err=True)
