"""``palate export`` and ``palate erase``: what is held about a user."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..options import Config

if TYPE_CHECKING:
    from agent.types import Store

app = typer.Typer()

User = Annotated[str, typer.Argument(help="The user's id, as given when the session was started.")]


@app.command()
def export(
    user: User,
    out: Annotated[
        Path | None, typer.Option(help="File to write; without it the terminal.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Write everything held about a user as JSON."""
    text = json.dumps(asyncio.run(_export(_store(config), user)), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


@app.command()
def erase(
    user: User,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Delete everything held about a user; this cannot be undone."""
    if not yes:
        typer.confirm(f"Delete everything held about {user!r}?", abort=True)
    count = asyncio.run(_erase(_store(config), user))
    typer.echo(f"Erased {count} session{'' if count == 1 else 's'} of {user!r}.")


def _store(config: Path | None) -> Store:
    from agent import Settings, open_store

    return open_store(Settings.load(config))


async def _export(store: Store, user: str) -> dict[str, Any]:
    try:
        return await store.export_user(user)
    finally:
        await store.close()


async def _erase(store: Store, user: str) -> int:
    try:
        return await store.erase_user(user)
    finally:
        await store.close()
