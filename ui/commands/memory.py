"""``palate memory``: what is remembered of a user across conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Recommender
    from agent.memory import Memory, MemoryKeeper

Result = TypeVar("Result")

app = typer.Typer()
group = typer.Typer(help="Show, forget and permit what is remembered of a user.", no_args_is_help=True)
app.add_typer(group, name="memory")

User = Annotated[str, typer.Argument(help="The user's id, as given when the session was started.")]


@group.command()
def show(user: User, json: Json = False, config: Config = None) -> None:
    """Print the user's lasting tastes with their strength today and where they came from."""

    async def work(recommender: Recommender, keeper: MemoryKeeper) -> str:
        memory = await keeper.recall(user)
        return memory.model_dump_json(indent=1) if json else told(memory, recommender, enabled=keeper.config.enabled)

    typer.echo(_run(work, config))


@group.command()
def forget(
    user: User,
    taste: Annotated[list[str] | None, typer.Option(help="Id of a taste; repeat it for several. Without: all.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Forget some of the user's tastes, or all of them; this cannot be undone. Consent and conversations stay."""
    if not yes:
        typer.confirm(f"Forget {'these' if taste else 'all'} tastes of {user!r}?", abort=True)
    count = _run(lambda _, keeper: keeper.forget(user, taste or None), config)
    typer.echo(f"Forgot {count} taste{'' if count == 1 else 's'} of {user!r}.")


@group.command()
def consent(
    user: User,
    given: Annotated[bool, typer.Option("--yes/--no", help="Whether the user agrees to be remembered.")],
    config: Config = None,
) -> None:
    """Note the user's choice; --no deletes whatever was learnt."""
    memory = _run(lambda _, keeper: keeper.consent(user, given), config)
    typer.echo(f"{user!r} is remembered since {memory.since}." if memory.consent else f"{user!r} is not remembered.")


def told(memory: Memory, recommender: Recommender, *, enabled: bool) -> str:
    """Return a memory as lines for people."""
    from .. import tastes

    if not enabled:
        return "Nobody is remembered here: memory.enabled is false."
    if not memory.consent:
        return "Not remembered: there is no consent."
    lines = [tastes.taste_line(taste, recommender.schema) for taste in memory.tastes]
    lines += [f"{tastes.taste_line(taste, recommender.schema)}  (not yet a taste)" for taste in memory.pending]
    return "\n".join(lines or [f"Remembered since {memory.since}; no tastes yet."])


def _run(work: Callable[[Recommender, MemoryKeeper], Awaitable[Result]], config: Path | None) -> Result:
    from agent import Recommender, Settings

    # No language model is needed to look at tastes.
    settings = Settings.load(config)
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"engine": "none"})})

    async def run() -> Result:
        recommender = Recommender.from_settings(settings)
        try:
            assert recommender.memory is not None
            return await work(recommender, recommender.memory)
        finally:
            await recommender.aclose()

    return asyncio.run(run())
