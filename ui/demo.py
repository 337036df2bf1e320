"""``palate demo``: from nothing to a chat page, with progress, and without the model where it cannot be had."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from agent import Recommender, Settings, llm
from agent.errors import ModelError
from retrieval import build_index

from .page.samples import default_samples
from .serve import listen, serve

TRIED = 3
"""Things to try that are printed."""


def run(settings: Settings) -> None:
    """Fetch and build what is missing, then serve the page and the API until interrupted."""
    listen(settings.server.host, settings.server.port).close()  # a taken port is told before the long part, not after
    console = Console(highlight=False)
    prepare(settings, console)
    console.print("Opening the index and the language model ...")
    recommender = Recommender.from_settings(settings)
    samples = (settings.server.samples or default_samples(recommender))[:TRIED]
    serve(recommender, on_ready=lambda address: _greet(console, address, samples))


def prepare(settings: Settings, console: Console) -> None:
    """Fetch the model and build the index, both at the same time and each only if it is missing.

    A model that cannot be fetched is told and done without; an index that cannot be built is an error.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(2) as pool:
        fetching = pool.submit(fetch_model, settings.llm, _reporter(progress, "Language model"))
        building = pool.submit(
            build_index, settings.retrieval(), on_progress=_reporter(progress, "Index of the catalogue")
        )
        building.result()
        problem = fetching.result()
    if problem:
        console.print(
            f"No language model: {problem}\nThe chat works without it, and says so.", style="yellow", markup=False
        )


def fetch_model(config: llm.LlmConfig, on_progress: Callable[[int, int], None]) -> str:
    """Make sure that the embedded model's file is there; return why it cannot be, or nothing."""
    if config.engine != "embedded":
        return ""
    try:
        if config.model_path or os.environ.get("PALATE_MODEL_FILE"):
            llm.model_file(config)
        else:
            llm.pull_model(llm.find_model(config.model), on_progress=on_progress)
    except (ModelError, OSError) as error:
        return str(error)
    return ""


def _reporter(progress: Progress, name: str) -> Callable[..., None]:
    """Return a callback (done, total, ...) whose bar appears with the first call, so that nothing done shows none."""
    tasks: list[TaskID] = []

    def report(done: int, total: int, *_rest: float) -> None:
        if not tasks:
            tasks.append(progress.add_task(name, total=total))
        progress.update(tasks[0], completed=done, total=total)

    return report


def _greet(console: Console, address: str, samples: Sequence[str]) -> None:
    console.print(f"\nPalate is ready: [bold]{address}[/]   (API: {address}/docs, stop with Ctrl-C)\n\nThings to try:")
    for sample in samples:
        console.print(f"  · {sample}", markup=False)
