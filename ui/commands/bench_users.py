"""``palate bench movielens`` and ``coldstart``: what knowing who liked what is worth, and how little is enough."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Config, Json
from ..progress import reporting

if TYPE_CHECKING:
    from evals import UserBoard

Test = Annotated[
    Path | None,
    typer.Option(
        help="Ratings held back elsewhere, as in ratings.csv; else the last five of each user are.", show_default=False
    ),
]
Users = Annotated[
    int | None, typer.Option(min=30, help="Take only so many users, to see that it works.", show_default=False)
]
Liked = Annotated[float, typer.Option(min=0.0, max=5.0, help="Least rating that counts as a like.")]
Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]
Plot = Annotated[Path | None, typer.Option(help="Also draw them, as SVG, to this file.", show_default=False)]


def movielens(
    test: Test = None,
    users: Users = None,
    liked: Liked = 4.0,
    quick: Annotated[bool, typer.Option("--quick", help="Few settings, to see that it works.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 42,
    out: Out = None,
    plot: Plot = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Foresee each user's last five ratings: random, popularity, content, item-kNN, iALS, EASE and the blend of all."""
    from evals import compare_users, plot_users, render_users

    report = compare_users(
        _board(test, users, config), liked=liked, command=_command(), seed=seed, quick=quick, say=_say
    )
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        plot_users(report, plot)
    typer.echo(text if json else render_users(report))


def coldstart(
    test: Test = None,
    users: Users = None,
    liked: Liked = 4.0,
    quick: Annotated[bool, typer.Option("--quick", help="Few settings, to see that it works.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the folds and every draw.")] = 42,
    out: Out = None,
    plot: Plot = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Sweep over 0, 1, 2, 5, 10, 20 known interactions of new users, and rank items that nobody had to do with."""
    from evals import measure_cold_start, plot_cold_start, render_cold_start

    report = measure_cold_start(
        _board(test, users, config), liked=liked, command=_command(), seed=seed, quick=quick, say=_say
    )
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        plot_cold_start(report, plot)
    typer.echo(text if json else render_cold_start(report))


def _board(test: Path | None, users: int | None, config: Path | None) -> UserBoard:
    from rich.console import Console

    from agent import Settings
    from evals import movielens_users

    cache = Settings.load(config).data_dir / "evals" / "movielens" / "encodings.db"
    with reporting(Console(stderr=True)) as report:
        board = movielens_users(cache, test, users, report("Encode films"))
    for told in board.told:
        for line in told.lines():
            _say(line)
    return board


def _command() -> str:
    return " ".join(["palate", *sys.argv[1:]])


def _say(line: str) -> None:
    typer.echo(line, err=True)
