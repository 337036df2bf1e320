"""``palate index ...`` builds, shows and checks the index; ``palate recommend`` searches it without a dialogue."""

from __future__ import annotations

import json as json_module
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import FAILURE
from ..options import Config, Json

if TYPE_CHECKING:
    from retrieval import Manifest, RetrievalSettings
    from retrieval.types import Hit, SearchResult

app = typer.Typer()
group = typer.Typer(help="Build, show and check the index.", no_args_is_help=True)
app.add_typer(group, name="index")

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


@group.command()
def build(
    fresh: Annotated[bool, typer.Option(help="Encode everything anew, also what is known already.")] = False,
    quiet: Quiet = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Build the index, or bring it up to date; the index that serves goes on serving until the new one is whole."""
    _tell(_built(_settings(config), fresh=fresh, quiet=quiet or json), json)


@group.command()
def update(quiet: Quiet = False, json: Json = False, config: Config = None) -> None:
    """Bring an existing index up to date with the catalogue; only new and changed items are encoded."""
    from retrieval import read_manifest

    settings = _settings(config)
    read_manifest(settings.index)  # without an index this is not an update: the error says how to build one
    _tell(_built(settings, fresh=False, quiet=quiet or json), json)


@group.command()
def show(json: Json = False, config: Config = None) -> None:
    """Show what the index was built from."""
    from retrieval import read_manifest

    _tell(read_manifest(_settings(config).index), json)


@group.command()
def verify(json: Json = False, config: Config = None) -> None:
    """Check that the index is whole and fits the settings; leave with 3 when it does not."""
    from retrieval import verify_index

    found = verify_index(_settings(config))
    if json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        typer.echo("  ".join(f"{part} {count:,}" for part, count in found.counts.items()))
        typer.echo("\n".join(f"Problem: {problem}" for problem in found.problems) or "The index is sound.")
    if found.problems:
        raise typer.Exit(FAILURE)


@app.command()
def recommend(
    text: Annotated[str, typer.Argument(help="What to look for, in words.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many items.")] = 5,
    where: Annotated[
        list[str] | None, typer.Option(help="Condition that must hold, as in 'year>=1990'; repeatable.")
    ] = None,
    prefer: Annotated[
        list[str] | None, typer.Option(help="Condition that should hold, as in 'genres=Comedy'; repeatable.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option(help="Picture to search by.", exists=True, dir_okay=False, show_default=False)
    ] = None,
    sound: Annotated[
        Path | None, typer.Option(help="Sound to search by.", exists=True, dir_okay=False, show_default=False)
    ] = None,
    like: Annotated[list[str] | None, typer.Option(help="Id of an item to be like; repeatable.")] = None,
    dislike: Annotated[list[str] | None, typer.Option(help="Id of an item to be unlike; repeatable.")] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Rank items without a dialogue and without a language model."""
    from retrieval import Retriever
    from retrieval.types import Query

    from ..api.models import RecommendResponse
    from ..conditions import read_condition

    conditions = [read_condition(condition) for condition in where or ()]
    conditions += [read_condition(condition, hard=False) for condition in prefer or ()]
    query = Query(
        text=text,
        image=image.read_bytes() if image else None,
        audio=sound.read_bytes() if sound else None,
        constraints=tuple(conditions),
        like_ids=tuple(like or ()),
        dislike_ids=tuple(dislike or ()),
        k=k,
    )
    retriever = Retriever.open(_settings(config))
    try:
        result = retriever.search(query)
    finally:
        retriever.close()
    typer.echo(RecommendResponse.of(result).model_dump_json(indent=2) if json else _listed(result))


def _settings(config: Path | None) -> RetrievalSettings:
    from agent import Settings

    return Settings.load(config).retrieval()


def _built(settings: RetrievalSettings, *, fresh: bool, quiet: bool) -> Manifest:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from retrieval import build_index

    console = Console(stderr=True)
    columns = (
        TextColumn("Indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f} a second"),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=console, disable=quiet)
    with nullcontext() if quiet else progress:
        task = progress.add_task("Indexing", total=None, rate=0.0)

        def read(count: int) -> None:
            progress.update(task, completed=count)

        def report(done: int, total: int, rate: float) -> None:
            progress.update(task, completed=done, total=total, rate=rate)

        return build_index(
            settings,
            fresh=fresh,
            on_read=read,
            on_progress=report,
            on_problem=lambda problem: console.print(problem.text(), style="yellow", markup=False),
        )


def _tell(manifest: Manifest, as_json: bool) -> None:
    if as_json:
        typer.echo(manifest.model_dump_json(indent=2))
        return
    left_out = f", {manifest.problems:,} rows left out" if manifest.problems else ""
    for modality, held in manifest.modalities.items():
        left_out += f", {held.items:,} with {modality} ({held.encoder})"
    if manifest.media_problems:
        left_out += f", {manifest.media_problems:,} files that cannot be used"
    typer.echo(
        f"{manifest.catalog}: {manifest.items:,} items{left_out}, encoder {manifest.encoder} "
        f"({manifest.dimension} numbers), built {manifest.built_at}"
    )


def _listed(result: SearchResult) -> str:
    lines = [_line(hit) for hit in result.hits] or ["Nothing matches."]
    for relaxation in result.relaxations:
        condition = relaxation.constraint
        value = json_module.dumps(condition.value, ensure_ascii=False)
        lines.append(f"Without {condition.attribute} {condition.op} {value}: {relaxation.would_add:,} more.")
    return "\n".join([*lines, *(f"Not used: {reason}" for reason in result.degraded)])


def _line(hit: Hit) -> str:
    scores = "  ".join(f"{stage} {score:.3f}" for stage, score in hit.stages.items())
    return f"{hit.rank:>3}. {hit.item.title}  [{hit.item.id}]  {scores}"
