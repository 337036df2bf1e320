"""``palate bench diversity``: what the dial from familiar to adventurous brings, and the accuracy it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import Config, Json


def diversity(
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets, for the raters.")] = Path(
        "../shared/data"
    ),
    requests: Annotated[int, typer.Option(min=10, max=1000, help="How many requests in words to ask.")] = 150,
    users: Annotated[int, typer.Option(min=10, max=500, help="How many raters to play; none without the data.")] = 100,
    half: Annotated[str, typer.Option(help="development, to choose settings by; or test, to report.")] = "test",
    seed: Annotated[int, typer.Option(help="Which requests and users, and every draw.")] = 42,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw them into this file, .svg or .png.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Sweep the dial over requests on the demo catalogue and over raters, beside trivial rules."""
    from agent import Settings
    from evals import DiversitySetting, measure_diversity, plot_diversity, render_diversity

    if half not in ("development", "test"):
        raise typer.BadParameter(f"{half!r} is no half.", param_hint="--half")
    if plot is not None and plot.suffix not in (".svg", ".png"):
        raise typer.BadParameter(f"{str(plot)!r} must end in .svg or .png.", param_hint="--plot")
    report = measure_diversity(
        Settings.load(config).retrieval(),
        data,
        DiversitySetting(requests, users, "development" if half == "development" else "test", seed),
        tell=lambda words: typer.echo(words, err=True),
    )
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        plot_diversity(report, plot)
        if plot.suffix == ".svg":
            plot_diversity(report, plot.with_suffix(".png"))
    typer.echo(text if json else render_diversity(report))
