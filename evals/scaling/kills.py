"""Kill builds at random moments, and check each time that the index which serves is whole and as it was.

Children are forked from a process that has everything imported and no store open, so that a kill falls into the work
and not into the start of Python.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import IndexConfig, RerankConfig, RetrievalSettings, build_index, verify_index
from retrieval.probing import preload, served_items
from retrieval.testing import HashEncoder
from retrieval.types import Value, Vectors

from .items import catalog_config

_PAUSE = 0.002
"""Seconds that encoding one text takes, so that a small catalogue is built as slowly as one that is worth killing."""

Say = Callable[[str], None]


class KillReport(Value):
    """What came of it."""

    items: int
    """Items of the catalogue at the end."""
    builds: int
    """Builds started, those that were let finish included."""
    killed: int
    """Builds killed while they worked."""
    stages: Mapping[str, int]
    """Kills by what the build was doing."""
    problems: tuple[str, ...]
    """What was wrong with the index that served, after whichever kill; none is what should be."""


class _SlowEncoder(HashEncoder):
    def encode_items(self, texts: Any) -> Vectors:
        for _ in texts:
            time.sleep(_PAUSE)
        return super().encode_items(texts)


class _Shelf:
    """A catalogue that changes: with each version a third is rewritten, some items leave and some are new."""

    def __init__(self, folder: Path, items: int) -> None:
        self.path = folder / "items.jsonl"
        self.settings = RetrievalSettings(
            catalog=catalog_config(self.path),
            index=IndexConfig(path=folder / "index", batch_size=64),
            rerank=RerankConfig(enabled=False),
        )
        self._items = items
        self.version = 0

    def texts(self) -> dict[str, str]:
        """Return each item's text by id in this version."""
        found = {}
        for number in range(self.version * 7, self.version * 7 + self._items):
            written = max((v for v in range(self.version + 1) if (number + v) % 3 == 0), default=0)
            found[f"k{number:05d}"] = f"the keeper of lighthouse {number} as told in edition {written}"
        return found

    def write(self) -> None:
        """Write the file in one move, as a careful exporter does."""
        rows = [
            {"id": item_id, "title": f"Tale {item_id}", "text": text, "fame": len(text), "genres": ["Drama"]}
            for item_id, text in self.texts().items()
        ]
        partial = self.path.with_suffix(".partial")
        partial.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        partial.replace(self.path)


def kill_builds(folder: Path, items: int, kills: int, seed: int, say: Say = lambda _line: None) -> KillReport:
    """Start builds and kill them until so many were killed at work; then let one finish.

    A build that finishes before its kill counts as finished, and the catalogue changes.

    Args:
        folder: for the catalogue and its index; empty or absent.
        items: in the catalogue.
        kills: how many.
        seed: fixes the moments.
        say: told after each kill.
    """
    preload()
    folder.mkdir(parents=True, exist_ok=True)
    shelf = _Shelf(folder, items)
    rng = np.random.default_rng(seed)
    problems: list[str] = []
    stages: Counter[str] = Counter()
    shelf.write()
    started = time.monotonic()
    if _finish(_Child(lambda tell: _build(shelf, tell))) != "done":
        return KillReport(items=items, builds=1, killed=0, stages={}, problems=("The first build failed.",))
    whole = time.monotonic() - started
    served, builds = shelf.texts(), 1
    shelf.version += 1
    shelf.write()
    while sum(stages.values()) < kills:
        builds += 1
        child = _Child(lambda tell: _build(shelf, tell))
        last = child.kill_after(float(rng.uniform(0, 1.1 * whole)))
        if last == "done":
            served = shelf.texts()
            shelf.version += 1
            shelf.write()
            continue
        stages[last] += 1
        found = _checked(shelf, served, shelf.texts())
        if found == "next":
            served = shelf.texts()
        elif found:
            problems.append(f"after kill {sum(stages.values())}, while at {last!r}: {found}")
        say(f"kill {sum(stages.values())} of {kills}, at {last!r}: {'sound' if found in ('', 'next') else found}")
    if _finish(_Child(lambda tell: _build(shelf, tell))) != "done":
        problems.append("The last build failed.")
    elif found := _checked(shelf, shelf.texts(), None):
        problems.append(f"at the end: {found}")
    return KillReport(
        items=items, builds=builds + 1, killed=sum(stages.values()), stages=dict(stages), problems=tuple(problems)
    )


class _Child:
    """A forked process that does some work, tells its stages through a pipe, and may be killed."""

    def __init__(self, work: Callable[[Callable[[str], None]], None]) -> None:
        reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            _work(work, writer)
        os.close(writer)
        self._reader = reader
        self._told = b""

    def kill_after(self, seconds: float) -> str:
        """Kill it after so long, unless it has finished, and return the last stage that it told."""
        self._listen(time.monotonic() + seconds)
        os.kill(self.pid, signal.SIGKILL)
        return self.last()

    def last(self) -> str:
        """Wait until it is gone, and return the last stage that it told."""
        self._listen(None)
        os.close(self._reader)
        os.waitpid(self.pid, 0)
        return (self._told.decode(errors="replace").splitlines() or ["start"])[-1]

    def _listen(self, until: float | None) -> None:
        while until is None or (left := until - time.monotonic()) > 0:
            if not select.select([self._reader], [], [], None if until is None else left)[0]:
                return
            some = os.read(self._reader, 65_536)
            if not some:
                return
            self._told += some


def _work(work: Callable[[Callable[[str], None]], None], writer: int) -> None:
    """Do the work of a child and leave without the parent's clean-up."""
    code = 1
    try:
        work(lambda stage: _write(writer, stage))
        _write(writer, "done")
        code = 0
    except BaseException:
        sys.stderr.write(traceback.format_exc())
        _write(writer, "failed")
    finally:
        os._exit(code)


def _write(writer: int, line: str) -> None:
    os.write(writer, f"{line}\n".encode())


def _build(shelf: _Shelf, tell: Callable[[str], None]) -> None:
    tell("read")

    def progress(done: int, count: int, _rate: float) -> None:
        tell("finish" if done == count else "index")

    build_index(shelf.settings, encoder=_SlowEncoder(), on_progress=progress)


def _checked(shelf: _Shelf, served: Mapping[str, str], following: Mapping[str, str] | None) -> str:
    """Check the index that serves in a process of its own; return what is wrong, or ``next`` where it is the next one.

    A build that is killed between its last act and its word that it is done has published: that index must be whole.
    """

    def check(tell: Callable[[str], None]) -> None:
        held = served_items(shelf.settings)
        found = [
            problem
            for problem in verify_index(shelf.settings, encoder=HashEncoder()).problems
            if "catalogue" not in problem
        ]
        texts = {item.id: item.description for item in held}
        if len(texts) != len(held):
            found.append(f"{len(held) - len(texts)} items are there twice")
        if texts != served and (following is None or texts != following):
            found.append("it does not hold what it held")
        tell("; ".join(found) or ("next" if texts != served else "sound"))

    child = _Child(check)
    child._listen(None)
    child.last()
    lines = child._told.decode().splitlines()
    if not lines or lines[-1] != "done":
        return f"it cannot be opened: {lines}"
    return {"sound": "", "next": "next"}.get(lines[-2], lines[-2])


def _finish(child: _Child) -> str:
    return child.last()
