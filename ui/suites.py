"""Run suites of scripted dialogue, each on its catalogue: that of the settings, or a bundled one made ready."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .measuring import measured, tell

if TYPE_CHECKING:
    from agent import Recommender
    from evals import Overview, Report, Suite, SuiteOutcome

    from .recordings import Recording

NOT_IN_ALL = ("speed",)
"""Suites that time the machine rather than judge answers."""


def play(
    suites: list[Suite], config: Path | None, *, no_model: bool, recording: Recording | None = None
) -> list[Report]:
    """Return the reports of suites that share a catalogue; it is opened once.

    Args:
        suites: what to play, at least one.
        config: settings file; None finds it as every command does.
        no_model: play without a language model.
        recording: answers of the model are kept there or come from there.

    Raises:
        DataMissingError: the catalogue's data is not there.
    """
    from evals import run_suite

    async def work(talker: Recommender) -> list[Report]:
        return [await run_suite(talker, suite, on_case=tell) for suite in suites]

    more = turned_to(suites[0].catalog, config) | (recording.settings if recording is not None else {})
    opener = recording.opener if recording is not None else None
    return measured(work, config, no_model=no_model, opener=opener, **more)


def check(suite: Suite, config: Path | None) -> None:
    """Hold a suite against its catalogue without playing it.

    Raises:
        DataMissingError: the catalogue's data is not there.
        SuiteError: the suite names what the catalogue does not have.
    """
    from evals import check_suite

    async def work(talker: Recommender) -> None:
        check_suite(suite, talker.schema, talker.facts)

    measured(work, config, no_model=True, **turned_to(suite.catalog, config))


def play_all(config: Path | None, *, no_model: bool) -> Overview:
    """Return what became of every bundled suite, except those that measure speed; missing data is told, not hidden."""
    from evals import DataMissingError, Overview, SuiteOutcome, bundled, find_suite, load_suite

    suites = [load_suite(find_suite(name)) for name in bundled() if name not in NOT_IN_ALL]
    outcomes: list[SuiteOutcome] = []
    for catalog, group in groupby(sorted(suites, key=lambda suite: suite.catalog), key=lambda suite: suite.catalog):
        listed = list(group)
        shown = catalog or catalog_name(config)
        try:
            reports = play(listed, config, no_model=no_model)
        except DataMissingError as error:
            outcomes += [SuiteOutcome(suite=one.name, catalog=shown, unscored=str(error)) for one in listed]
        else:
            outcomes += [
                SuiteOutcome(suite=one.name, catalog=shown, report=report)
                for one, report in zip(listed, reports, strict=True)
            ]
    return Overview(outcomes=tuple(outcomes))


def catalog_name(config: Path | None) -> str:
    """Return the name of the catalogue in the settings."""
    from agent import Settings

    return Settings.load(config).catalog.schema().name


def turned_to(catalog: str, config: Path | None) -> dict[str, Any]:
    """Return the settings that turn a recommender to a bundled catalogue, whose index is built where need be."""
    if not catalog:
        return {}
    from agent import Settings
    from evals import prepare_catalog

    settings = Settings.load(config)
    with _progress(f"Indexing {catalog}") as report:
        turned = prepare_catalog(catalog, settings.data_dir, settings.retrieval(), report)
    return {"catalog": turned.catalog.model_dump(), "index": turned.index.model_dump()}


class _progress:
    """A bar on stderr that appears only when something is built."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> Callable[[int, int, float], None]:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True))
        self._task: Any = None

        def report(done: int, total: int, rate: float) -> None:
            if self._task is None:
                self._bar.start()
                self._task = self._bar.add_task(self._title, total=total)
            self._bar.update(self._task, completed=done)

        return report

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
