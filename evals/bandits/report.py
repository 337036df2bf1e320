"""Print and draw the regret of learners."""

from __future__ import annotations

from pathlib import Path

from .bench import REQUESTS, BanditBench


def render(bench: BanditBench) -> str:
    """Return the figures as a table."""
    rounds = bench.config.rounds
    rows = [
        f"{bench.config.users} users, {rounds} requests each, {bench.items} films, {bench.features} features; "
        f"{bench.machine}; commit {bench.commit}.\n",
        f"| requests | learner | explores | regret after {rounds // 10} | after {rounds} | grows as t^ "
        "| regret a list at the end | accepted of 5 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for curve in bench.curves:
        early = min(range(len(curve.rounds)), key=lambda at: abs(curve.rounds[at] - rounds // 10))
        exponent, low, high = curve.exponent
        late, late_low, late_high = curve.late
        rows.append(
            f"| {curve.requests} | {curve.learner} | {curve.amount:g} | {curve.mean[early]:.0f} "
            f"| {curve.mean[-1]:.0f} ({curve.low[-1]:.0f} to {curve.high[-1]:.0f}) "
            f"| {exponent:.2f} ({low:.2f} to {high:.2f}) | {late:.3f} ({late_low:.3f} to {late_high:.3f}) "
            f"| {curve.accepted:.2f} |"
        )
    return "\n".join(rows)


def plot(bench: BanditBench, path: Path) -> None:
    """Draw regret against time with bands of 95 %, as an SVG file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "palate"
    figure, axes = pyplot.subplots(1, len(REQUESTS), figsize=(9.0, 3.8), layout="constrained")
    for axis, requests in zip(axes, REQUESTS, strict=True):
        for curve in bench.curves:
            if curve.requests != requests:
                continue
            (line,) = axis.plot(curve.rounds, curve.mean, label=curve.learner, linewidth=1.5)
            axis.fill_between(curve.rounds, curve.low, curve.high, alpha=0.2, color=line.get_color(), linewidth=0)
        best = max(curve.high[-1] for curve in bench.curves if curve.requests == requests and curve.learner != "random")
        axis.set_ylim(0, 1.25 * best)
        axis.set_title(requests)
        axis.set_xlabel("requests of a user")
        axis.set_ylabel("acceptances missed so far")
    axes[0].legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
