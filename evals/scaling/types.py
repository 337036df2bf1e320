"""What a run of the benchmark found."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.types import Value


class Latency(Value):
    """Milliseconds of the searches of one kind."""

    kind: str
    """``free``, ``bound`` for all with hard constraints, or a band of the share of items that satisfy them."""
    searches: int
    p50: float
    p95: float
    low: float
    """Bootstrap interval of the p95, 95 %."""
    high: float
    cpu_p50: float
    cpu_p95: float
    """Milliseconds of processor time, which others on the machine hardly touch."""
    stages: Mapping[str, float] = {}
    """p95 of each stage."""
    plans: Mapping[str, int] = {}
    """Searches by plan."""


class Size(Value):
    """All figures at one number of items."""

    items: int
    build_seconds: float
    build_cpu: float
    """Seconds of processor time of all threads, which others on the machine hardly touch."""
    phases: Mapping[str, float]
    """Seconds: ``read`` the catalogue, ``index`` it, of which ``encode``; ``store`` in a thread of its own."""
    store_seconds: float
    """What the bare store takes for the same vectors; at sizes where it is not run alone, what it took in the build."""
    store_cpu: float | None
    """Seconds of processor time of the bare store; None at sizes where it is not run alone."""
    store_alone: bool
    """Whether the bare store was run alone."""
    build_rss_mb: float
    """Greatest memory of the building process, memory-mapped pages included."""
    search_rss_mb: float
    disk_mb: float
    catalog_mb: float
    open_seconds: float
    """From nothing to the first answer."""
    recall: float
    """Share of the true 100 nearest that the vector store finds without constraints."""
    broken: int
    """Hits that do not satisfy a hard constraint."""
    latencies: tuple[Latency, ...]
    update_seconds: float | None = None
    """An update with 1 % of items changed, 0.1 % new and 0.1 % gone."""
    update_problems: tuple[str, ...] = ()

    def latency(self, kind: str) -> Latency | None:
        """Return the figures of one kind of search."""
        return next((one for one in self.latencies if one.kind == kind), None)


class EncoderRate(Value):
    """A build with the real encoder beside the bare encoder on the same texts."""

    items: int
    build_seconds: float
    build_cpu: float
    encode_seconds: float
    """The bare encoder."""
    store_seconds: float
    """The bare store."""
    bare_cpu: float
    """Seconds of processor time of these two."""


class ScaleReport(Value):
    """What the benchmark found."""

    command: str
    machine: str
    commit: str
    seed: int
    k: int
    sizes: tuple[Size, ...]
    encoder: EncoderRate | None = None
