"""``palate train alignment``: learn from a catalogue's own pairs how words find its pictures and sounds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..options import Config, Json


def alignment(
    out: Annotated[Path, typer.Option(help="Folder for the map and its card.")],
    modality: Annotated[Literal["image", "audio", "video"], typer.Option(help="What to map to texts.")] = "image",
    folds: Annotated[int, typer.Option(min=2, max=20, help="Parts of cross-validation.")] = 5,
    most_pairs: Annotated[int, typer.Option(min=20, help="Pairs learnt from at most.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Of the parts and batches.")] = 42,
    json: Json = False,
    config: Config = None,
) -> None:
    """Learn the map from pictures or sounds to texts from the index, and print what it is worth on a held-out fifth.

    Set ``index.image.alignment`` (or ``audio``, ``video``) to the folder and rebuild the index to use it.
    """
    from agent import Settings
    from evals import current_commit, current_machine
    from retrieval.alignment import AlignmentTraining, alignment_markdown, train_on_index, write_alignment

    settings = Settings.load(config).retrieval()
    plan = AlignmentTraining(folds=folds, most_pairs=most_pairs, seed=seed)
    made, report = train_on_index(settings, modality, plan, _say)
    command = " ".join(["palate", *sys.argv[1:]])
    write_alignment(out, made, report, command, f"{current_machine()}; commit {current_commit()}")
    typer.echo(report.model_dump_json(indent=1) if json else alignment_markdown(report))
    _say(f'Put it to use: index.{modality}.alignment = "{out}", then palate index build.')


def _say(line: str) -> None:
    typer.echo(line, err=True)
