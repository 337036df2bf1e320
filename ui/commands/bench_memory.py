"""``palate bench memory``: what remembering lasting tastes brings a returning user, and whether it costs a wish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..measuring import measured
from ..options import Config, Json


def memory(
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
    users: Annotated[int, typer.Option(min=5, max=500, help="How many returning users to play.")] = 100,
    half: Annotated[str, typer.Option(help="development, to choose settings by; or test, to report.")] = "test",
    weight: Annotated[
        float | None, typer.Option(min=0.0, max=2.0, help="memory.weight to use.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Which users.")] = 42,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Play returning users drawn from real ratings, with and without memory, beside popularity and chance."""
    from agent import Recommender, Settings
    from evals import MemoryBenchmark, measure_memory, read_returning, render_memory

    if half not in ("development", "test"):
        raise typer.BadParameter(f"{half!r} is no half.", param_hint="--half")
    settings = Settings.load(config).memory.model_copy(update={"enabled": True})
    if weight is not None:
        settings = settings.model_copy(update={"weight": weight})

    async def work(talker: Recommender) -> MemoryBenchmark:
        films = talker.facts.get(talker.facts.ids())
        attribute = max(
            (spec for spec in talker.schema.attributes if spec.kind == "categories"), key=lambda spec: spec.askable
        ).name
        chosen = read_returning(data, films, attribute, "development" if half == "development" else "test", users, seed)
        return await measure_memory(talker, chosen, half=half, weight=settings.weight, seed=seed)

    figures = measured(work, config, no_model=True, memory=settings.model_dump())
    text = figures.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_memory(figures))
