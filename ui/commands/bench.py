"""``palate bench``: where the time of a turn goes, what the checker and the guard let through, how rankers compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..measuring import measured, tell
from ..options import Config, Json
from .bench_breaking import crash, faults
from .bench_diversity import diversity
from .bench_graph import graph
from .bench_grounding import grounding
from .bench_guard import guard, pii
from .bench_judge import judge
from .bench_learning import bandit, offpolicy
from .bench_load import capacity, fuzz, load
from .bench_memory import memory
from .bench_preferences import preferences
from .bench_ranking import add_boards
from .bench_rates import simulate_rates
from .bench_rerank import rerank, robustness
from .bench_scale import kills, scale
from .bench_senses import senses
from .bench_simulate import simulate
from .bench_sounds import esc10
from .bench_stamps import stamps
from .bench_users import coldstart, movielens

app = typer.Typer()
group = typer.Typer(
    help="Measure speed, the checker of sentences, the guard, memory, understanding, ways of asking, rankers.",
    no_args_is_help=True,
)
app.add_typer(group, name="bench")
group.command()(bandit)
group.command()(crash)
group.command()(faults)
group.command()(diversity)
group.command()(esc10)
group.command()(fuzz)
group.command()(graph)
group.command()(guard)
group.command()(judge)
group.command()(kills)
group.command()(load)
group.command()(capacity)
group.command()(memory)
group.command()(offpolicy)
group.command()(preferences)
group.command()(senses)
group.command()(simulate)
group.command()(rerank)
group.command()(robustness)
group.command()(scale)
group.command()(simulate_rates)
group.command()(stamps)
group.command()(grounding)
group.command()(pii)
add_boards(group)
group.command()(movielens)
group.command()(coldstart)


@group.command()
def turn(
    suite: Annotated[str, typer.Option(help="Messages to send: a bundled suite or a YAML file.")] = "speed",
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Run without the language model.")] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Time turns stage by stage on this machine with the configured model."""
    from evals import find_suite, load_suite, measure_turns, render_turns

    messages = load_suite(find_suite(suite))
    figures = measured(lambda talker: measure_turns(talker, messages, on_case=tell), config, no_model=no_model)
    text = figures.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_turns(figures))
