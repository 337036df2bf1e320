"""``palate eval run|check|report|compare|coverage|list|schema``: play suites of dialogue and print what held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..exits import FAILURE
from ..options import Config, Json
from ..recordings import Recording
from ..suites import check, play, play_all
from .eval_offpolicy import offpolicy
from .eval_reports import compare, coverage, report

app = typer.Typer()
group = typer.Typer(help="Measure how well conversations go.", no_args_is_help=True)
app.add_typer(group, name="eval")
group.command()(report)
group.command()(compare)
group.command()(coverage)
group.command()(offpolicy)

Out = Annotated[
    Path | None,
    typer.Option(help="Also write report.json, junit.xml and report.html to this folder.", show_default=False),
]

NoModel = Annotated[bool, typer.Option("--no-model", help="Run without the language model.")]


@group.command()
def run(
    suite: Annotated[str, typer.Argument(help="A bundled suite (palate eval list) or a YAML file.")] = "main",
    tag: Annotated[
        list[str] | None, typer.Option(help="Only cases with this tag; repeatable.", show_default=False)
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option(help="Only the case of this name; repeatable.", show_default=False)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every bundled suite but speed, each on its own catalogue.")
    ] = False,
    no_model: NoModel = False,
    show_claims: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also print N reasons with evidence and facts, to read by hand.")
    ] = 0,
    out: Out = None,
    record: Annotated[
        Path | None, typer.Option(help="Keep the language model's answers in this file.", show_default=False)
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Answer from this file instead of a model; what it does not hold fails.", show_default=False),
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Play a suite against your settings and print every check; leaves with 3 when one fails or none is scored."""
    from evals import find_suite, is_red, load_suite, pick_claims, render, render_claims, select, write_report

    recording = Recording(record, replay, no_model=no_model)
    if every:
        if recording.opener is not None:
            raise typer.BadParameter("--all cannot be recorded or replayed: name one suite.")
        _run_all(out, json, config, no_model=no_model)
        return
    chosen = select(load_suite(find_suite(suite)), tags=tuple(tag or ()), names=tuple(case or ()))
    found = play([chosen], config, no_model=no_model, recording=recording)[0]
    if out is not None:
        write_report(found, out)
    typer.echo(found.model_dump_json(indent=1) if json else render(found))
    if show_claims and not json:
        typer.echo(render_claims(pick_claims(found, show_claims)))
    if not recording.tell() or is_red(found):
        raise typer.Exit(FAILURE)


def _run_all(out: Path | None, json: bool, config: Path | None, *, no_model: bool) -> None:
    from evals import render_overview, write_report

    overview = play_all(config, no_model=no_model)
    for outcome in overview.outcomes:
        if out is not None and outcome.report is not None:
            write_report(outcome.report, out / outcome.suite)
    typer.echo(overview.model_dump_json(indent=1) if json else render_overview(overview))
    if overview.red:
        raise typer.Exit(FAILURE)


@group.command("check")
def check_file(
    suite: Annotated[str, typer.Argument(help="A bundled suite or a YAML file.")],
    config: Config = None,
) -> None:
    """Check a suite without playing it: keys, values, and whether the catalogue has what it names."""
    from evals import find_suite, load_suite

    read = load_suite(find_suite(suite))
    check(read, config)
    turns = sum(len(case.turns) for case in read.cases)
    typer.echo(f"{read.name}: {len(read.cases)} cases, {turns} turns, nothing unknown.")


@group.command("list")
def list_suites() -> None:
    """Print the names of the bundled suites."""
    from evals import bundled

    typer.echo("\n".join(bundled()))


@group.command()
def schema() -> None:
    """Print the JSON schema of suite files, for editors."""
    from evals import json_schema

    typer.echo(json_schema(), nl=False)
