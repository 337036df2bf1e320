"""``palate bench load`` and ``palate bench fuzz``: many callers at once, and callers who send anything."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ..exits import FAILURE
from ..options import Config, Json

Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]


def load(
    sessions: Annotated[int, typer.Option(min=1, max=10_000, help="Conversations at once.")] = 200,
    messages: Annotated[int, typer.Option(min=1, max=100, help="Messages in each.")] = 5,
    think: Annotated[float, typer.Option(min=0, max=600, help="Mean seconds between two messages of one.")] = 20.0,
    suite: Annotated[str, typer.Option(help="Messages to choose from: a bundled suite or a YAML file.")] = "speed",
    address: Annotated[
        str | None, typer.Option(help="A running server without keys; else one is started.", show_default=False)
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

    from ..loading import LoadPlan, program, render_load
    from ..loading import load as run

    plan = LoadPlan(sessions=sessions, messages=messages, think_s=think, seed=seed)
    texts = [said for case in load_suite(find_suite(suite)).cases if (said := case.turns[0].say) is not None]
    if address is not None:
        report = asyncio.run(run(address, plan, texts))
    else:
        with tempfile.TemporaryDirectory() as folder:
            environment = _environment(Path(folder), config)
            with program(environment, "--no-model") as started:
                report = asyncio.run(run(started, plan, texts))
    report = report.model_copy(update={"machine": current_machine(), "commit": current_commit()})
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_load(report))
    if report.errors or report.crossed or report.wrong:
        raise typer.Exit(FAILURE)


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
                report = run(started, calls=calls, seed=seed)
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
