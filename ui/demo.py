"""``palate demo``: from nothing to a chat page, with progress, and without the model where it cannot be had."""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Thread

from rich.console import Console

from agent import Recommender, Settings, llm
from agent.errors import ModelError
from retrieval import build_index

from .page.samples import default_samples
from .progress import Report, reporting
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
    problems: list[str] = []
    with reporting(console) as report:
        on_fetched = report("Language model")
        # A daemon, so that Ctrl-C and a failing build do not wait for the download; it goes on where it stopped.
        fetching = Thread(target=lambda: problems.append(fetch_model(settings.llm, on_fetched)), daemon=True)
        fetching.start()
        build_index(settings.retrieval(), on_progress=report("Index of the catalogue"))
        fetching.join()
    for problem in filter(None, problems):
        console.print(f"No language model: {problem}", style="yellow", markup=False)
        console.print("The chat works without it, and says so.", style="yellow")


def fetch_model(config: llm.LlmConfig, on_progress: Report) -> str:
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


def _greet(console: Console, address: str, samples: Sequence[str]) -> None:
    console.print(
        f"\nPalate is ready: [bold]{address}[/]   (API: {address}/docs, stop with Ctrl-C)\n\nThings to try:",
        soft_wrap=True,
    )
    for sample in samples:
        console.print(f"  · {sample}", markup=False)
