"""The part of ``palate train blend`` that learns from a log: the weights with which the reranked head is ordered."""

from __future__ import annotations

from pathlib import Path

import typer


def blend_from_feedback(log: Path, out: Path, config: Path | None, command: str) -> None:
    """Choose the weights of ``[rerank]`` by a log, write them to ``blend.toml`` in ``out``, and print their worth."""
    from agent import Settings
    from evals.offpolicy import choose_blend, render_offpolicy
    from retrieval.feedback import read_feedback

    choice = choose_blend(read_feedback(log), Settings.load(config).rerank, command=command)
    out.mkdir(parents=True, exist_ok=True)
    lines = f"[rerank]\nweight = {choice.weight:g}\npopularity_weight = {choice.popularity_weight:g}\n"
    (out / "blend.toml").write_text(lines, encoding="utf-8")
    (out / "blend.json").write_text(choice.model_dump_json(indent=1) + "\n", encoding="utf-8")
    typer.echo(f"Chosen by {choice.lists} lists; on the other sessions:\n{render_offpolicy(choice.report)}\n\n{lines}")
    typer.echo(f"Copy these lines from {out / 'blend.toml'} into your settings to put them to use.")
