"""Run the benchmark: for each size write a catalogue, build, store alone, search, update, and gather the figures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import demo
from retrieval.types import Item

from ..errors import EvalError
from ..provenance import commit, machine
from .encoding import measure_encoder
from .items import write_catalog
from .kills import KillReport
from .types import Latency, ScaleReport, Size

ANCHORS = 2048
_DRAWS = 2000
_ROOT = Path(__file__).parents[2]

Say = Callable[[str], None]


def measure_scaling(
    sizes: Sequence[int],
    folder: Path,
    *,
    command: str,
    seed: int = 42,
    k: int = 10,
    searches: int = 200,
    bare_up_to: int = 100_000,
    encoder_items: int = 2000,
    keep: bool = False,
    say: Say = lambda _line: None,
) -> ScaleReport:
    """Measure each size in processes of their own.

    Args:
        sizes: numbers of items.
        folder: where everything is written, some 7 GB for a million items.
        command: how this was called.
        seed: fixes all draws.
        k: items asked for.
        searches: searches without constraints, and as many with.
        bare_up_to: the bare store is run alone up to this many items; beyond it, the build's own count of its time in
            the store stands for it.
        encoder_items: films that are indexed with the real encoder; 0 leaves that out.
        keep: leave the last size's files.
        say: told what is under way.

    Raises:
        EvalError: a step failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    films = list(demo.films())
    encoder = measure_encoder(films, folder, ANCHORS, encoder_items, say)
    measured = []
    for size in sizes:
        place = folder / str(size)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        measured.append(_measure(place, size, films, seed, k, searches, bare_up_to, say))
        if not keep or size != sizes[-1]:
            shutil.rmtree(place)
    return ScaleReport(
        command=command,
        machine=machine(),
        commit=commit(),
        seed=seed,
        k=k,
        sizes=tuple(measured),
        encoder=encoder,
    )


def _measure(
    place: Path, size: int, films: list[Item], seed: int, k: int, searches: int, bare_up_to: int, say: Say
) -> Size:
    def step(name: str) -> dict[str, Any]:
        say(f"{size:,} items: {name}")
        return run_step(name, place, size, seed, k, searches)

    write_catalog(place, size, seed, films)
    catalog = (place / "items.jsonl").stat().st_size / 2**20
    built = step("build")
    disk = _megabytes(place / "index")
    searched = step("search")
    alone = size <= bare_up_to
    bare = step("bare") if alone else {"seconds": built["phases"]["store"], "cpu": None}
    _change(place / "items.jsonl", size)
    updated = step("build")
    return Size(
        items=size,
        build_seconds=built["seconds"],
        build_cpu=built["cpu"],
        phases=built["phases"],
        store_seconds=bare["seconds"],
        store_cpu=bare["cpu"],
        store_alone=alone,
        build_rss_mb=built["rss_mb"],
        search_rss_mb=searched["rss_mb"],
        disk_mb=disk,
        catalog_mb=catalog,
        open_seconds=searched["open"],
        recall=searched["recall"],
        broken=searched["broken"],
        latencies=_latencies(searched["rows"], seed),
        update_seconds=updated["seconds"],
        update_problems=tuple(step("verify")["problems"]),
    )


def kill_step(folder: Path, items: int, kills: int, seed: int) -> KillReport:
    """Kill builds, from a process of its own that has opened nothing yet.

    Raises:
        EvalError: that process failed.
    """
    found = run_step("kills", folder, items, seed, 0, kills)
    return KillReport.model_validate({name: found[name] for name in KillReport.model_fields})


def run_step(name: str, place: Path, *numbers: int) -> dict[str, Any]:
    """Run one step in a process of its own and return what it printed.

    Raises:
        EvalError: it failed.
    """
    command = [sys.executable, "-m", "evals.scaling.worker", name, str(place), *map(str, numbers)]
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})
    if done.returncode != 0:
        raise EvalError(f"Step {name!r} left with {done.returncode}.", hint="See its messages above.")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _change(path: Path, size: int) -> None:
    """Change one item in a hundred, take one in a thousand out and add as many."""
    changed = path.with_suffix(".changed")
    with path.open(encoding="utf-8") as old, changed.open("w", encoding="utf-8") as new:
        for place, line in enumerate(old):
            if place % 1000 == 7:
                item = json.loads(line)
                new.write(json.dumps({**item, "id": f"n{place:07d}"}, ensure_ascii=False) + "\n")
            elif place % 100 == 3:
                item = json.loads(line)
                new.write(json.dumps({**item, "text": item["text"] + " again"}, ensure_ascii=False) + "\n")
            else:
                new.write(line)
    changed.replace(path)


def _latencies(rows: Sequence[dict[str, Any]], seed: int) -> tuple[Latency, ...]:
    kinds = dict.fromkeys(["free", "bound", *(row["kind"] for row in rows)])
    found = []
    for kind in kinds:
        chosen = [row for row in rows if row["kind"] == kind or (kind == "bound" and row["kind"] != "free")]
        if not chosen:
            continue
        spent = np.array([row["ms"] for row in chosen])
        rng = np.random.default_rng(seed)
        draws = np.percentile(spent[rng.integers(len(spent), size=(_DRAWS, len(spent)))], 95, axis=1)
        names = dict.fromkeys(name for row in chosen for name in row["stages"])
        found.append(
            Latency(
                kind=kind,
                searches=len(chosen),
                p50=float(np.percentile(spent, 50)),
                p95=float(np.percentile(spent, 95)),
                low=float(np.percentile(draws, 2.5)),
                high=float(np.percentile(draws, 97.5)),
                cpu_p50=float(np.percentile([row["cpu"] for row in chosen], 50)),
                cpu_p95=float(np.percentile([row["cpu"] for row in chosen], 95)),
                stages={
                    name: float(np.percentile([row["stages"].get(name, 0.0) for row in chosen], 95)) for name in names
                },
                plans=dict(Counter(str(row["plan"]) for row in chosen)),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.kind != "free", one.kind != "bound")))


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
