"""The command line: ``palate``. Each group of commands lies in a file of ``commands``; this one joins them.

Nothing heavy is imported before a command needs it, so that ``palate --help`` is there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from .commands import (
    agents,
    bench,
    bots,
    catalog,
    data,
    eval,
    feedback,
    index,
    keys,
    memory,
    models,
    prompts,
    serve,
    store,
    talk,
    train,
)
from .exits import failure_of

app = typer.Typer(
    name="palate",
    help="A conversational recommender for your own catalogue.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"palate {version('palate')}")
        raise typer.Exit


@app.callback()
def palate(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """A conversational recommender for your own catalogue."""


for module in (
    serve,
    store,
    talk,
    agents,
    bots,
    catalog,
    index,
    keys,
    train,
    models,
    prompts,
    eval,
    bench,
    data,
    memory,
    feedback,
    store,
):
    app.add_typer(module.app)


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and leave with 0, 2 (the caller's mistake) or 3 (a failure); never with a traceback."""
    try:
        app(args=None if args is None else list(args))
    except (Exception, KeyboardInterrupt) as error:  # the outermost boundary
        if os.environ.get("PALATE_DEBUG"):
            raise
        failure = failure_of(error)
        typer.secho(f"Error: {failure.message}", fg="red", err=True)
        if failure.hint:
            typer.echo(f"Hint: {failure.hint}", err=True)
        sys.exit(failure.status)
