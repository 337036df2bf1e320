"""``palate export`` and ``palate erase``: what is held about a user."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..options import Config

if TYPE_CHECKING:
    from agent import Erased, Settings

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
    """Write everything held about a user as JSON, the pictures and sounds they sent in base64."""
    text = json.dumps(asyncio.run(_export(_settings(config), user)), indent=2, ensure_ascii=False)
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
    """Delete everything held about a user, with the pictures and sounds they sent; this cannot be undone."""
    if not yes:
        typer.confirm(f"Delete everything held about {user!r}?", abort=True)
    gone = asyncio.run(_erase(_settings(config), user))
    files = f" and {gone.uploads} upload{'' if gone.uploads == 1 else 's'}" if gone.uploads else ""
    typer.echo(f"Erased {gone.sessions} session{'' if gone.sessions == 1 else 's'}{files} of {user!r}.")


def _settings(config: Path | None) -> Settings:
    from agent import Settings

    return Settings.load(config)


async def _export(settings: Settings, user: str) -> dict[str, Any]:
    from agent import export_everything, open_store, open_uploads

    store = open_store(settings)
    try:
        return await export_everything(store, open_uploads(settings), user)
    finally:
        await store.close()


async def _erase(settings: Settings, user: str) -> Erased:
    from agent import erase_everything, open_store, open_uploads

    store = open_store(settings)
    try:
        return await erase_everything(store, open_uploads(settings), user)
    finally:
        await store.close()
