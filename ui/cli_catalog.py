"""``palate init`` and ``palate catalog check``: the user's own catalogue, from a file to a mapping that loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .exits import CALLER
from .options import Config, Json

if TYPE_CHECKING:
    from retrieval import CatalogConfig

app = typer.Typer()
catalog = typer.Typer(help="Check a catalogue file.", no_args_is_help=True)
app.add_typer(catalog, name="catalog")


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="Your catalogue: CSV, JSONL or Parquet.")],
    out: Annotated[Path, typer.Option(help="Settings file to write.")] = Path("palate.toml"),
    force: Annotated[bool, typer.Option(help="Replace the settings file if there is one.")] = False,
) -> None:
    """Write a commented palate.toml guessed from a sample of your own catalogue."""
    from retrieval import guess_config

    if out.exists() and not force:
        raise typer.BadParameter(f"{out} is there already; --force replaces it.")
    out.write_text(guess_config(file), encoding="utf-8")
    typer.echo(f"Wrote {out}. Read it through, then: palate catalog check {file}")


@catalog.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="File to read; without it the one in the settings.", show_default=False)
    ] = None,
    strict: Annotated[bool, typer.Option(help="Fail if any row is bad.")] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Read a whole catalogue and report every row that cannot be loaded, with its line and the reason."""
    from retrieval import scan_catalog

    report = scan_catalog(_mapping(file, config))
    typer.echo(report.model_dump_json(indent=2) if json else report.summary())
    if strict and report.problem_count:
        raise typer.Exit(CALLER)


def _mapping(file: Path | None, config: Path | None) -> CatalogConfig:
    """Return the mapping in the settings, pointed at ``file``; where they have none, one guessed from the file."""
    from agent import Settings
    from retrieval import guess_catalog

    mapping = Settings.load(config).catalog
    if file is None:
        return mapping
    return guess_catalog(file) if mapping.path is None else mapping.model_copy(update={"path": file})
