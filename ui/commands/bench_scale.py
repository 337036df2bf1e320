"""``palate bench scale`` and ``palate bench kills``: how an index grows, and whether it survives its builders."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from ..exits import FAILURE
from ..options import Json

Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]


def scale(
    items: Annotated[str, typer.Option(help="Numbers of items, with commas between them.")] = "1000,10000,100000",
    folder: Annotated[
        Path | None, typer.Option(help="Where to write, 7 GB for a million items; else a temporary folder.")
    ] = None,
    searches: Annotated[int, typer.Option(min=20, help="Searches without constraints, and as many with.")] = 200,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="Items asked for.")] = 10,
    bare: Annotated[int, typer.Option(min=0, help="Run the vector store alone up to this many items.")] = 100_000,
    films: Annotated[int, typer.Option(min=0, help="Films to index with the real encoder; 0 for none.")] = 2000,
    seed: Annotated[int, typer.Option(help="Fixes every draw.")] = 42,
    out: Out = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw them to this file.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Build, search and update catalogues of synthetic items: time, memory and disk by number of items."""
    from evals.scaling import measure_scaling, plot_scaling, render_scaling

    sizes = _sizes(items)
    command = f"palate bench scale --items {','.join(map(str, sizes))} --searches {searches} -k {k} --seed {seed}"
    with tempfile.TemporaryDirectory(prefix="palate-scale-") if folder is None else nullcontext(str(folder)) as place:
        report = measure_scaling(
            sizes,
            Path(place),
            command=command,
            seed=seed,
            k=k,
            searches=searches,
            bare_up_to=bare,
            encoder_items=films,
            say=lambda line: typer.echo(line, err=True),
        )
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        plot_scaling(report, plot)
    typer.echo(text if json else render_scaling(report))


def kills(
    kills: Annotated[int, typer.Option(min=1, help="How many builds to kill.")] = 50,
    items: Annotated[int, typer.Option(min=10, help="Items of the catalogue.")] = 500,
    seed: Annotated[int, typer.Option(help="Fixes the moments.")] = 42,
    out: Out = None,
    json: Json = False,
) -> None:
    """Kill builds at random moments and check each time that the index which serves is whole; leave with 3 if not."""
    from evals.scaling import kill_step

    with tempfile.TemporaryDirectory(prefix="palate-kills-") as place:
        report = kill_step(Path(place), items, kills, seed)
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if json:
        typer.echo(text)
    else:
        stages = ", ".join(f"{stage} {count}" for stage, count in report.stages.items())
        typer.echo(f"{report.killed} builds killed ({stages}), {report.builds} started, {report.items:,} items.")
        typer.echo("\n".join(report.problems) or "No item lost, doubled or half-written; the old index always served.")
    if report.problems:
        raise typer.Exit(FAILURE)


def _sizes(items: str) -> list[int]:
    try:
        sizes = [int(one) for one in items.split(",") if one.strip()]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 100:
        raise typer.BadParameter(f"{items!r}; give numbers from 100 on, as in 1000,10000", param_hint="--items")
    return sizes
