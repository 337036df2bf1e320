"""``palate bench grounding``: what the checker of sentences lets through, and what is said of items all the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from evals import GroundingReport, Told, World
    from retrieval import CatalogConfig
    from retrieval.types import CatalogSchema, Item

_FEW = 3


def grounding(
    items: Annotated[int, typer.Option(min=_FEW, max=1000, help="How many described items to lie about.")] = 40,
    shown: Annotated[int, typer.Option(min=0, help="How many random items templates tell of.")] = 500,
    model: Annotated[
        int, typer.Option(min=0, help="How many items the language model tells of, checked and raw: 20 s each.")
    ] = 0,
    raw: Annotated[bool, typer.Option("--raw/--no-raw", help="Also ask the model without checking it.")] = True,
    seed: Annotated[int, typer.Option(help="Which items, wishes and lies.")] = 42,
    catalog: Annotated[
        Path | None, typer.Option(help="Another catalogue's file instead of the settings' one.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write each sentence as a line of JSON as it comes.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Plant lies and count those the checker lets through; then count unsupported claims in what is really said."""
    from evals import GroundingRun, World, render_grounding_run, sum_shown
    from retrieval import read_catalog

    mapping = _mapping(catalog, config)
    every = list(read_catalog(mapping))
    schema = mapping.schema()
    if len(every) < _FEW:
        raise typer.BadParameter(f"The catalogue has {len(every)} items; lies are borrowed between at least {_FEW}.")
    lies = _lies(every, schema, items, seed)
    told = _told(every, World(schema, every), shown, model, seed, config, out, raw=raw) if shown or model else []
    run = GroundingRun(lies=lies, shown=sum_shown(told) if told else None)
    typer.echo(run.model_dump_json(indent=1) if json else render_grounding_run(run))


def _mapping(file: Path | None, config: Path | None) -> CatalogConfig:
    from agent import Settings
    from retrieval import guess_catalog

    return guess_catalog(file) if file is not None else Settings.load(config).catalog


def _lies(every: Sequence[Item], schema: CatalogSchema, count: int, seed: int) -> GroundingReport:
    """Lie about items that have a description and most facts, so that there is something to lie about."""
    from evals import grounding_samples, measure_grounding

    names = {spec.name for spec in schema.attributes if spec.names}
    described = [item for item in every if item.description and (not names or names & item.attributes.keys())]
    chosen = random.Random(seed).sample(described, min(count, len(described)))
    return measure_grounding(list(grounding_samples(chosen, schema, seed)))


def _told(
    every: Sequence[Item],
    world: World,
    shown: int,
    model: int,
    seed: int,
    config: Path | None,
    out: Path | None,
    *,
    raw: bool,
) -> list[Told]:
    """Return what templates say of random items, and the model of as many fully as partly and hardly known ones."""
    from evals import asked_about, completeness, told_by_model, told_by_templates

    told = asyncio.run(told_by_templates(list(asked_about(every, world.schema, shown, seed)), world))
    if out is not None:
        out.write_text("".join(f"{one.model_dump_json()}\n" for one in told), encoding="utf-8")
    if not model:
        return told
    kinds = ("complete", "partial", "sparse")
    groups = [[item for item in every if completeness(item, world.schema) == kind] for kind in kinds]
    groups = [group for group in groups if len(group) >= _FEW]
    asked = [one for group in groups for one in asked_about(group, world.schema, max(1, model // len(groups)), seed)]

    def note(one: Told) -> None:
        typer.echo(f"{one.writer}: {one.text}", err=True)
        if out is not None:
            with out.open("a", encoding="utf-8") as lines:
                lines.write(f"{one.model_dump_json()}\n")

    async def tell() -> list[Told]:
        from agent import Settings, open_gate
        from agent.types import ChatMessage

        gate = open_gate(Settings.load(config))
        if gate.model is None:
            raise typer.BadParameter("There is no language model to measure. Get one: palate models pull")
        warm = getattr(gate.model, "warm", None)
        try:
            if warm is not None:
                await warm([ChatMessage(role="user", content="Hello")])
            return await told_by_model(gate.model, asked, world, on_told=note, raw=raw)
        finally:
            close = getattr(gate.model, "close", None)
            if close is not None:
                await close()

    return [*told, *asyncio.run(tell())]
