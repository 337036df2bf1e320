"""Time walks over made-up catalogues of growing size, shaped like the demo's."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from retrieval.graph import Graph, GraphConfig, open_graph, write_graph
from retrieval.places import Column
from retrieval.types import AttributeSpec, CatalogSchema, Value

from ..provenance import commit, machine

SIZES = (10_000, 100_000, 1_000_000)
_KINDS = {"genres": (2.4, 21), "moods": (1.0, 73), "people": (5.0, 0.6), "makers": (1.2, 0.5), "writers": (1.5, 0.5)}
"""Facts of an item on average, and how many values there are: a number, or a share of the items."""


class SpeedRow(Value):
    """One size."""

    items: int
    nodes: int
    edges: int
    build_s: float
    """Seconds to make the graph and write it."""
    file_mb: float
    walk_ms_p50: float
    """Milliseconds of a walk of one round from three liked items."""
    walk_ms_p95: float
    pagerank_ms_p50: float
    """The same with three rounds."""


class SpeedReport(Value):
    """All sizes."""

    command: str
    machine: str
    commit: str
    rows: tuple[SpeedRow, ...]


def measure_walks(
    sizes: Sequence[int] = SIZES,
    *,
    command: str,
    walks: int = 100,
    seed: int = 42,
    say: Callable[[str], None] = lambda line: None,
) -> SpeedReport:
    """Make a graph of each size and walk over it."""
    rows = []
    for size in sizes:
        say(f"{size:,} items")
        rows.append(_row(size, walks, np.random.default_rng(seed)))
    return SpeedReport(command=command, machine=machine(), commit=commit(), rows=tuple(rows))


def _row(items: int, walks: int, rng: np.random.Generator) -> SpeedRow:
    schema = CatalogSchema(name="made up", attributes=tuple(AttributeSpec(name=n, kind="categories") for n in _KINDS))
    columns = {name: _column(items, mean, values, rng) for name, (mean, values) in _KINDS.items()}
    with tempfile.TemporaryDirectory(prefix="palate-graph-") as folder:
        started = time.perf_counter()
        write_graph(Path(folder), columns, schema, items)
        built = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        graph = open_graph(Path(folder), columns, schema, items)
        once = _times(graph, GraphConfig(), walks, rng)
        rounds = _times(graph, GraphConfig(rounds=3), max(5, walks // 10), rng)
        return SpeedRow(
            items=items,
            nodes=int(graph.starts[-1]),
            edges=graph.edges,
            build_s=round(built, 2),
            file_mb=round(size / 2**20, 1),
            walk_ms_p50=round(float(np.percentile(once, 50)), 2),
            walk_ms_p95=round(float(np.percentile(once, 95)), 2),
            pagerank_ms_p50=round(float(np.percentile(rounds, 50)), 2),
        )


def _column(items: int, mean: float, values: float, rng: np.random.Generator) -> Column:
    """Return made-up facts; few values are had by many items, most by few (Zipf)."""
    count = int(values) if values > 1 else max(2, int(values * items))
    places = np.repeat(np.arange(items), rng.poisson(mean, items))
    chances = 1.0 / np.arange(1, count + 1) ** 0.8
    codes = rng.choice(count, size=len(places), p=chances / chances.sum())
    pairs = np.unique(codes.astype(np.int64) * items + places)
    counts = np.bincount(pairs // items, minlength=count)
    return Column(np.arange(count, dtype=np.float64), None, np.cumsum(counts), (pairs % items).astype(np.int32))


def _times(graph: Graph, config: GraphConfig, walks: int, rng: np.random.Generator) -> list[float]:
    found = []
    for _ in range(walks):
        liked = {int(place): 1.0 for place in rng.integers(0, graph.items, 3)}
        started = time.perf_counter()
        graph.walk(liked, config=config)
        found.append((time.perf_counter() - started) * 1000)
    return found


def render_walks(report: SpeedReport) -> str:
    """Return the report as Markdown."""
    lines = [
        f"Command: `{report.command}`; commit {report.commit or 'unknown'}",
        f"Machine: {report.machine}",
        "",
        "| items | values | edges | made in | on disk | walk p50 | walk p95 | three rounds p50 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.items:,} | {row.nodes:,} | {row.edges:,} | {row.build_s:.1f} s | {row.file_mb:.0f} MB"
        f" | {row.walk_ms_p50:.1f} ms | {row.walk_ms_p95:.1f} ms | {row.pagerank_ms_p50:.1f} ms |"
        for row in report.rows
    ]
    return "\n".join(lines) + "\n"
