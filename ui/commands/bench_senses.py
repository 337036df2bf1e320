"""``palate bench senses``: what searching by pictures and sounds brings on a catalogue, channel by channel."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..options import Config, Json


def senses(
    label: Annotated[str, typer.Option(help="Attribute by which two items count as alike.")],
    modality: Annotated[Literal["image", "audio"], typer.Option(help="What is searched by.")] = "image",
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many found items count.")] = 5,
    queries: Annotated[int, typer.Option(min=1, help="Items asked about.")] = 120,
    seed: Annotated[int, typer.Option(help="Fixes the draw and the bootstrap.")] = 42,
    json: Json = False,
    config: Config = None,
) -> None:
    """Search by words, by a picture or sound and by both, with channels on and off, and compare by a label."""
    from agent import Settings
    from evals.senses import measure_senses, render_senses

    settings = Settings.load(config).retrieval()
    report = measure_senses(settings, label, modality, k=k, queries=queries, seed=seed, on_row=_say)
    typer.echo(report.model_dump_json(indent=1) if json else render_senses(report))


def _say(row: str) -> None:
    typer.echo(row, err=True)
