"""Judge new orders by a log: estimates with intervals beside trivial orders, or the reason why there can be none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import Field

from retrieval.exploration import Logged
from retrieval.types import Value

from ..provenance import commit, machine
from .estimators import Estimate, Weights, doubly_robust, ips, logged_mean, root_clip, snips, weigh
from .intervals import session_interval
from .policies import Policy
from .reward import Model, predict
from .table import LogTable, Numbers, SupportError, positive, table_of


class EvaluationConfig(Value):
    """How orders are judged, and when the log is too thin to judge them."""

    clip: float = Field(0.0, ge=0.0)
    """Largest weight of a place; lower is steadier and leans to the logged order. 0 takes the root of the number of
    lists (Ionides, Truncated Importance Sampling, 2008)."""
    model: Model = "lightgbm"
    """What predicts rewards for the doubly robust estimate."""
    least_sample: float = Field(50.0, ge=1.0)
    """Effective sample size below which nothing is estimated."""
    least_sessions: int = Field(20, ge=2)
    """Sessions below which nothing is estimated."""
    most_unsupported: float = Field(0.05, ge=0.0, le=1.0)
    """Share of a new order on item and place that the log never tried, above which nothing is estimated."""
    most_clipped: float = Field(0.05, ge=0.0, le=1.0)
    """Share of places with a cut weight, above which nothing is estimated."""
    seed: int = 0


class Span(Value):
    """An estimate of positive reactions a list, with its 95 % interval over sessions."""

    value: float
    low: float
    high: float


class PolicyReport(Value):
    """What one order would bring."""

    name: str
    refused: str = ""
    """Why there is no estimate; empty when there is."""
    ips: Span | None = None
    snips: Span | None = None
    dr: Span | None = None
    above: Span | None = None
    """By how much DR puts it above the first order of the report, list by list."""
    effective_sample: float = 0.0
    unsupported: float = 0.0
    clipped: float = 0.0


class OffPolicyReport(Value):
    """What several orders would bring, by one log."""

    machine: str
    commit: str
    command: str = ""
    lists: int
    left_out: int
    """Lists without chance in them, which say nothing of other orders."""
    sessions: int
    logged: Span
    """What the logged lists brought, chance included."""
    policies: tuple[PolicyReport, ...]
    config: EvaluationConfig


def evaluate(
    lines: Sequence[Logged],
    policies: Sequence[Policy],
    config: EvaluationConfig | None = None,
    *,
    command: str = "",
    reward: Callable[[int | None], float] = positive,
) -> OffPolicyReport:
    """Return what each order would bring; the first is what the others are compared with.

    Raises:
        SupportError: the log cannot tell of any other order.
    """
    config = config or EvaluationConfig()
    table = table_of(lines, reward)
    explored = [line for line in lines if line.impression.explored]
    sessions = int(table.sessions.max()) + 1
    if sessions < config.least_sessions:
        raise SupportError(
            f"The log has {sessions} sessions with chance in them; {config.least_sessions} are needed for an interval.",
            hint="Collect more before judging a ranker by it.",
        )
    predictions = predict(table, config.model, config.seed)
    found: list[PolicyReport] = []
    base: Estimate | None = None
    for policy in policies:
        target = policy.chances(explored, table)
        report, estimate = _judge(policy.name, table, target, predictions, config, base)
        base = base or estimate
        found.append(report)
    return OffPolicyReport(
        machine=machine(),
        commit=commit(),
        command=command,
        lists=len(explored),
        left_out=len(lines) - len(explored),
        sessions=sessions,
        logged=_span(logged_mean(table), table, config.seed),
        policies=tuple(found),
        config=config,
    )


def _judge(
    name: str,
    table: LogTable,
    target: Numbers,
    predictions: Numbers,
    config: EvaluationConfig,
    base: Estimate | None,
) -> tuple[PolicyReport, Estimate | None]:
    clip = config.clip or root_clip(table)
    weights = weigh(table, target, clip)
    known = {
        "name": name,
        "effective_sample": weights.sample,
        "unsupported": weights.unsupported,
        "clipped": weights.clipped,
    }
    if reason := _lacking(weights, config, clip):
        return PolicyReport(refused=reason, **known), None
    robust = doubly_robust(table, target, weights, predictions)
    above = None
    if base is not None:
        change = Estimate(robust.value - base.value, robust.influence - base.influence)
        above = _span(change, table, config.seed)
    report = PolicyReport(
        ips=_span(ips(table, weights), table, config.seed),
        snips=_span(snips(table, weights), table, config.seed),
        dr=_span(robust, table, config.seed),
        above=above,
        **known,
    )
    return report, robust


def _lacking(weights: Weights, config: EvaluationConfig, clip: float) -> str:
    if weights.unsupported > config.most_unsupported:
        return (
            f"{weights.unsupported:.0%} of it puts items where the log never showed them "
            f"(at most {config.most_unsupported:.0%} may be)"
        )
    if weights.sample < config.least_sample:
        return (
            f"the log is worth only {weights.sample:.0f} lists of it at some place "
            f"(at least {config.least_sample:.0f} are needed)"
        )
    if weights.clipped > config.most_clipped:
        return f"{weights.clipped:.0%} of its weights were cut at {clip:.0f} (at most {config.most_clipped:.0%})"
    return ""


def _span(estimate: Estimate, table: LogTable, seed: int) -> Span:
    low, high = session_interval(estimate.influence, table.sessions, seed)
    return Span(value=estimate.value, low=low, high=high)


def render(report: OffPolicyReport) -> str:
    """Return the report as a table for a terminal or a page."""
    head = (
        f"{report.lists} lists with chance in them, of {report.sessions} sessions"
        + (f"; {report.left_out} without chance left out" if report.left_out else "")
        + ".\nPositive reactions a list, with 95 % intervals over sessions.\n"
    )
    rows = [
        "| order | IPS | SNIPS | DR | DR above the first | worth lists |",
        "|---|---|---|---|---|---|",
        f"| as logged, chance included (no estimate) | {_words(report.logged)} | | | | {report.lists} |",
    ]
    for row in report.policies:
        if row.refused:
            rows.append(f"| {row.name} | no estimate: {row.refused} | | | | {row.effective_sample:.0f} |")
        else:
            cells = " | ".join(_words(span) for span in (row.ips, row.snips, row.dr, row.above))
            rows.append(f"| {row.name} | {cells} | {row.effective_sample:.0f} |")
    return head + "\n".join(rows)


def _words(span: Span | None) -> str:
    return f"{span.value:.3f} ({span.low:.3f} to {span.high:.3f})" if span is not None else ""
