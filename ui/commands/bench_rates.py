"""``palate bench simulate-rates``: what people do in real dialogues, which the rates of simulated users stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..measuring import measured
from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Recommender
    from evals import Calibration

_SETS = {
    "redial": Path("redial", "train_sample.jsonl"),
    "ccpe": Path("ccpe", "shareable.jsonl"),
    "cpcd": Path("cpcd", "shareable.jsonl"),
}


def simulate_rates(
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
    sets: Annotated[str, typer.Option(help="Which dialogues: redial, ccpe, cpcd.")] = ",".join(_SETS),
    seed: Annotated[int, typer.Option(help="Fixes the bootstrap.")] = 42,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Measure on real dialogues how much people say unasked, how they answer, and how long their messages are."""
    from evals import render_calibration, report_rates

    chosen = [name.strip() for name in sets.split(",") if name.strip()]
    if unknown := sorted(set(chosen) - set(_SETS)):
        raise typer.BadParameter(f"{unknown!r}; known are {', '.join(_SETS)}", param_hint="--sets")

    async def work(talker: Recommender) -> list[Calibration]:
        return [await _measure(talker, name, data, seed) for name in chosen]

    found = measured(work, config, no_model=True)
    text = report_rates(found, f"palate bench simulate-rates --sets {','.join(chosen)} --seed {seed}").model_dump_json(
        indent=1
    )
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else "\n\n".join(map(render_calibration, found)))


async def _measure(talker: Recommender, name: str, data: Path, seed: int) -> Calibration:
    from rich.console import Console
    from rich.progress import track

    from agent import Listener
    from evals import calibrate, read_step_labels, read_talks, seeker_steps

    listener, talks = Listener(talker.facts, talker.settings), read_talks(data / _SETS[name])
    steps = []
    for talk in track(talks, description=name, console=Console(stderr=True)):
        steps += await seeker_steps(listener, talk)
    return calibrate(name, talks, steps, read_step_labels(), seed)
