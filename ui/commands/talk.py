"""``palate chat``: talk in the terminal, or run single turns from a script."""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Annotated

import typer

from ..options import Config, Json

app = typer.Typer()


@app.command()
def chat(
    once: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Say this and leave; repeat it for several turns of one session."),
    ] = None,
    json: Json = False,
    session: Annotated[
        str | None, typer.Option(help="Go on with this session; it is started if there is none.", show_default=False)
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Keep a new session under this user's id.", show_default=False)
    ] = None,
    k: Annotated[int | None, typer.Option(min=1, max=20, help="Items per recommendation.", show_default=False)] = None,
    config: Config = None,
) -> None:
    """Talk to Palate here. With --once and --json each turn is one line: the Reply."""
    if json and not once:
        raise typer.BadParameter("--json needs --once TEXT.", param_hint="--json")
    from agent import Recommender

    from ..terminal import Terminal

    with suppress(ImportError):  # its import gives the prompt line editing and history; not on every system
        importlib.import_module("readline")
    recommender = Recommender.from_settings(config)
    Terminal(recommender, json=json, k=k).run(once or None, session, user)
