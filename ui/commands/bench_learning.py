"""``palate bench offpolicy`` and ``palate bench bandit``: learning from use, where the truth is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Json

if TYPE_CHECKING:
    from retrieval.types import Value

Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]
Plot = Annotated[Path | None, typer.Option(help="Also draw them as an SVG file.", show_default=False)]


def offpolicy(
    repeats: Annotated[int, typer.Option(min=2, help="Logs drawn for each row.")] = 400,
    sessions: Annotated[
        list[int] | None, typer.Option(min=10, help="Sessions of a log; repeatable.", show_default="100 and 400")
    ] = None,
    temperature: Annotated[
        list[float] | None,
        typer.Option(min=0.05, help="Chance in the logged order; repeatable.", show_default="0.5 and 1"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which world and logs.")] = 11,
    out: Out = None,
    plot: Plot = None,
    json: Json = False,
) -> None:
    """Check the estimators of a new order on simulated logs: bias, error, and how often the interval is right."""
    from evals.offpolicy import BenchConfig, measure_offpolicy, plot_offpolicy_bench, render_offpolicy_bench

    base = BenchConfig()
    config = BenchConfig(
        repeats=repeats,
        seed=seed,
        sessions=tuple(sessions or base.sessions),
        temperatures=tuple(temperature or base.temperatures),
    )
    figures = measure_offpolicy(config, _command(), _say)
    if plot is not None:
        plot_offpolicy_bench(figures, plot)
    _show(figures, render_offpolicy_bench(figures), out, json=json)


def bandit(
    users: Annotated[int, typer.Option(min=5, help="Users with a hidden taste each.")] = 40,
    rounds: Annotated[int, typer.Option(min=20, help="Requests of each user.")] = 2000,
    seed: Annotated[int, typer.Option(help="Which users.")] = 2026,
    out: Out = None,
    plot: Plot = None,
    json: Json = False,
) -> None:
    """Play bandits against users of the demo's films with hidden tastes, and add up what they missed."""
    from evals.bandits import BanditBenchConfig, measure_bandits, plot_bandits, render_bandits
    from retrieval import demo

    config = BanditBenchConfig(users=users, rounds=rounds, seed=seed)
    figures = measure_bandits(list(demo.films()), config, _command(), _say)
    if plot is not None:
        plot_bandits(figures, plot)
    _show(figures, render_bandits(figures), out, json=json)


def _show(figures: Value, text: str, out: Path | None, *, json: bool) -> None:
    data = figures.model_dump_json(indent=1)
    if out is not None:
        out.write_text(data + "\n", encoding="utf-8")
    typer.echo(data if json else text)


def _command() -> str:
    return " ".join(["palate", *sys.argv[1:]])


def _say(line: str) -> None:
    typer.echo(line, err=True)
