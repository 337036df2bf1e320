"""``palate bench judge``: how far a language model's word on helpfulness and tone can be taken."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Config, Json
from ..recordings import UNHURRIED, model_of

if TYPE_CHECKING:
    from evals import Judgement, JudgeReport


def judge(
    labels: Annotated[
        Path | None,
        typer.Option(help="Labelled replies as JSON lines, in place of those that ship.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also write figures and scores as JSON to this file.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 42,
    json: Json = False,
    config: Config = None,
) -> None:
    """Let the language model grade labelled replies, and say how far it agrees with the labels."""
    from evals import render_judge

    report = asyncio.run(_measure(labels, config, seed))
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_judge(report))


async def _measure(labels: Path | None, config: Path | None, seed: int) -> JudgeReport:
    from agent import Settings
    from evals import Judge, grade_all, read_labelled, sum_up_judge

    settings = Settings.load(config, **UNHURRIED)
    replies = read_labelled(labels) if labels is not None else read_labelled()
    model = model_of(settings)
    try:
        grader = Judge(model, settings.catalog.schema().noun_plural)
        await grader.warm()
        return sum_up_judge(grader, replies, await grade_all(grader, replies, _tell), seed)
    finally:
        close = getattr(model, "close", None)
        if close is not None:
            await close()


def _tell(told: Judgement) -> None:
    typer.echo(f"{told.id}  {told.error or f'helpful {told.helpful}, tone {told.tone}'}", err=True)
