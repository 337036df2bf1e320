"""``palate bench simulate``: simulated users look for hidden items under every policy of asking."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from ..exits import FAILURE
from ..options import Config, Json
from ..recordings import UNHURRIED, model_of

if TYPE_CHECKING:
    from agent import Recommender, Settings
    from agent.types import ChatModel
    from evals import Dialogue, ModelVoice, Simulation, SimulationReport, SimulationSystem

_ASKING = ("gain", "never", "fixed", "random", "always", "fixed-alone")
_MOST_TURNS = 10
_LISTS = ("popularity", "random-items")


def simulate(
    dialogues: Annotated[int, typer.Option(min=6, help="Needs; each is played under every policy.")] = 120,
    policies: Annotated[
        str, typer.Option(help="What to compare: ways of asking, and lists that ignore what is said.")
    ] = ",".join((*_ASKING, *_LISTS)),
    source: Annotated[str, typer.Option(help="Where needs come from: facts, ratings or both.")] = "facts",
    seed: Annotated[int, typer.Option(help="Fixes needs, users and words.")] = 42,
    users: Annotated[
        str, typer.Option(help="Who words the messages: agenda, or model (2-4 s a message with the embedded one).")
    ] = "agenda",
    volunteer: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="How often all users say unasked what is wrong or missing, instead of each type's own rate.",
            show_default=False,
        ),
    ] = None,
    turns: Annotated[int, typer.Option(min=5, max=10, help="Turns after which every dialogue ends.")] = _MOST_TURNS,
    rerank: Annotated[bool, typer.Option("--rerank/--no-rerank", help="Whether the reranker runs.")] = True,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw success by turn as SVG to this file.", show_default=False)
    ] = None,
    transcripts: Annotated[
        Path | None, typer.Option(help="Also write every dialogue as JSON lines to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Let simulated users look for hidden items; leaves with 3 when a message gave a target away."""
    from evals import plot_simulation, render_simulation

    chosen = [name.strip() for name in policies.split(",") if name.strip()]
    if unknown := sorted(set(chosen) - {*_ASKING, *_LISTS}):
        raise typer.BadParameter(f"{unknown!r}; known are {', '.join((*_ASKING, *_LISTS))}", param_hint="--policies")
    if source not in ("facts", "ratings", "both"):
        raise typer.BadParameter(f"{source!r}; known are facts, ratings, both", param_hint="--source")
    if users not in ("agenda", "model"):
        raise typer.BadParameter(f"{users!r}; known are agenda, model", param_hint="--users")
    report, played = asyncio.run(
        _run(
            chosen,
            dialogues,
            seed,
            cast(Literal["facts", "ratings", "both"], source),
            rerank=rerank,
            config=config,
            worded=users == "model",
            volunteer=volunteer,
            turns=turns,
        )
    )
    if transcripts is not None:
        transcripts.write_text("".join(f"{one.model_dump_json()}\n" for one in played), encoding="utf-8")
    text = report.model_dump_json(indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        plot.write_text(plot_simulation(report), encoding="utf-8")
    typer.echo(text if json else render_simulation(report))
    if report.leaks:
        raise typer.Exit(FAILURE)


async def _run(
    policies: list[str],
    count: int,
    seed: int,
    source: Literal["facts", "ratings", "both"],
    *,
    rerank: bool,
    config: Path | None,
    worded: bool,
    volunteer: float | None,
    turns: int,
) -> tuple[SimulationReport, list[Dialogue]]:
    from agent import Settings
    from evals import ModelVoice, report_simulation, set_up_simulation

    begin = time.perf_counter()
    settings = Settings.load(config, store={"url": "sqlite://"}, llm={"engine": "none"})
    if not rerank:
        settings = settings.model_copy(update={"rerank": settings.rerank.model_copy(update={"enabled": False})})
    played: dict[str, list[Dialogue]] = {}
    setting: Simulation | None = None
    voice: ModelVoice | None = None
    model: ChatModel | None = None
    for policy in policies:
        recommender = _open(settings, policy)
        try:
            if setting is None:
                items = recommender.facts.get(recommender.facts.ids())
                setting = set_up_simulation(recommender.schema, items, count, seed, source, volunteer, turns)
            if worded and voice is None:
                model = model_of(Settings.load(config, **UNHURRIED))
                voice = ModelVoice(model, recommender.schema, setting.detector)
                await voice.warm()
            played[policy] = await _play(setting, _system(policy, recommender, seed), policy, seed, voice)
        finally:
            await recommender.aclose()
    assert setting is not None
    close = getattr(model, "close", None)
    if close is not None:
        await close()
    command = f"palate bench simulate --dialogues {count} --source {source} --seed {seed}"
    command += " --users model" if voice is not None else ""
    command += "" if volunteer is None else f" --volunteer {volunteer}"
    command += "" if turns == _MOST_TURNS else f" --turns {turns}"
    command += "" if rerank else " --no-rerank"
    report = report_simulation(
        setting,
        played,
        seed,
        command=command,
        seconds=time.perf_counter() - begin,
        rerank=rerank,
        users=voice.name if voice is not None else "agenda",
    )
    return report, [dialogue for dialogues in played.values() for dialogue in dialogues]


async def _play(
    setting: Simulation, system: SimulationSystem, policy: str, seed: int, voice: ModelVoice | None
) -> list[Dialogue]:
    from rich.progress import track

    found = []
    from rich.console import Console

    for number, need in track(list(enumerate(setting.needs)), description=policy, console=Console(stderr=True)):
        found.append(await setting.cast.play(system, policy, need, number, seed, voice))
    return found


def _open(settings: Settings, policy: str) -> Recommender:
    from agent import Recommender

    changes: dict[str, object] = {"ask": policy} if policy in _ASKING[:-1] else {}
    if policy == "fixed-alone":
        changes = {"ask": "fixed", "beside": False, "max_questions": 3}
    changed = settings.policy.model_validate({**settings.policy.model_dump(), **changes})
    return Recommender.from_settings(settings.model_copy(update={"policy": changed}))


def _system(policy: str, recommender: Recommender, seed: int) -> SimulationSystem:
    from evals import Listing, Talking

    if policy in _LISTS:
        items = recommender.facts.get(recommender.facts.ids())
        return Listing(items, "random" if policy == "random-items" else "popularity", seed)
    return Talking(recommender)
