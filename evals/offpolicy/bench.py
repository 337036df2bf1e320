"""Check the estimators where the truth is known: bias, error, and how often the interval holds it.

palate bench offpolicy
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydantic import Field

from retrieval.types import Value

from ..provenance import commit, machine
from .estimators import Estimate, doubly_robust, ips, logged_mean, replay, root_clip, snips, weigh
from .intervals import session_interval
from .reward import predict
from .simulate import World, draw_log, make_world, of_lists, orders
from .table import LogTable, Numbers


class BenchConfig(Value):
    """How much is simulated."""

    requests: int = Field(300, ge=10)
    """Requests in the population; the truth is their mean."""
    sessions: tuple[int, ...] = (100, 400)
    """Sessions of a log, of three lists each."""
    temperatures: tuple[float, ...] = (0.5, 1.0)
    """How much chance there was in the logged lists; 1 is the product's default."""
    repeats: int = Field(400, ge=2)
    """Logs drawn for each row."""
    least_sample: float = Field(50.0, ge=1.0)
    """Effective sample size below which the product gives no figure."""
    draws: int = Field(300, ge=50)
    """Bootstrap draws of an interval."""
    seed: int = 11


class EstimatorRow(Value):
    """How one estimator did on one kind of log and order."""

    temperature: float
    sessions: int
    order: str
    estimator: str
    truth: float
    """Clicks a list that the order brings."""
    bias: float
    """Mean estimate less the truth."""
    bias_error: float
    """Standard error of the bias."""
    rmse: float
    coverage: float
    """Share of logs whose 95 % interval holds the truth."""
    coverage_low: float
    """Ends of the 95 % interval of the coverage (Wilson, 1927)."""
    coverage_high: float
    width: float
    """Mean width of the interval."""
    sample: float
    """Mean effective sample size in lists."""
    answered: float
    """Share of logs by which the product would give a figure."""
    covered: float | None
    """Share of those whose interval holds the truth; None where there are none."""


class OffPolicyBench(Value):
    """All rows."""

    machine: str
    commit: str
    command: str
    config: BenchConfig
    rows: tuple[EstimatorRow, ...]


def measure(
    config: BenchConfig, command: str = "", on_step: Callable[[str], None] = lambda line: None
) -> OffPolicyBench:
    """Draw logs and return how the estimators did."""
    rows: list[EstimatorRow] = []
    for temperature in config.temperatures:
        world = make_world(config.requests, temperature, config.seed)
        for sessions in config.sessions:
            rows += _rows(world, temperature, sessions, config)
            on_step(f"temperature {temperature:g}, {sessions} sessions: done")
    return OffPolicyBench(machine=machine(), commit=commit(), command=command, config=config, rows=tuple(rows))


def _rows(world: World, temperature: float, sessions: int, config: BenchConfig) -> list[EstimatorRow]:
    targets = orders(world)
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    samples: dict[str, list[float]] = {name: [] for name in targets}
    for repeat in range(config.repeats):
        seed = config.seed + 1 + repeat
        table, requests = draw_log(world, sessions, seed)
        predictions = predict(table, "ridge", seed)
        for name, target in targets.items():
            wanted = of_lists(target, requests)
            estimates, sample = _estimates(table, wanted, predictions)
            samples[name].append(sample)
            for label, estimate in estimates.items():
                low, high = session_interval(estimate.influence, table.sessions, seed, config.draws)
                found.setdefault((name, label), []).append((estimate.value, low, high))
    return [
        _row(temperature, sessions, name, label, world.value(targets[name]), values, samples[name], config.least_sample)
        for (name, label), values in found.items()
    ]


def _estimates(table: LogTable, target: Numbers, predictions: Numbers) -> tuple[dict[str, Estimate], float]:
    weights = weigh(table, target, root_clip(table))
    return {
        "logged mean": logged_mean(table),
        "agreeing places": replay(table, target),
        "IPS": ips(table, weights),
        "SNIPS": snips(table, weights),
        "DR": doubly_robust(table, target, weights, predictions),
    }, weights.sample


def _row(
    temperature: float,
    sessions: int,
    order: str,
    label: str,
    truth: float,
    values: list[tuple[float, float, float]],
    samples: list[float],
    least: float,
) -> EstimatorRow:
    numbers = np.array(values)
    error = numbers[:, 0] - truth
    held = (numbers[:, 1] <= truth) & (truth <= numbers[:, 2])
    low, high = wilson(int(held.sum()), len(held))
    enough = np.array(samples) >= least
    return EstimatorRow(
        temperature=temperature,
        sessions=sessions,
        order=order,
        estimator=label,
        truth=truth,
        bias=float(error.mean()),
        bias_error=float(error.std(ddof=1) / np.sqrt(len(error))),
        rmse=float(np.sqrt((error**2).mean())),
        coverage=float(held.mean()),
        coverage_low=low,
        coverage_high=high,
        width=float((numbers[:, 2] - numbers[:, 1]).mean()),
        sample=float(np.mean(samples)),
        answered=float(enough.mean()),
        covered=float(held[enough].mean()) if enough.any() else None,
    )


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927)."""
    z, share = 1.959964, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return float(middle - half), float(middle + half)


def render(bench: OffPolicyBench) -> str:
    """Return the figures as tables."""
    config, parts = bench.config, []
    parts.append(f"{config.repeats} logs a row; {bench.machine}; commit {bench.commit}.")
    for temperature in config.temperatures:
        for sessions in config.sessions:
            rows = [row for row in bench.rows if (row.temperature, row.sessions) == (temperature, sessions)]
            parts += [
                f"\nTemperature {temperature:g}, {sessions} sessions ({3 * sessions} lists)\n",
                "| order (clicks a list) | estimator | bias ± s.e. | RMSE | coverage (95 % interval) | width "
                "| worth lists | answered, coverage then |",
                "|---|---|---|---|---|---|---|---|",
            ]
            parts += [
                f"| {row.order} ({row.truth:.3f}) | {row.estimator} | {row.bias:+.4f} ± {row.bias_error:.4f} "
                f"| {row.rmse:.4f} | {row.coverage:.3f} ({row.coverage_low:.3f} to {row.coverage_high:.3f}) "
                f"| {row.width:.3f} | {row.sample:.0f} | {row.answered:.2f}, {_share(row.covered)} |"
                for row in rows
            ]
    return "\n".join(parts)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def plot(bench: OffPolicyBench, path: Path) -> None:
    """Draw the coverage and the error of each estimator as an SVG file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "palate"
    names = list(dict.fromkeys(row.estimator for row in bench.rows))
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    for at, name in enumerate(names):
        rows = [row for row in bench.rows if row.estimator == name]
        jitter = np.linspace(-0.25, 0.25, len(rows))
        coverage = np.array([row.coverage for row in rows])
        spread = np.array(
            [[row.coverage - row.coverage_low for row in rows], [row.coverage_high - row.coverage for row in rows]]
        )
        left.errorbar(at + jitter, coverage, yerr=np.maximum(spread, 0.0), fmt="o", markersize=3, linewidth=1)
        right.plot(at + jitter, [row.rmse for row in rows], "o", markersize=4)
    left.axhline(0.95, color="grey", linestyle="--", linewidth=1)
    left.set_ylim(-0.02, 1.02)
    left.set_ylabel("share of intervals that hold the truth")
    right.set_ylabel("root mean squared error, clicks a list")
    right.set_ylim(bottom=0)
    for axis in (left, right):
        axis.set_xticks(range(len(names)), names, rotation=20)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
