"""``palate feedback``: what was logged of shown lists, as training data, and its erasure."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from agent.feedback import FeedbackKeeper
    from retrieval.exploration import Logged

Result = TypeVar("Result")

app = typer.Typer()
group = typer.Typer(
    help="Show, export and erase the log of shown lists and reactions, from which rankers learn.", no_args_is_help=True
)
app.add_typer(group, name="feedback")

User = Annotated[str | None, typer.Option(help="Only this user's lists.", show_default=False)]


@group.command()
def show(user: User = None, json: Json = False, config: Config = None) -> None:
    """Print how much was logged, by policy, and what came of it."""

    async def work(keeper: FeedbackKeeper) -> str:
        lines = [line async for line in keeper.logged(user)]
        if json:
            return "\n".join(line.model_dump_json() for line in lines)
        return summary(lines, enabled=keeper.config.enabled)

    typer.echo(_run(work, config))


@group.command()
def export(
    out: Annotated[Path, typer.Option(help="File to write, one shown list a line (JSONL).")],
    user: User = None,
    user_ids: Annotated[bool, typer.Option("--user-ids", help="Write users' ids and not a hash of each.")] = False,
    config: Config = None,
) -> None:
    """Write the logged lists with labels, propensities and features; `palate train ... --from-feedback` reads it."""

    async def work(keeper: FeedbackKeeper) -> int:
        count = 0
        with out.open("w", encoding="utf-8") as file:
            async for line in keeper.logged(user, ids=user_ids):
                file.write(line.model_dump_json() + "\n")
                count += 1
        return count

    count = _run(work, config)
    typer.echo(f"Wrote {count} shown list{'' if count == 1 else 's'} to {out}.", err=True)


@group.command()
def publish(
    out: Annotated[Path, typer.Option(help="File to write (JSON).")],
    epsilon: Annotated[
        float | None,
        typer.Option(min=0.001, max=10, help="Privacy to spend; else feedback.epsilon.", show_default=False),
    ] = None,
    per_user: Annotated[
        int | None,
        typer.Option(
            min=1, max=1000, help="Reactions of a user that count; else feedback.per_user.", show_default=False
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Write how often each item was liked and disliked, with so much noise that no user can be found in it."""
    from agent import Settings
    from agent.feedback import publish as noisy
    from retrieval import Retriever

    settings = Settings.load(config)
    retriever = Retriever.open(settings.retrieval())
    items = retriever.facts.ids()
    retriever.close()
    spent, bound = epsilon or settings.feedback.epsilon, per_user or settings.feedback.per_user

    async def work(keeper: FeedbackKeeper) -> str:
        lines = [line async for line in keeper.logged()]
        return noisy(lines, items, epsilon=spent, per_user=bound).model_dump_json(indent=1)

    out.write_text(_run(work, config) + "\n", encoding="utf-8")
    typer.echo(f"Wrote {len(items):,} items to {out}: epsilon {spent:g} for a user, {bound} reactions each.", err=True)


@group.command()
def erase(
    user: User = None,
    every: Annotated[bool, typer.Option("--all", help="Everybody's lists.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Delete logged lists of a user, or all; conversations stay. `palate erase USER` deletes those too."""
    if (user is None) == (not every):
        raise typer.BadParameter("Name a user with --user, or say --all.", param_hint="--user")
    whose = "all logged lists" if user is None else f"the logged lists of {user!r}"
    if not yes:
        typer.confirm(f"Delete {whose}?", abort=True)
    count = _run(lambda keeper: keeper.erase(user), config)
    typer.echo(f"Deleted {count} shown list{'' if count == 1 else 's'}.")


def summary(lines: list[Logged], *, enabled: bool) -> str:
    """Return what was logged, in a few lines for people."""
    state = "Lists are logged" if enabled else "Nothing is logged now (feedback.enabled = false)"
    if not lines:
        return f"{state}; the log is empty."
    sessions = {line.impression.session_id for line in lines}
    policies = Counter(line.impression.policy for line in lines)
    reactions = Counter(kind for line in lines for item in line.items for kind in item.reactions)
    explored = sum(line.impression.explored for line in lines)
    told = [
        f"{state}; {len(lines)} in {len(sessions)} conversations, since {min(x.impression.at for x in lines)[:10]}.",
        f"By policy: {', '.join(f'{name} {count}' for name, count in policies.most_common())}.",
        f"Reactions: {', '.join(f'{kind} {count}' for kind, count in reactions.most_common()) or 'none'}.",
    ]
    if explored:
        least = min(item.propensity for line in lines for item in line.items)
        told.append(f"{explored} lists were partly left to chance; the least likely place had a chance of {least:.4f}.")
    else:
        told.append("Nothing was left to chance, so the log can train rankers but cannot judge another order.")
    return "\n".join(told)


def _run(work: Callable[[FeedbackKeeper], Awaitable[Result]], config: Path | None) -> Result:
    from agent import Settings, open_store
    from agent.feedback import FeedbackKeeper

    async def run() -> Result:
        settings = Settings.load(config)
        store = open_store(settings)
        try:
            return await work(FeedbackKeeper(store, settings.feedback))
        finally:
            await store.close()

    return asyncio.run(run())
