"""``palate eval report|compare|coverage``: show runs again, what changed between two, and what they exercised."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import FAILURE
from ..options import Config, Json
from ..suites import play

if TYPE_CHECKING:
    from evals import Report

ReportFile = Annotated[
    Path,
    typer.Argument(help="A report.json, or the folder that --out wrote, of one suite or of all.", show_default=False),
]


def report(
    file: ReportFile,
    html: Annotated[bool, typer.Option("--html", help="Write the page with transcripts and timings.")] = False,
    junit: Annotated[bool, typer.Option("--junit", help="Write JUnit XML.")] = False,
) -> None:
    """Print a report again, as text or in another form."""
    from evals import junit as to_junit
    from evals import page, read_report, render

    if html and junit:
        raise typer.BadParameter("Give --html or --junit, not both.")
    found = read_report(file)
    write = page if html else to_junit if junit else render
    typer.echo(write(found), nl=not junit)


class Gate(StrEnum):
    """When a comparison leaves with 3."""

    OFF = "off"
    WORSE = "worse"
    STRICT = "strict"


def compare(
    a: ReportFile,
    b: ReportFile,
    gate: Annotated[
        Gate,
        typer.Option(
            help="Leave with 3: worse, when B is significantly worse; strict, also when any case turned red or can no "
            "longer be scored."
        ),
    ] = Gate.OFF,
    slower: Annotated[
        float | None,
        typer.Option(
            min=1.0,
            metavar="RATIO",
            help="Also leave with 3 when the median turn is slower than this for sure (lower bound of the ratio).",
            show_default=False,
        ),
    ] = None,
    common: Annotated[
        bool, typer.Option("--common", help="Of different suites, compare the cases that are the same in both.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare run B with run A, case by case, and say whether the difference is more than chance."""
    from evals import compare as compared
    from evals import read_report, render_comparison

    found = compared(read_report(a), read_report(b), common=common)
    typer.echo(found.model_dump_json(indent=1) if json else render_comparison(found))
    lost = bool(found.red or found.lost_sight)
    too_slow = slower is not None and found.speed is not None and found.speed.low > slower
    if too_slow or (gate != Gate.OFF and found.worse) or (gate == Gate.STRICT and lost):
        raise typer.Exit(FAILURE)


def coverage(
    suites: Annotated[
        list[str],
        typer.Argument(
            help="Bundled suites, YAML files, or reports that --out wrote (report.json or its folder).",
            show_default=False,
        ),
    ],
    require: Annotated[
        bool, typer.Option("--require", help="Leave with 3 when an intent or an attribute is never exercised.")
    ] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Count which intents and attributes dialogues exercise, playing suites without the language model."""
    from evals import coverage as covered
    from evals import render_coverage

    found = covered([report for name in suites for report in _played(name, config)])
    typer.echo(found.model_dump_json(indent=1) if json else render_coverage(found))
    if require and not found.complete:
        raise typer.Exit(FAILURE)


def _played(name: str, config: Path | None) -> list[Report]:
    """Return the reports of that name, or play the suite of that name."""
    from evals import find_suite, load_suite, read_reports

    if Path(name).is_dir() or Path(name).suffix == ".json":
        return read_reports(Path(name))
    return play([load_suite(find_suite(name))], config, no_model=True)
