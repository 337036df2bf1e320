"""``palate eval offpolicy``: what a new ranker would bring, by a log of shown lists, before it ships."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import CALLER
from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Settings
    from evals.offpolicy import Policy
    from retrieval.exploration import Logged


def offpolicy(
    log: Annotated[Path, typer.Option(help="What `palate feedback export` wrote.")],
    ranker: Annotated[
        Path | None, typer.Option(help="Settings file whose reranking is to be judged.", show_default=False)
    ] = None,
    bandit: Annotated[
        Path | None, typer.Option(help="State that `palate train bandit` wrote, to be judged.", show_default=False)
    ] = None,
    clip: Annotated[
        float, typer.Option(min=0.0, help="Largest weight of a place; 0 takes the root of the number of lists.")
    ] = 0.0,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Estimate what a new order of the logged candidates would have brought (IPS, SNIPS, DR), beside trivial ones.

    Leaves with 2 where the log cannot tell: nothing in it was left to chance, or too little that agrees with the order.
    """
    from agent import Settings
    from evals.offpolicy import EvaluationConfig, evaluate, render_offpolicy
    from retrieval.feedback import read_feedback

    lines = read_feedback(log)
    wanted = _wanted(lines, ranker, bandit, Settings.load(config))
    settings = EvaluationConfig(clip=clip)
    report = evaluate(lines, [*_trivial(), *wanted], settings, command=" ".join(["palate", *sys.argv[1:]]))
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_offpolicy(report))
    names = {policy.name for policy in wanted}
    refused = [row for row in report.policies if row.name in names and row.refused]
    for row in refused:
        typer.secho(f"Error: No estimate for {row.name!r}: {row.refused}.", fg="red", err=True)
    if refused:
        typer.echo("Hint: Log more lists, or more chance in them: a higher exploration.temperature.", err=True)
        raise typer.Exit(CALLER)


def _trivial() -> list[Policy]:
    from evals.offpolicy import by_feature, evenly, own_order

    return [own_order(), by_feature("popularity"), evenly()]


def _wanted(lines: list[Logged], ranker: Path | None, bandit: Path | None, now: Settings) -> list[Policy]:
    from evals.offpolicy import by_bandit
    from retrieval.exploration import read_state

    found = []
    if ranker is not None:
        found.append(_reranked(lines, ranker, now))
    if bandit is not None:
        found.append(by_bandit(read_state(bandit), f"bandit {bandit}"))
    return found


def _reranked(lines: list[Logged], file: Path, now: Settings) -> Policy:
    """Return the order of another file's [rerank]; a model other than today's scores the logged requests anew."""
    from agent import Settings
    from evals.offpolicy import by_rerank
    from retrieval.exploration import rerank_blend, reranker_of, texts_of

    new = Settings.load(file).retrieval().rerank
    blend = rerank_blend(new)
    if not new.enabled or new.model == now.retrieval().rerank.model:
        return by_rerank(f"ranker {file}", blend)
    ids = {candidate.item_id for line in lines for candidate in line.impression.candidates}
    return by_rerank(f"ranker {file}", blend, reranker_of(new), texts_of(now.retrieval(), ids))
