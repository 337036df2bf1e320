"""``palate train collaborative``: learn from who liked what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..options import Config, Json


def collaborative(
    out: Annotated[Path, typer.Option(help="Folder for the model and the report.")],
    interactions: Annotated[
        Path | None,
        typer.Option(
            help="CSV, JSONL or Parquet: user_id, item_id, value, timestamp; else collaborative.interactions.",
            show_default=False,
        ),
    ] = None,
    from_feedback: Annotated[
        Path | None,
        typer.Option(help="Learn from this log instead: what `palate feedback export` wrote.", show_default=False),
    ] = None,
    liked: Annotated[
        float | None,
        typer.Option(min=0.0, help="Least value that counts as a like; else collaborative.liked.", show_default=False),
    ] = None,
    held_out: Annotated[int, typer.Option(min=1, help="Latest interactions of each user to report on.")] = 5,
    quick: Annotated[bool, typer.Option("--quick", help="Try a few settings only.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 42,
    threads: Annotated[int, typer.Option(min=1, help="Cores to use.")] = 1,
    json: Json = False,
    config: Config = None,
) -> None:
    """Train from interactions, keep the better of EASE and iALS, and print what it is worth beside popularity.

    Item ids are those of the catalogue, whose index must stand. The folder goes into the settings as
    collaborative.model.
    """
    from agent import Settings
    from agent.errors import SettingsError
    from retrieval.collaborative import TrainingConfig, indexed_items, model_card, train_collaborative

    settings = Settings.load(config)
    columns = settings.collaborative
    path = interactions or columns.interactions
    if from_feedback is not None:
        path, columns = _logged(from_feedback, out), columns.model_copy(update=_LOGGED)
    if path is None:
        raise SettingsError(
            "No file of interactions is named.", hint="Give --interactions FILE, or set collaborative.interactions."
        )
    if liked is not None:
        columns = columns.model_copy(update={"liked": liked})
    name, ids, texts = indexed_items(settings.retrieval().index)
    report = train_collaborative(
        path,
        out,
        name,
        ids,
        texts,
        columns,
        TrainingConfig(held_out=held_out, quick=quick, seed=seed, threads=threads),
        " ".join(["palate", *sys.argv[1:]]),
        lambda line: typer.echo(line, err=True),
    )
    typer.echo(report.model_dump_json(indent=1) if json else model_card(report))


_LOGGED = {
    "user_column": "user_id",
    "item_column": "item_id",
    "value_column": "value",
    "timestamp_column": "timestamp",
    "liked": 1.0,
}
"""How the interactions of a log are written; whatever was clicked, liked or accepted counts as a like."""


def _logged(log: Path, out: Path) -> Path:
    """Write the interactions of a log beside the model, and return the file."""
    from retrieval.feedback import read_feedback, write_interactions

    path = out / "from-feedback.csv"
    count = write_interactions(read_feedback(log), path)
    typer.echo(f"{count} reactions in {path}", err=True)
    return path
