"""Show how far long work is: bars on a terminal; elsewhere a line per tenth, since bars leave nothing in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

Report = Callable[..., None]
"""Called with how much is done and how much there is; further arguments are ignored."""


@contextmanager
def reporting(console: Console) -> Iterator[Callable[[str], Report]]:
    """Yield a function that makes a report for one named piece of work; pieces may run side by side.

    A piece that never reports shows nothing.
    """
    if not console.is_terminal:
        yield lambda name: _lines(console, name)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield lambda name: _bar(progress, name)


def _bar(progress: Progress, name: str) -> Report:
    tasks: list[TaskID] = []

    def report(done: int, total: int, *_rest: object) -> None:
        if not tasks:
            tasks.append(progress.add_task(name, total=total))
        progress.update(tasks[0], completed=done, total=total)

    return report


def _lines(console: Console, name: str) -> Report:
    told = -1

    def report(done: int, total: int, *_rest: object) -> None:
        nonlocal told
        tenth = 10 * done // max(total, 1)
        if tenth > told:
            told = tenth
            console.print(f"{name}: {10 * tenth} %")

    return report
