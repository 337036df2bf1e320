"""``palate train blend``: learn to rank a catalogue for dialogues."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..options import Config
from .train_blend_log import blend_from_feedback


def blend(
    out: Annotated[Path, typer.Option(help="Folder for the model and its card.", file_okay=False)],
    board: Annotated[
        Literal["redial", "opendialkg"], typer.Option(help="Whose catalogue and dialogues to learn from.")
    ] = "redial",
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
    train: Annotated[
        Path | None,
        typer.Option(help="JSON lines to learn from, in place of the shared training part.", show_default=False),
    ] = None,
    from_feedback: Annotated[
        Path | None,
        typer.Option(
            help="Choose how the reranked head is weighed by this log instead: what `palate feedback export` wrote.",
            show_default=False,
        ),
    ] = None,
    trees: Annotated[
        int | None, typer.Option(min=0, help="Trees; 0 for the linear blend alone.", show_default=False)
    ] = None,
    without: Annotated[
        str | None, typer.Option(help="Groups of channels to leave out, with commas.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of every draw.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Cores to use.")] = 2,
    settings: Config = None,
) -> None:
    """Learn which item comes next in a dialogue, and print the model's card with its recall on held-out dialogues.

    With --from-feedback it chooses how the reranked head is weighed instead, and prints what that is worth.
    """
    command = " ".join(["palate", *sys.argv[1:]])
    if from_feedback is not None:
        blend_from_feedback(from_feedback, out, settings, command)
        return
    from evals.ranking import Sources, blend_markdown, read_board, train_blend
    from retrieval.dialogues import GROUPS, DialogueConfig

    groups = tuple(one for one in GROUPS if one in _named(without))
    unknown = sorted(_named(without) - set(groups))
    if unknown:
        raise typer.BadParameter(f"There is no group {unknown!r}. Groups: {', '.join(GROUPS)}.", param_hint="--without")
    config = DialogueConfig(seed=seed, threads=threads, without=groups)
    if trees is not None:
        config = config.model_copy(update={"trees": trees})
    read, files = read_board(board, Sources(data, train), seed)
    card = train_blend(read, out, config, command=command, data=files, say=lambda line: typer.echo(line, err=True))
    typer.echo(blend_markdown(card))


def _named(groups: str | None) -> set[str]:
    return {one.strip() for one in (groups or "").split(",") if one.strip()}
