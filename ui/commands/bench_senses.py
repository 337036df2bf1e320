"""``palate bench senses``: what searching by pictures and sounds brings on a catalogue, channel by channel."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..options import Config, Json


def senses(
    label: Annotated[str, typer.Option(help="Attribute by which two items count as alike.")],
    modality: Annotated[Literal["image", "audio", "both"], typer.Option(help="What is shown.")] = "image",
    part: Annotated[
        Literal["all", "held-out", "rest"],
        typer.Option(help="Ask about all items, the fixed fifth that no alignment learns from, or the rest."),
    ] = "all",
    ablate: Annotated[bool, typer.Option("--ablate", help="Also search without each channel in turn.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many found items count.")] = 5,
    queries: Annotated[int, typer.Option(min=1, help="Questions of each kind.")] = 100,
    seed: Annotated[int, typer.Option(help="Fixes the draw and the bootstrap.")] = 42,
    json: Json = False,
    config: Config = None,
) -> None:
    """Search by words, by a picture or sound and by mixtures of them, by label; say what each channel is worth."""
    from agent import Settings
    from evals.senses import measure_senses, render_senses

    settings = Settings.load(config).retrieval()
    shown: tuple[Literal["image", "audio"], ...] = ("image", "audio") if modality == "both" else (modality,)
    report = measure_senses(settings, label, shown, part=part, ablate=ablate, k=k, queries=queries, seed=seed, say=_say)
    typer.echo(report.model_dump_json(indent=1) if json else render_senses(report))


def _say(line: str) -> None:
    typer.echo(line, err=True)
