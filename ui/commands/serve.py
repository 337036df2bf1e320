"""``palate demo``, ``palate serve`` and ``palate doctor``: run it, and see what is missing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..exits import FAILURE
from ..options import Config, Host, Json, Port

app = typer.Typer()

Model = Annotated[bool, typer.Option(help="Use the language model of the settings.")]


@app.command()
def demo(host: Host = None, port: Port = None, model: Model = True, config: Config = None) -> None:
    """Fetch the model (1.1 GB, once), build the index (once), and open the chat page and the API."""
    from agent import Settings

    from ..demo import run

    run(Settings.load(config, **_overrides(host, port, model)))


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    page: Annotated[bool, typer.Option(help="Serve the chat page under / beside the API.")] = True,
    model: Model = True,
    config: Config = None,
) -> None:
    """Serve the API, and the chat page under /."""
    from agent import Recommender

    from ..serve import serve as run

    recommender = Recommender.from_settings(config, **_overrides(host, port, model))
    run(
        recommender,
        page=page,
        on_ready=lambda address: typer.echo(f"Palate listens on {address} (API: {address}/docs)"),
    )


@app.command()
def doctor(json: Json = False, config: Config = None) -> None:
    """Examine the installation part by part; leave with 3 when it cannot answer."""
    from ..doctor import examine, write

    checks = examine(config)
    typer.echo(write(checks, as_json=json))
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(FAILURE)


def _overrides(host: str | None, port: int | None, model: bool) -> dict[str, Any]:
    server = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    overrides: dict[str, Any] = {"server": server} if server else {}
    return overrides if model else overrides | {"llm": {"engine": "none"}}
