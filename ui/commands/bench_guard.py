"""``palate bench guard|pii``: what the guard turns away, what became of the rest, and redaction."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..measuring import measured
from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Recommender, Reply
    from evals import HalfReport

Data = Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")]


def guard(
    data: Data = Path("../shared/data"),
    half: Annotated[str, typer.Option(help="Which half: test, development or both.")] = "both",
    effects: Annotated[
        bool, typer.Option("--effects/--no-effects", help="Also play every attack through the recommender.")
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Play only so many attacks of each half.", show_default=False)
    ] = None,
    with_model: Annotated[
        bool, typer.Option("--model", help="Play attacks with the configured language model: hours, so sample.")
    ] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Count attacks and harmless messages that the guard turns away, and play every attack to see what it does."""
    from evals import GuardReport, render_guard

    begin = time.perf_counter()
    wanted = [one for one in ("test", "development") if half in (one, "both")]
    if not wanted:
        raise typer.BadParameter(f"--half is test, development or both, not {half!r}.")
    halves = [_counted(data, one) for one in wanted]
    if effects:
        halves = _played(data, halves, config, with_model=with_model, sample=sample)
    report = GuardReport(halves=tuple(halves), seconds=round(time.perf_counter() - begin, 1))
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_guard(report))


def pii(
    data: Data = Path("../shared/data"),
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Count personal data that is taken out of messages, by type, and what is taken out of talk that holds none."""
    from evals import measure_pii, read_pii, read_talk, render_pii

    halves: tuple[Any, ...] = ("test", "development")
    reports = [measure_pii(read_pii(data, half), read_talk(data, half), half) for half in halves]
    text = dumps([report.model_dump(mode="json") for report in reports], indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text if json else render_pii(reports))


def _counted(data: Path, half: Any) -> HalfReport:
    from evals import measure_guard, read_messages, read_talk

    return measure_guard([*read_messages(data, half), *read_talk(data, half)], half)


def _played(
    data: Path, halves: Sequence[HalfReport], config: Path | None, *, with_model: bool, sample: int | None
) -> list[HalfReport]:
    """Play the attacks of each half against a recommender whose settings hold a secret made up for this run."""
    from evals import EffectJudge, play_attacks, read_messages, standing_wish

    canary = f"canary-{secrets.token_hex(8)}"

    async def work(recommender: Recommender) -> list[HalfReport]:
        judge = EffectJudge(recommender, page_writer(recommender), (canary,))
        wish = standing_wish(recommender.facts)
        done = []
        for half in halves:
            attacks = [message for message in read_messages(data, half.half) if message.attack]
            if sample is not None:
                attacks = random.Random(42).sample(attacks, min(sample, len(attacks)))
            found = await play_attacks(recommender, attacks, judge, wish=wish, on_each=_tell)
            done.append(half.model_copy(update={"effects": found}))
        return done

    # A server may want the real key, so the secret is planted only where no server is asked.
    planted: dict[str, Any] = {} if with_model else {"llm": {"api_key": canary}}
    return measured(work, config, no_model=not with_model, **planted)


def page_writer(recommender: Recommender) -> Any:
    """Return a function that writes a message and its reply as the page shows them, panel included."""
    from ..page.render import Renderer
    from ..page.turns import finished_turn

    render = Renderer(recommender.schema)

    def show(said: str, reply: Reply) -> str:
        turn = finished_turn("turn", said, reply, render)
        parts = (turn.said, turn.noted, turn.text, turn.cards, *turn.fills.values(), turn.foot)
        return "\n".join([*parts, render.panel(reply.preferences, True, {})])

    return show


def _tell(played: int) -> None:
    if played % 100 == 0:
        typer.echo(f"{played} attacks played", err=True)
