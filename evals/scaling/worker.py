"""One step of the benchmark in a process of its own, so that its memory is its own.

python -m evals.scaling.worker STEP FOLDER COUNT SEED K SEARCHES
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import IndexConfig, RerankConfig, RetrievalSettings, Retriever, build_index, demo, verify_index
from retrieval.probing import bare_store, dense_recall, fact_counter, satisfied
from retrieval.types import Item, Query, SearchResult, Vectors

from .items import ItemSource, catalog_config
from .kills import kill_builds
from .queries import BANDS, QuerySource
from .vectors import SyntheticEncoder

_WARM = 20
_RECALL_QUERIES = 100
_BATCH = 1000


def settings(folder: Path) -> RetrievalSettings:
    """Return the settings of the benchmark's index, without reranker: its cost does not grow with the index."""
    return RetrievalSettings(
        catalog=catalog_config(folder / "items.jsonl"),
        index=IndexConfig(path=folder / "index"),
        rerank=RerankConfig(enabled=False),
    )


def build(folder: Path, count: int, seed: int, k: int, searches: int) -> dict[str, Any]:
    """Build or update the index; tell how long it took."""
    encoder = SyntheticEncoder.read(folder.parent, seed)
    started, worked = time.perf_counter(), time.process_time()
    manifest = build_index(settings(folder), encoder=encoder, on_read=_tell("read"), on_progress=_tell("indexed"))
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - worked,
        "phases": dict(manifest.seconds),
        "items": manifest.items,
    }


def bare(folder: Path, count: int, seed: int, k: int, searches: int) -> dict[str, Any]:
    """Store as many vectors in Chroma and nothing else."""
    place = folder / "bare"
    encoder = SyntheticEncoder.read(folder.parent, seed)

    def batches() -> Iterator[tuple[Sequence[str], Vectors]]:
        for start in range(0, count, _BATCH):
            ids = [f"s{at:07d}" for at in range(start, min(start + _BATCH, count))]
            yield ids, encoder.encode_items(ids)

    worked = time.process_time()
    seconds = bare_store(place, batches(), count)
    worked = time.process_time() - worked
    shutil.rmtree(place)
    return {"seconds": seconds, "cpu": worked}


def search(folder: Path, count: int, seed: int, k: int, searches: int) -> dict[str, Any]:
    """Search: half without constraints, half with, in an order drawn by chance, each query once."""
    encoder = SyntheticEncoder.read(folder.parent, seed)
    queries = drawn_queries(folder, count, seed, k, searches)
    started = time.perf_counter()
    retriever = Retriever.open(settings(folder), encoder=encoder)
    retriever.search(queries[0][1])
    opened = time.perf_counter() - started
    rows, broken = [], 0
    try:
        for place, (kind, query) in enumerate(queries[1:]):
            began, worked = time.perf_counter(), time.process_time()
            found = retriever.search(query)
            spent, cpu = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
            broken += _broken(found, query, retriever)
            if place >= _WARM:
                rows.append(
                    {"kind": kind, "ms": spent, "cpu": cpu, "plan": found.plan, "stages": dict(found.timings_ms)}
                )
    finally:
        retriever.close()
    recall = dense_recall(settings(folder), encoder.encode_query([f"q{at}" for at in range(_RECALL_QUERIES)]), 100)
    return {"open": opened, "rows": rows, "broken": broken, "recall": recall}


def verify(folder: Path, count: int, seed: int, k: int, searches: int) -> dict[str, Any]:
    """Check that the parts of the index agree."""
    found = verify_index(settings(folder), encoder=SyntheticEncoder.read(folder.parent, seed))
    return {"problems": list(found.problems), "counts": dict(found.counts)}


def kills(folder: Path, count: int, seed: int, k: int, searches: int) -> dict[str, Any]:
    """Kill builds of a small catalogue; ``searches`` is how many."""
    report = kill_builds(folder, count, searches, seed, _say)
    return report.model_dump()


def drawn_queries(folder: Path, count: int, seed: int, k: int, searches: int) -> list[tuple[str, Query]]:
    """Return (kind, query) in an order drawn by chance; the first ones warm up. A kind is ``free`` or a band."""
    films: list[Item] = list(demo.films())
    source = ItemSource(films, seed)
    queries = QuerySource(films, source.words, source.shares, count, seed)
    drawn = [("free", queries.free(k)) for _ in range(searches + _WARM + 1)]
    # Facts of their own, so that no answer is known beforehand to those that are timed.
    count_items, close = fact_counter(settings(folder))
    try:
        for band in BANDS:
            for _ in range(searches // len(BANDS)):
                query = queries.bound(k, band, count_items)
                if query is None:
                    break
                drawn.append((f"{100 * band[0]:g}-{100 * band[1]:g} %", query))
    finally:
        close()
    order = np.random.default_rng(seed).permutation(np.arange(_WARM + 1, len(drawn))).tolist()
    return [*drawn[: _WARM + 1], *(drawn[at] for at in order)]


def _broken(found: SearchResult, query: Query, retriever: Retriever) -> int:
    return sum(not satisfied(hit.item, query, retriever.schema) for hit in found.hits)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _most_memory() -> float:
    """Return the greatest memory of this process so far, in MB, memory-mapped pages included."""
    status = Path("/proc/self/status")
    if status.is_file():
        # What ``getrusage`` says includes the process that this one was forked from.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    # macOS counts in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def _tell(stage: str) -> Callable[..., None]:
    told = 0.0

    def tell(done: int, *_rest: object) -> None:
        nonlocal told
        if time.monotonic() - told > 5:
            told = time.monotonic()
            sys.stderr.write(f"{stage} {done:,}\n")

    return tell


STEPS = {"build": build, "bare": bare, "search": search, "verify": verify, "kills": kills}


def main() -> None:
    """Run the step named on the command line and print what it found as one line of JSON."""
    step, folder, *numbers = sys.argv[1:]
    found = STEPS[step](Path(folder), *(int(number) for number in numbers))
    found["rss_mb"] = _most_memory()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
