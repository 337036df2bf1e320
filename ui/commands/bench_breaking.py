"""``palate bench crash`` and ``palate bench faults``: what becomes of conversations when something breaks."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..exits import FAILURE
from ..options import Json

Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]
StoreKind = Literal["sqlite", "postgres"]


def crash(
    kills: Annotated[int, typer.Option(min=1, max=10_000, help="How often to kill the server.")] = 200,
    store: Annotated[
        StoreKind, typer.Option(help="Where conversations go: a file, or a Postgres server started for this.")
    ] = "sqlite",
    seed: Annotated[int, typer.Option(help="Fixes the moments and what is said.")] = 42,
    out: Out = None,
    json: Json = False,
) -> None:
    """Kill -9 a serving process while callers write, again and again; leave with 3 if a write is lost or doubled.

    With Postgres, at every tenth kill the database server is stopped at once too.
    """
    from evals import current_commit, current_machine

    from ..breaking import crash as run
    from ..breaking import render_crash, shelf_settings

    # A repeated request waits for the lease of the dead process, so calls are given little time here.
    quick = {"seconds": 5, "resume_s": 0}
    with tempfile.TemporaryDirectory(prefix="palate-crash-") as place, _database(store) as (url, crash_database):
        settings = shelf_settings(Path(place), store=url, api=quick)
        report = run(settings, kills, seed=seed, crash_database=crash_database, say=_say)
    report = report.model_copy(update={"machine": current_machine(), "commit": current_commit()})
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_crash(report))
    if report.problems:
        raise typer.Exit(FAILURE)


def faults(
    only: Annotated[str, typer.Option(help="Try only faults in whose name this stands, such as 'store'.")] = "",
    out: Out = None,
    json: Json = False,
) -> None:
    """Let every part that a turn calls fail in turn; print fault, expected, observed; leave with 3 if they differ.

    Each answer must be right, say what it lacks, or refuse and say what to do; nothing acknowledged may be lost.
    """
    from evals import current_commit, current_machine

    from ..breaking import faults as run
    from ..breaking import render_faults, shelf_settings

    logging.getLogger().addHandler(logging.NullHandler())  # what is broken on purpose need not be told at length
    with tempfile.TemporaryDirectory(prefix="palate-faults-") as place:
        report = run(
            shelf_settings(Path(place)),
            only,
            say=lambda one: _say(f"{'ok     ' if one.ok else 'DIFFERS'} {one.part}: {one.fault}"),
        )
    if not report.findings:
        raise typer.BadParameter(f"no fault's name holds {only!r}", param_hint="--only")
    report = report.model_copy(update={"machine": current_machine(), "commit": current_commit()})
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_faults(report))
    if report.differing:
        raise typer.Exit(FAILURE)


@contextmanager
def _database(kind: StoreKind) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """Yield the address of a store, empty for the file in the data folder, and what crashes its server."""
    if kind == "sqlite":
        yield "", None
        return
    from evals.durability import ThrowawayPostgres

    with ThrowawayPostgres(durable=True) as server:

        def crash_database() -> None:
            server.crash()
            server.start()

        yield server.url, crash_database


def _say(line: str) -> None:
    typer.echo(line, err=True)
