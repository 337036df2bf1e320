"""``palate train``: make the small models on your machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..options import Config
from .train_alignment import alignment
from .train_blend import blend
from .train_collaborative import collaborative
from .train_encoder import compare, encoder

if TYPE_CHECKING:
    from retrieval.training import ShownLists

app = typer.Typer()
train = typer.Typer(help="Train the small models that rank and guard.", no_args_is_help=True)
app.add_typer(train, name="train")
train.command()(alignment)
train.command()(blend)
train.command()(encoder)
train.command()(compare)
train.command()(collaborative)


@train.callback()
def group() -> None:
    """Train the small models that rank and guard."""


@train.command()
def reranker(
    out: Annotated[Path, typer.Option(help="Folder for the model and the report; a killed run goes on from it.")],
    data: Annotated[
        Path, typer.Option(envvar="PALATE_DATA", help="Folder of the benchmark sets; a quick run does not read it.")
    ] = Path("../shared/data"),
    from_feedback: Annotated[
        Path | None,
        typer.Option(help="Learn from this log too: what `palate feedback export` wrote.", show_default=False),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A toy run of under a minute; the model is of no use.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Stop learning after that long.", show_default=False)
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Stop after that many steps.", show_default=False)] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=0.0, help="Peak rate; a high one can collapse.", show_default=False)
    ] = None,
    loss: Annotated[
        Literal["listwise", "ranknet", "margin"] | None,
        typer.Option(help="How right and wrong answers are compared.", show_default=False),
    ] = None,
    pairwise_weight: Annotated[
        float | None, typer.Option(min=0.0, help="Weight of RankNet beside the softmax.", show_default=False)
    ] = None,
    mask_weight: Annotated[
        float | None, typer.Option(min=0.0, help="Weight of predicting hidden words.", show_default=False)
    ] = None,
    adversarial: Annotated[
        float | None, typer.Option(min=0.0, help="Length of the worst step of word vectors.", show_default=False)
    ] = None,
    augment: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Share of queries with typos and the like.", show_default=False),
    ] = None,
    accumulate: Annotated[
        int | None, typer.Option(min=1, help="Draws before the weights move.", show_default=False)
    ] = None,
    rank: Annotated[
        int | None, typer.Option(min=1, help="Learn only adapters of this rank.", show_default=False)
    ] = None,
    precision: Annotated[
        Literal["auto", "bf16", "float32"] | None,
        typer.Option(help="Arithmetic of the training passes.", show_default=False),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Model to go on from: bundled or a folder.", show_default=False)
    ] = None,
    measure_tasks: Annotated[
        int | None, typer.Option(min=1, help="Test requests a domain in the report.", show_default=False)
    ] = None,
    layers: Annotated[
        int | None, typer.Option(min=1, max=6, help="Layers kept of MiniLM's six.", show_default=False)
    ] = None,
    mix: Annotated[
        str | None, typer.Option(help="Shares, such as demo=0.6,tags=0.4; others are not learnt.", show_default=False)
    ] = None,
    check_tasks: Annotated[
        int | None, typer.Option(min=1, help="Tuning requests a domain at each look.", show_default=False)
    ] = None,
    check_every: Annotated[int | None, typer.Option(min=1, help="Steps between looks.", show_default=False)] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Looks without a better score before stopping.", show_default=False)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every draw.", show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores to use.", show_default=False)] = None,
    settings: Config = None,
) -> None:
    """Fine-tune the cross-encoder from the bundled MiniLM and print what it is worth beside no reranking."""
    from evals import current_commit, current_machine
    from retrieval.training import QUICK, LowRank, TrainConfig, markdown, train_reranker

    asked = {
        "minutes": minutes,
        "steps": steps,
        "learning_rate": learning_rate,
        "loss": loss,
        "pairwise_weight": pairwise_weight,
        "mask_weight": mask_weight,
        "adversarial": adversarial,
        "augment": augment,
        "accumulate": accumulate,
        "adapters": LowRank(rank=rank, alpha=2.0 * rank) if rank else None,
        "precision": precision,
        "start": start,
        "measure_tasks": measure_tasks,
        "layers": layers,
        "mix": _shares(mix) if mix else None,
        "check_tasks": check_tasks,
        "check_every": check_every,
        "patience": patience,
        "seed": seed,
        "threads": threads,
    }
    base = QUICK if quick else TrainConfig()
    config = TrainConfig.model_validate(
        base.model_dump() | {name: value for name, value in asked.items() if value is not None}
    )
    command = " ".join(["palate", *sys.argv[1:]])
    place = f"{current_machine()}; commit {current_commit()}"
    shown = _shown(from_feedback, settings, config.seed) if from_feedback is not None else None
    if shown is not None and "feedback" not in config.mix:
        config = config.model_copy(update={"mix": {**config.mix, "feedback": sum(config.mix.values())}})
    report = train_reranker(data, out, config, command, _say, quick=quick, place=place, shown=shown)
    typer.echo(markdown(report))


@train.command()
def bandit(
    from_feedback: Annotated[Path, typer.Option(help="What `palate feedback export` wrote.")],
    out: Annotated[Path, typer.Option(help="File for the state; exploration.state names it to put it to use.")],
    models: Annotated[int, typer.Option(min=2, max=10_000, help="Models to draw a turn's order from.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of those models.")] = 0,
) -> None:
    """Learn from a log what pleases, for exploration.mode = "thompson"; serving never changes what was learnt."""
    import hashlib

    from retrieval.exploration import write_state
    from retrieval.feedback import corrected, fit_bandit, read_feedback

    lines = read_feedback(from_feedback)
    source = hashlib.sha256(from_feedback.read_bytes()).hexdigest()[:16]
    state = fit_bandit(lines, models=models, seed=seed, source=source)
    write_state(state, out)
    if not corrected(lines):
        _say("Some lists were shown without chance: what stood higher up may be overrated.")
    weights = ", ".join(f"{name} {weight:+.3f}" for name, weight in zip(state.features, state.mean, strict=True))
    typer.echo(f"Learnt from {state.lists} lists: {weights}.")
    typer.echo(f'Put it to use: exploration.mode = "thompson", exploration.state = "{out}".')


@train.command()
def guard(
    out: Annotated[Path, typer.Option(help="File for the weights, for example agent/models/guard.npz.")],
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
) -> None:
    """Train the classifier that helps the guard, on the development half of the guard's set; takes a minute."""
    from evals import train_guard

    typer.echo(train_guard(data, out, _say).model_dump_json(indent=1))


def _shown(log: Path, settings: Path | None, seed: int) -> ShownLists:
    """Return the lists of a log with the texts of the index that the settings name."""
    from agent import Settings
    from retrieval.exploration import texts_of
    from retrieval.feedback import corrected, read_feedback
    from retrieval.training import ShownLists

    lines = read_feedback(log)
    if not corrected(lines):
        _say("Some lists were shown without chance: what stood higher up may be overrated.")
    ids = {candidate.item_id for line in lines for candidate in line.impression.candidates}
    return ShownLists(lines, texts_of(Settings.load(settings).retrieval(), ids), seed)


_MIXED = ("demo", "songs", "things", "talk", "tags", "redial", "opendialkg", "feedback")


def _shares(text: str) -> dict[str, float]:
    """Read ``demo=0.6,tags=0.4``."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.partition("=")
        if name not in _MIXED:
            raise typer.BadParameter(f"--mix knows {', '.join(_MIXED)}, not {name!r}.")
        try:
            shares[name] = float(share)
        except ValueError:
            raise typer.BadParameter(f"--mix wants a number for {name}, not {share!r}.") from None
    return shares


def _say(line: str) -> None:
    typer.echo(line, err=True)
