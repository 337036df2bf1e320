"""``palate bench preferences``: what is understood of real talk, beside what people said afterwards and hand labels."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from ..measuring import measured
from ..options import Config, Json

if TYPE_CHECKING:
    from agent import Recommender
    from agent.types import ChatModel
    from evals import StatedReport, TitleReport


def preferences(
    data: Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")] = Path(
        "../shared/data"
    ),
    half: Annotated[str, typer.Option(help="development, to improve by; or test, to report.")] = "test",
    part: Annotated[str, typer.Option(help="titles, stated, or both.")] = "both",
    catalogue: Annotated[
        str, typer.Option(help="Where titles are looked up: the data set's own, or the configured index.")
    ] = "own",
    small: Annotated[
        bool, typer.Option("--small", help="Take the years out of titles and write small, as people type.")
    ] = False,
    dialogues: Annotated[
        int | None, typer.Option(min=1, help="Play only the first so many dialogues.", show_default=False)
    ] = None,
    model: Annotated[bool, typer.Option("--model", help="Let the language model complete the rules.")] = False,
    log: Annotated[
        Path | None, typer.Option(help="Append each result to this file as it comes.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Compare what is understood of real dialogues with the speakers' own verdicts and with hand labels."""
    from evals import render_stated, render_titles

    for name, value, allowed in (
        ("half", half, ("development", "test")),
        ("part", part, ("titles", "stated", "both")),
        ("catalogue", catalogue, ("own", "index")),
    ):
        if value not in allowed:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(allowed)}.", param_hint=f"--{name}")

    def note(kind: str, row: dict[str, Any]) -> None:
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(jsonlib.dumps({"kind": kind, **row}, ensure_ascii=False, default=sorted) + "\n")

    run = _Run(
        data=data,
        half=cast("Literal['development', 'test']", half),
        own=catalogue == "own",
        small=small,
        most=dialogues,
        note=note,
    )
    reader = _model(config) if model else None

    async def work(talker: Recommender) -> tuple[list[TitleReport], list[StatedReport]]:
        titles = [await run.titles(talker, reader)] if part != "stated" else []
        stated = [await run.stated(talker, reader)] if part != "titles" else []
        await _close(reader)
        return titles, stated

    titles, stated = measured(work, config, no_model=True)
    text = jsonlib.dumps([report.model_dump() for report in (*titles, *stated)], indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    shown = [*map(render_titles, titles), *map(render_stated, stated)]
    typer.echo(text if json else "\n\n".join(shown))


@dataclass(frozen=True)
class _Run:
    """What is read, and over which catalogue."""

    data: Path
    half: Literal["development", "test"]
    own: bool
    small: bool
    most: int | None
    note: Callable[[str, dict[str, Any]], None]

    async def titles(self, talker: Recommender, model: ChatModel | None) -> TitleReport:
        from agent import Listener
        from evals import benchmark_facts, run_titles

        with TemporaryDirectory() as folder:
            facts = benchmark_facts(self.data, talker.schema, Path(folder, "facts.db")) if self.own else talker.facts
            report = await run_titles(
                Listener(facts, talker.settings, model),
                facts,
                self.data,
                self.half,
                wording="without years, in small letters" if self.small else "as typed",
                most=self.most,
                on_dialogue=lambda played: self.note("titles", played.model_dump()),
            )
            if self.own:
                facts.close()
        return report

    async def stated(self, talker: Recommender, model: ChatModel | None) -> StatedReport:
        from agent import Listener
        from evals import run_stated

        listener = Listener(talker.facts, talker.settings, model)
        reports = await run_stated(
            listener,
            talker.facts,
            self.data,
            self.half,
            on_message=lambda name, found: self.note("stated", {"id": name, "found": found}),
        )
        return reports


def _model(config: Path | None) -> ChatModel:
    """Open the language model of the settings, or say how to get it: a run without it would not be what was asked."""
    from agent import Settings, open_gate

    gate = open_gate(Settings.load(config))
    if gate.model is None:
        raise typer.BadParameter("There is no language model to read with. Get one: palate models pull")
    return gate.model


async def _close(model: ChatModel | None) -> None:
    close = getattr(model, "close", None)
    if close is not None:
        await close()
