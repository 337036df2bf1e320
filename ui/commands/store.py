"""``palate store``: the version and contents of the conversation store, its upgrade, and the end of what is too old."""

from __future__ import annotations

import asyncio
import json as jsonlib
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Pruned, Settings

app = typer.Typer()
group = typer.Typer(help="Show, upgrade and prune the store of conversations.", no_args_is_help=True)
app.add_typer(group, name="store")


@group.command()
def show(json: Json = False, config: Config = None) -> None:
    """Print where the store is, the version of its tables and how much is in each; changes nothing."""
    from agent import Settings, describe_store

    found = describe_store(Settings.load(config))
    if json:
        typer.echo(found.model_dump_json(indent=1))
        return
    state = {None: "empty", found.reads: "up to date"}.get(found.version)
    state = state or ("older: palate store upgrade" if (found.version or 0) < found.reads else "newer: upgrade Palate")
    typer.echo(f"{found.address}\nschema version {found.version or 'none'} ({state}); this Palate reads {found.reads}")
    for name, rows in found.rows.items():
        typer.echo(f"{name:<16} {rows:>12,}")


@group.command()
def upgrade(config: Config = None) -> None:
    """Bring a store of an older version to this one, whole or not at all. There is no way back: copy it first."""
    from agent import Settings, describe_store, open_store

    settings = Settings.load(config)
    before = describe_store(settings).version
    by_itself = settings.store.model_copy(update={"upgrade": "auto"})
    store = open_store(settings.model_copy(update={"store": by_itself}))
    asyncio.run(store.close())
    after = describe_store(settings).version
    told = f"is at schema version {after} already" if before == after else f"went from version {before or 0} to {after}"
    typer.echo(f"The store {told}.")


@group.command()
def prune(
    dry: Annotated[bool, typer.Option("--limits", help="Only print what is kept for how long.")] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Delete what is older than the settings keep it; a server does that by itself, every day."""
    from agent import Settings

    settings = Settings.load(config)
    if dry:
        typer.echo(_limits(settings))
        return
    gone = asyncio.run(_prune(settings))
    counts = {"sessions": gone.sessions, "memories": gone.memories, "lists": gone.lists, "traces": gone.traces}
    typer.echo(
        jsonlib.dumps(counts) if json else f"Deleted {', '.join(f'{n:,} {name}' for name, n in counts.items())}."
    )


def _limits(settings: Settings) -> str:
    days = {
        "sessions": settings.store.retention_days,
        "memories": settings.store.memory_days,
        "lists": settings.feedback.keep_days,
    }
    return "\n".join(f"{name:<10} {f'{n:,} days' if n else 'until erased'}" for name, n in days.items())


async def _prune(settings: Settings) -> Pruned:
    from agent import open_store, prune

    store = open_store(settings)
    try:
        return await prune(store, settings)
    finally:
        await store.close()
