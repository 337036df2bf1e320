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

Result = TypeVar("Result")


def measured(
    work: Callable[[Recommender], Awaitable[Result]], config: Path | None, *, no_model: bool = False, **more: Any
) -> Result:
    """Return what ``work`` makes of a recommender that leaves no trace in the user's store; ``more`` are settings."""
    from agent import Recommender

    overrides: dict[str, Any] = {"store": {"url": "sqlite://"}, **more}
    if no_model:
        overrides["llm"] = {**overrides.get("llm", {}), "engine": "none"}

    async def run() -> Result:
        recommender = Recommender.from_settings(config, **overrides)
        try:
            await recommender.warm(wait=True)
            return await work(recommender)
        finally:
            await recommender.aclose()

    return asyncio.run(run())


def tell(result: CaseResult) -> None:
    """Say on stderr how a case went, so that stdout stays clean for reports."""
    typer.echo(f"{'ok    ' if result.passed else 'FAILED'} {result.name}", err=True)
