"""``palate bench load`` and ``palate bench fuzz``: many callers at once, and callers who send anything."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ..exits import FAILURE
from ..options import Config, Json

Replicas = Annotated[
    int, typer.Option(min=1, max=64, help="Servers to start over one index and one store, as on so many nodes.")
]
Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]


def load(
    sessions: Annotated[int, typer.Option(min=1, max=10_000, help="Conversations at once.")] = 200,
    messages: Annotated[int, typer.Option(min=1, max=100, help="Messages in each.")] = 5,
    think: Annotated[float, typer.Option(min=0, max=600, help="Mean seconds between two messages of one.")] = 20.0,
    minutes: Annotated[
        float, typer.Option(min=0, max=1440, help="Go on with new conversations for so long, and judge memory.")
    ] = 0.0,
    suite: Annotated[str, typer.Option(help="Messages to choose from: a bundled suite or a YAML file.")] = "speed",
    replicas: Replicas = 1,
    address: Annotated[
        list[str] | None,
        typer.Option(help="A running server without keys, once for each replica; else some are started."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of pauses and messages.")] = 42,
    out: Out = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Hold many conversations at once, without the model; leave with 3 if one failed or saw what belongs to another.

    The server is a process of its own on this machine, whose conversations go to a file that is deleted afterwards.
    """
    from evals import current_commit, current_machine, find_suite, load_suite

    from ..loading import LoadPlan, render_load
    from ..loading import load as run
    from ..loading import replicas as serving

    plan = LoadPlan(sessions=sessions, messages=messages, think_s=think, minutes=minutes, seed=seed)
    texts = [said for case in load_suite(find_suite(suite)).cases if (said := case.turns[0].say) is not None]
    if address:
        report = asyncio.run(run(address, plan, texts))
    else:
        with tempfile.TemporaryDirectory() as folder:
            environment = _environment(Path(folder), config)
            with serving(environment, replicas, "--no-model") as started:
                addresses, pids = zip(*started, strict=True)
                report = asyncio.run(run(addresses, plan, texts, pids))
    report = report.model_copy(update={"machine": current_machine(), "commit": current_commit()})
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_load(report))
    if report.errors or report.crossed or report.wrong:
        raise typer.Exit(FAILURE)


def capacity(
    rates: Annotated[str, typer.Option(help="Turns a second to try, one after another.")] = "1,2,4,6,8,10,12,16,20",
    seconds: Annotated[float, typer.Option(min=5, max=3600, help="Seconds at each rate.")] = 60.0,
    goal: Annotated[float, typer.Option(min=1, help="Milliseconds within which 95 of 100 messages should be.")] = 300.0,
    suite: Annotated[str, typer.Option(help="Messages to choose from: a bundled suite or a YAML file.")] = "speed",
    replicas: Replicas = 1,
    seed: Annotated[int, typer.Option(help="Seed of arrivals and messages.")] = 42,
    out: Out = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Find how many turns a second this machine answers well, without the model: more and more of them arrive.

    Turns arrive at random whether or not earlier ones were answered, as those of many people do, and share the machine
    with whatever sends them; the table says what each used of the processor.
    """
    from evals import current_commit, current_machine, find_suite, load_suite

    from ..loading import Curve, RatePlan, arrivals, render_curve
    from ..loading import replicas as serving

    texts = [said for case in load_suite(find_suite(suite)).cases if (said := case.turns[0].say) is not None]
    points = []
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder), config)
        with serving(environment, replicas, "--no-model") as started:
            addresses, pids = zip(*started, strict=True)
            warm = RatePlan(per_second=1.0, seconds=10.0, seed=seed + 1)
            asyncio.run(arrivals(addresses, warm, texts, pids))
            for rate in _numbers(rates):
                plan = RatePlan(per_second=rate, seconds=seconds, seed=seed)
                points.append(asyncio.run(arrivals(addresses, plan, texts, pids)))
                typer.echo(f"{rate:g} turns a second: done", err=True)
    curve = Curve(
        rates=tuple(_numbers(rates)),
        goal_ms=goal,
        reports=tuple(points),
        machine=current_machine(),
        commit=current_commit(),
    )
    text = curve.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_curve(curve))


def _numbers(listed: str) -> list[float]:
    """Return the rates of a list such as "1,2.5,4"."""
    try:
        found = [float(part) for part in listed.split(",")]
    except ValueError:
        found = []
    if not found or not all(0 < rate <= 1000 for rate in found):
        raise typer.BadParameter(f"{listed!r} is no list of turns a second such as 1,2.5,4, each up to 1000.")
    return found


def fuzz(
    calls: Annotated[int, typer.Option(min=1, max=1_000_000, help="Calls, about; half of them malformed.")] = 10_000,
    address: Annotated[
        str | None, typer.Option(help="A running server without keys; else one is started.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is sent.")] = 42,
    out: Out = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Call every operation with what its description allows and with what it does not; leave with 3 if one broke."""
    from ..loading import fuzz as run
    from ..loading import program, render_fuzz

    if address is not None:
        report = run(address, calls=calls, seed=seed)
    else:
        with tempfile.TemporaryDirectory() as folder:
            environment = _environment(Path(folder), config)
            with program(environment, "--no-model") as started:
                report = run(started.address, calls=calls, seed=seed)
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_fuzz(report))
    if report.server_errors or report.failures:
        raise typer.Exit(FAILURE)


def _environment(folder: Path, config: Path | None) -> dict[str, str]:
    """Return variables of a server with a store of its own and no limits by caller."""
    own = {
        "PALATE_STORE__URL": f"sqlite:///{folder / 'load.db'}",
        "PALATE_API__PER_MINUTE": "0",
        "PALATE_API__TURNS_PER_MINUTE": "0",
        "PALATE_API__WAITING": "10000",
    }
    return own if config is None else own | {"PALATE_CONFIG": str(config)}
