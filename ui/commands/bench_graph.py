"""``palate bench graph``: what walks over shared facts bring and cost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..options import Config, Json
from ..progress import reporting


def graph(
    speed: Annotated[
        bool, typer.Option("--speed", help="Time walks over made-up catalogues of growing size instead.")
    ] = False,
    users: Annotated[
        int | None, typer.Option(min=30, help="Take only so many users, to see that it works.", show_default=False)
    ] = None,
    liked: Annotated[float, typer.Option(min=0.0, max=5.0, help="Least rating that counts as a like.")] = 4.0,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 42,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Find what MovieLens users liked later, given 1, 3 and 10 likes: popularity, neighbours, walks, and fused."""
    from evals.connecting import measure_walks, render_walks

    command = " ".join(["palate", *sys.argv[1:]])
    if speed:
        timed = measure_walks(command=command, seed=seed, say=_say)
        text, table = timed.model_dump_json(indent=1), render_walks(timed)
    else:
        text, table = _measured(users, liked, seed, command, config)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else table)


def _measured(users: int | None, liked: float, seed: int, command: str, config: Path | None) -> tuple[str, str]:
    from rich.console import Console

    from agent import Settings
    from evals import movielens_users
    from evals.connecting import film_graph, measure_graph, render_graph

    cache = Settings.load(config).data_dir / "evals" / "movielens" / "encodings.db"
    with reporting(Console(stderr=True)) as report:
        board = movielens_users(cache, None, users, report("Encode films"))
    walked = film_graph(board.files["catalog"])
    found = measure_graph(board, walked, liked=liked, command=command, seed=seed, say=_say)
    return found.model_dump_json(indent=1), render_graph(found)


def _say(line: str) -> None:
    typer.echo(line, err=True)
