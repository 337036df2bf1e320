"""``palate mcp``: a tool for other agents."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from ..options import Config, Host

app = typer.Typer()


@app.command()
def mcp(
    http: Annotated[bool, typer.Option("--http", help="Listen for streamable HTTP instead of speaking stdio.")] = False,
    host: Host = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for --http, 0 for any free one; else mcp.port.", show_default=False),
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Keep sessions over stdio under this user's id.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Serve the Model Context Protocol: over stdio for a program that starts this one, or over HTTP."""
    from agent import Recommender, Settings

    from ..extras import require

    require("mcp", "mcp")
    from ..mcp_server.running import speak_http, speak_stdio

    settings = Settings.load(config, **({"server": {"host": host}} if host is not None else {}))
    if http:
        speak_http(
            lambda: Recommender.from_settings(settings),
            settings,
            settings.mcp.port if port is None else port,
            on_ready=lambda address: typer.echo(f"Palate listens on {address} (Model Context Protocol)"),
        )
        return
    asyncio.run(speak_stdio(Recommender.from_settings(settings), user))
