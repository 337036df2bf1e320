"""``palate demo``, ``palate serve`` and ``palate doctor``: run it, and see what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Config, Host, Json, Port

app = typer.Typer()


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 7860,
    model: Annotated[bool, typer.Option(help="Fetch and use the embedded language model (1.1 GB).")] = True,
    config: Config = None,
) -> None:
    """Fetch the model, build the demo index, and open the chat page and the API."""
    from .demo import run

    run(config, host=host, port=port, with_model=model)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    page: Annotated[bool, typer.Option(help="Serve the chat page under / beside the API.")] = True,
    config: Config = None,
) -> None:
    """Serve the API, and the chat page under /."""
    from agent import Recommender

    from .serve import serve as run

    recommender = Recommender.from_settings(config)
    run(recommender, host, port, page=page, on_ready=_announce)


@app.command()
def doctor(json: Json = False, config: Config = None) -> None:
    """Check the installation part by part; leave with 3 when it cannot answer."""
    from .doctor import examine, write

    checks = examine(config)
    typer.echo(write(checks, as_json=json))
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(3)


def _announce(address: str) -> None:
    typer.echo(f"Palate listens on {address}  (the API is described at {address}/docs)")
