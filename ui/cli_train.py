"""``palate train``: make the small models on your machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .cli_train_encoder import compare, encoder

app = typer.Typer()
train = typer.Typer(help="Train the small models that rank and guard.", no_args_is_help=True)
app.add_typer(train, name="train")
train.command()(encoder)
train.command()(compare)


@train.callback()
def group() -> None:
    """Train the small models that rank and guard."""


@train.command()
def reranker(
    out: Annotated[Path, typer.Option(help="Folder for the model and the report; a killed run goes on from it.")],
    data: Annotated[
        Path, typer.Option(envvar="PALATE_DATA", help="Folder of the benchmark sets; a quick run does not read it.")
    ] = Path("../shared/data"),
    quick: Annotated[
        bool, typer.Option("--quick", help="A toy run of under a minute; the model is of no use.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Stop learning after that long.", show_default=False)
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after that many steps.", show_default=False)] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=0.0, help="Peak rate; a high one can collapse.", show_default=False)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every draw.", show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores to use.", show_default=False)] = None,
) -> None:
    """Fine-tune the cross-encoder from the bundled MiniLM and print what it is worth beside no reranking."""
    from retrieval.training import QUICK, TrainConfig, markdown, train_reranker

    asked = {"minutes": minutes, "steps": steps, "learning_rate": learning_rate, "seed": seed, "threads": threads}
    base = QUICK if quick else TrainConfig()
    config = base.model_copy(update={name: value for name, value in asked.items() if value is not None})
    command = " ".join(["palate", *sys.argv[1:]])
    report = train_reranker(data, out, config, command, _say, quick=quick)
    typer.echo(markdown(report))


@train.command()
def guard(
    out: Annotated[Path, typer.Option(help="File for the weights, for example agent/models/guard.npz.")],
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
) -> None:
    """Train the classifier that helps the guard, on the development half of the guard's set; takes a minute."""
    from evals import train_guard

    typer.echo(train_guard(data, out, _say).model_dump_json(indent=1))


def _say(line: str) -> None:
    typer.echo(line, err=True)
