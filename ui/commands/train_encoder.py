"""``palate train encoder|compare``: adapt the text encoder, and hold two training runs beside each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..options import Json

Minutes = Annotated[float | None, typer.Option(min=0.1, help="Stop learning after that long.", show_default=False)]


def encoder(
    out: Annotated[Path, typer.Option(help="Folder for the adapter and the card; a killed run goes on from it.")],
    domain: Annotated[
        str, typer.Option(help="What to learn: redial, opendialkg, dialogues (both), tags, demo or all.")
    ] = "tags",
    data: Annotated[
        Path, typer.Option(envvar="PALATE_DATA", help="Folder of the benchmark sets; the demo does not read it.")
    ] = Path("../shared/data"),
    minutes: Minutes = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after that many steps.", show_default=False)] = None,
    batch: Annotated[int | None, typer.Option(min=2, help="Queries a batch.", show_default=False)] = None,
    accumulate: Annotated[
        int | None, typer.Option(min=1, help="Batches before the weights move.", show_default=False)
    ] = None,
    hard_negatives: Annotated[
        int | None, typer.Option(min=0, help="Mined wrong items a batch.", show_default=False)
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0.0, help="Peak rate.", show_default=False)] = None,
    rank: Annotated[int | None, typer.Option(min=1, help="Rank of the adapters.", show_default=False)] = None,
    frozen: Annotated[
        int | None, typer.Option(min=0, max=5, help="Lower layers that stay as they are.", show_default=False)
    ] = None,
    warm: Annotated[Literal["none", "simcse", "mlm"], typer.Option(help="Self-supervised first steps.")] = "none",
    warm_steps: Annotated[int | None, typer.Option(min=0, help="How many of these.", show_default=False)] = None,
    fold: Annotated[
        int | None, typer.Option(min=0, max=1, help="Half of the dialogues to leave out.", show_default=False)
    ] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Looks without a better score before stopping.", show_default=False)
    ] = None,
    check_every: Annotated[int | None, typer.Option(min=1, help="Steps between looks.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every draw.", show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores to use.", show_default=False)] = None,
) -> None:
    """Adapt the bundled text encoder with low-rank adapters and print what it finds beside BM25 and the untrained one.

    Set ``index.encoder.model`` to the folder and rebuild the index to use it.
    """
    from evals import current_commit, current_machine
    from retrieval.training import EncoderTraining, LowRank, encoder_markdown, train_encoder

    asked = {
        "minutes": minutes,
        "steps": steps,
        "batch": batch,
        "accumulate": accumulate,
        "hard_negatives": hard_negatives,
        "learning_rate": learning_rate,
        "frozen": frozen,
        "warm_steps": warm_steps,
        "patience": patience,
        "check_every": check_every,
        "seed": seed,
        "threads": threads,
        "adapters": LowRank(rank=rank, alpha=2.0 * rank) if rank else None,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    config = EncoderTraining.model_validate({"warm": warm, **given})
    command = " ".join(["palate", *sys.argv[1:]])
    reports = train_encoder(
        data, out, domain, config, command, _say, place=f"{current_machine()}; commit {current_commit()}", fold=fold
    )
    typer.echo(encoder_markdown(reports))


def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    second: Annotated[Path, typer.Argument(help="Folder of another.")],
    json: Json = False,
) -> None:
    """Hold two training runs beside each other: settings that differ, and scores on the same test tasks."""
    from retrieval.training import compare_runs, render_runs

    found = compare_runs(first, second)
    typer.echo(found.model_dump_json(indent=1) if json else render_runs(found))


def _say(line: str) -> None:
    typer.echo(line, err=True)
