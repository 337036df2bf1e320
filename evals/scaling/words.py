"""Write the figures as a table, and draw them."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import MissingExtraError

from .types import Latency, ScaleReport, Size


def render_scaling(report: ScaleReport) -> str:
    """Return the figures as Markdown."""
    lines = [
        f"`{report.command}`, commit {report.commit}, {report.machine}",
        "",
        "| items | build s | items/s | store alone s | build rate / store rate | in processor time | build RSS MB "
        "| search RSS MB | disk MB | open s | update s | recall@100 |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(_size(size) for size in report.sizes),
        "",
        "| items | searches | n | p50 ms | p95 ms (95 % interval) | p95 / p95 free | processor ms p50 | p95 | plans |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_latency(size, one) for size in report.sizes for one in size.latencies),
        "",
        f"Hits that break a hard constraint: {sum(size.broken for size in report.sizes)}.",
    ]
    if (encoder := report.encoder) is not None:
        bare = encoder.encode_seconds + encoder.store_seconds
        lines.append(
            f"{encoder.items:,} films with the bundled encoder: built at {encoder.items / encoder.build_seconds:.0f} a "
            f"second, encoder and store alone {encoder.items / bare:.0f} a second "
            f"({bare / encoder.build_seconds:.2f} of it by the clock, {encoder.bare_cpu / encoder.build_cpu:.2f} in "
            "processor time)."
        )
    problems = [problem for size in report.sizes for problem in size.update_problems]
    return "\n".join([*lines, *(f"Problem after the update: {problem}" for problem in problems)])


def plot_scaling(report: ScaleReport, path: Path) -> None:
    """Draw search time, memory, disk and build time by number of items, as SVG or PNG by the path's ending.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("train") from error

    figure = Figure(figsize=(11, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    search, memory, build = figure.subplots(1, 3)
    items = [size.items for size in report.sizes]
    for kind, label in (("free", "no constraints"), ("bound", "hard constraints")):
        found = [(size.items, one) for size in report.sizes if (one := size.latency(kind)) is not None]
        at = [count for count, _ in found]
        search.plot(at, [one.p95 for _, one in found], marker="o", label=f"{label}, p95")
        search.fill_between(at, [one.low for _, one in found], [one.high for _, one in found], alpha=0.2)
        search.plot(at, [one.p50 for _, one in found], linestyle=":", marker=".", label=f"{label}, p50")
    search.set(xscale="log", ylim=(0, None), xlabel="items", ylabel="ms a search", title="search")
    search.legend(fontsize="small")
    for values, label in (
        ([size.build_rss_mb for size in report.sizes], "memory of the build"),
        ([size.search_rss_mb for size in report.sizes], "memory of search"),
        ([size.disk_mb for size in report.sizes], "disk"),
    ):
        memory.plot(items, values, marker="o", label=label)
    memory.set(xscale="log", yscale="log", xlabel="items", ylabel="MB", title="memory and disk")
    memory.legend(fontsize="small")
    build.plot(items, [size.build_seconds for size in report.sizes], marker="o", label="build")
    build.plot(items, [size.store_seconds for size in report.sizes], marker="o", label="the vector store in it")
    updates = [(size.items, size.update_seconds) for size in report.sizes if size.update_seconds is not None]
    build.plot(*zip(*updates, strict=True), marker="o", label="update, 1 % changed") if updates else None
    build.set(xscale="log", yscale="log", xlabel="items", ylabel="s", title="build and update")
    build.legend(fontsize="small")
    figure.savefig(path)


def _size(size: Size) -> str:
    alone = f"{size.store_seconds:.0f}" if size.store_alone else f"{size.store_seconds:.0f} (in the build)"
    worked = "" if size.store_cpu is None else f"{size.store_cpu / size.build_cpu:.2f}"
    update = "" if size.update_seconds is None else f"{size.update_seconds:.0f}"
    return (
        f"| {size.items:,} | {size.build_seconds:.0f} | {size.items / size.build_seconds:.0f} | {alone} "
        f"| {size.store_seconds / size.build_seconds:.2f} | {worked} | {size.build_rss_mb:.0f} "
        f"| {size.search_rss_mb:.0f} | {size.disk_mb:.0f} | {size.open_seconds:.1f} | {update} | {size.recall:.3f} |"
    )


def _latency(size: Size, one: Latency) -> str:
    free = size.latency("free")
    ratio = "" if free is None or one is free else f"{one.p95 / free.p95:.2f}"
    plans = ", ".join(f"{plan} {count}" for plan, count in one.plans.items())
    return (
        f"| {size.items:,} | {one.kind} | {one.searches} | {one.p50:.0f} "
        f"| {one.p95:.0f} ({one.low:.0f}-{one.high:.0f}) | {ratio} "
        f"| {one.cpu_p50:.0f} | {one.cpu_p95:.0f} | {plans} |"
    )
