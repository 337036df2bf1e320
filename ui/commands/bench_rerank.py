"""``palate bench rerank|robustness``: what reranking is worth in the application's search, and what spoils it."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from retrieval.training import SearchBench

Model = Annotated[
    str | None, typer.Option(help="Reranker: bundled or a folder; else the settings'.", show_default=False)
]
Films = Annotated[int, typer.Option(min=2, help="Kept-back films that requests are drawn for, three each at most.")]
Seed = Annotated[int, typer.Option(help="Seed of the split and of every draw; 1 is what the shipped model kept back.")]
Out = Annotated[Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)]


def rerank(
    model: Model = None,
    films: Films = 100,
    seed: Seed = 1,
    speed: Annotated[bool, typer.Option("--speed", help="Time int8 beside torch, and what it loses.")] = False,
    depths: Annotated[
        str | None,
        typer.Option(help="Compare reranking so many candidates instead, such as 50,24,16,0.", show_default=False),
    ] = None,
    out: Out = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Compare orders of the same heads, found by the retriever for the demo's kept-back requests."""
    from retrieval.training import (
        depth_markdown,
        depth_table,
        domain_markdown,
        measure_speed,
        speed_markdown,
        with_quality,
    )

    wanted = _numbers(depths) if depths is not None else ()
    with _bench(model, films, seed, config) as (bench, folder):
        if speed:
            queries = [task.query for task in bench.corpus.tasks["test"][:9]]
            heads = [(query, bench.head_texts(query)) for query in queries]
            timed = with_quality(measure_speed(folder, heads, threads=1), folder, bench, limit=120)
            figures, words = timed.model_dump(mode="json"), speed_markdown(timed)
        elif wanted:
            rows = depth_table(bench.judged("test", _say), wanted)
            figures, words = {"depths": [row.model_dump(mode="json") for row in rows]}, depth_markdown(rows)
        else:
            found = bench.report(_say)
            figures, words = found.model_dump(mode="json"), "\n".join(domain_markdown(found))
    _tell(figures, words, out, json)


def robustness(
    model: Model = None,
    films: Films = 100,
    seed: Seed = 1,
    requests: Annotated[int, typer.Option(min=2, help="Requests that are disturbed, at most.")] = 150,
    out: Out = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Disturb requests and item texts, and count what it costs with reranking and without."""
    from retrieval.training import robustness_markdown

    with _bench(model, films, seed, config) as (bench, _):
        found = bench.robustness(requests, seed, _say)
    _tell({"disturbances": [one.model_dump(mode="json") for one in found]}, robustness_markdown(found), out, json)


class _bench:
    """Open the application's retriever and the reranker to measure."""

    def __init__(self, model: str | None, films: int, seed: int, config: Path | None) -> None:
        self._model, self._films, self._seed, self._config = model, films, seed, config

    def __enter__(self) -> tuple[SearchBench, Path]:
        from agent import Settings
        from retrieval.training import SearchBench

        settings = Settings.load(self._config).retrieval()
        self._open, folder = SearchBench.open(settings, self._model, self._seed, self._films, _say)
        return self._open, folder

    def __exit__(self, *_failure: object) -> None:
        self._open.retriever.close()


def _numbers(listed: str) -> tuple[int, ...]:
    """Return the depths of a list such as "50,24,0"."""
    parts = [part.strip() for part in listed.split(",")]
    if not all(part.isdigit() and int(part) <= 50 for part in parts):
        raise typer.BadParameter(f"{listed!r} is no list of depths from 0 to 50 such as 50,24,16,0.")
    return tuple(dict.fromkeys(map(int, parts)))


def _tell(figures: dict[str, object], words: str, out: Path | None, json: bool) -> None:
    from evals import current_commit, current_machine

    whole = {"commit": current_commit(), "machine": current_machine(), **figures}
    text = jsons.dumps(whole, indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else f"{whole['machine']}; commit {whole['commit']}\n\n{words}")


def _say(line: str) -> None:
    typer.echo(line, err=True)
