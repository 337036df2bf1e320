"""``palate init`` and ``palate catalog check``: the user's own catalogue, from a file to a mapping that loads."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import CALLER
from ..options import Config, Json

if TYPE_CHECKING:
    from retrieval import CatalogConfig
    from retrieval.types import Item

_KEPT_WARNINGS = 1_000
_SHOWN_WARNINGS = 20

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
    """Read a whole catalogue; report every row that cannot be loaded, and items that give orders or hold markup."""
    from retrieval import scan_catalog

    warnings = _Warnings()
    report = scan_catalog(_mapping(file, config), warnings.add)
    if json:
        typer.echo(dumps(report.model_dump(mode="json") | {"warnings": warnings.found}, indent=2))
    else:
        typer.echo("\n".join([report.summary(), *warnings.lines()]))
    if strict and report.problem_count:
        raise typer.Exit(CALLER)


class _Warnings:
    """Gathers items whose words are suspicious; the first thousand are kept."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    def add(self, item: Item) -> None:
        """Look at one item."""
        from agent import item_warnings

        if len(self.found) < _KEPT_WARNINGS:
            self.found += [{"item_id": item.id, "warning": warning} for warning in item_warnings(item)]

    def lines(self) -> list[str]:
        """Return what was found as lines for a terminal."""
        if not self.found:
            return []
        shown = [f"  warning: item {entry['item_id']!r}: {entry['warning']}" for entry in self.found[:_SHOWN_WARNINGS]]
        more = len(self.found) - len(shown)
        rest = [f"  ... and {more:,} more."] if more else []
        return ["Loaded all the same, never obeyed and always escaped:", *shown, *rest]


def _mapping(file: Path | None, config: Path | None) -> CatalogConfig:
    """Return the mapping in the settings, pointed at ``file``; where they have none, one guessed from the file."""
    from agent import Settings
    from retrieval import guess_catalog

    mapping = Settings.load(config).catalog
    if file is None:
        return mapping
    return guess_catalog(file) if mapping.path is None else mapping.model_copy(update={"path": file})
