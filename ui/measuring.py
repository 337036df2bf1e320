"""Open a recommender for measuring: the user's settings, but conversations are kept in memory and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from agent import Recommender
    from evals.types import CaseResult

    from .recordings import ModelOpener

Result = TypeVar("Result")


def measured(
    work: Callable[[Recommender], Awaitable[Result]],
    config: Path | None,
    *,
    no_model: bool = False,
    opener: ModelOpener | None = None,
    **more: Any,
) -> Result:
    """Return what ``work`` makes of a recommender that leaves no trace in the user's store.

    Args:
        work: what to do with it.
        config: settings file; None finds it as every command does.
        no_model: run without a language model.
        opener: opens the model, in place of the one in the settings.
        more: settings that win over the file.
    """
    from agent import Recommender, Settings

    overrides: dict[str, Any] = {"store": {"url": "sqlite://"}, **more}
    if no_model:
        overrides["llm"] = {**overrides.get("llm", {}), "engine": "none"}

    async def run() -> Result:
        model = {"model": opener(Settings.load(config, **overrides))} if opener is not None else {}
        recommender = Recommender.from_settings(config, **overrides, **model)
        try:
            await recommender.warm(wait=True)
            return await work(recommender)
        finally:
            await recommender.aclose()

    return asyncio.run(run())


def tell(result: CaseResult) -> None:
    """Say on stderr how a case went, so that stdout stays clean for reports."""
    typer.echo(f"{'ok    ' if result.passed else 'FAILED'} {result.name}", err=True)
