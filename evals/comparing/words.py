"""Put a comparison into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..report import rate
from .stats import ALPHA, POWER
from .types import Comparison, Speed

_MOST = 40
"""Names listed on one line's behalf; the rest are counted."""


def render_comparison(found: Comparison) -> str:
    """Return the comparison as text, the verdict last."""
    return "\n".join(
        [*_runs(found), "", *_table(found), *_speed(found.speed), "", *_names(found), *_limits(found), "", _told(found)]
    )


def _runs(found: Comparison) -> Iterator[str]:
    for name, info in (("A", found.a), ("B", found.b)):
        yield (
            f"{name}: suite {info.suite!r} of {info.started_at}, palate {info.version} commit "
            f"{info.commit or 'unknown'}, model {info.model}, settings {info.config_hash}"
        )
    if found.a.machine != found.b.machine:
        yield "The machines differ, so times say nothing of the code:"
        yield f"  A: {found.a.machine or 'unknown'}"
        yield f"  B: {found.b.machine or 'unknown'}"


def _table(found: Comparison) -> Iterator[str]:
    yield f"{'':<18}{'pairs':>7}{'A':>8}{'B':>8}{'red':>6}{'green':>7}{'p':>9}"
    for change in (found.cases, *found.checks):
        shares = (rate(held, change.pairs)[0] for held in (change.before, change.after))
        before, after = (f"{share:.1%}" if change.pairs else "-" for share in shares)
        yield (
            f"{change.name:<18}{change.pairs:>7}{before:>8}{after:>8}{change.lost:>6}{change.won:>7}"
            f"{'< 0.0001' if change.p < 0.0001 else f'{change.p:.4f}':>9}"
        )
    if found.checks:
        yield "Checks: those that changed, p adjusted for being several (Holm). Checks of one case hang together, so"
        yield "they point at where to look; the verdict is by cases."


def _speed(speed: Speed | None) -> Iterator[str]:
    if speed is not None:
        yield (
            f"Median turn: {speed.before_ms:,.0f} ms to {speed.after_ms:,.0f} ms over {speed.turns} turns, ratio "
            f"{speed.ratio:.2f} (95% interval {speed.low:.2f} to {speed.high:.2f})"
        )


def _names(found: Comparison) -> Iterator[str]:
    for label, names in (
        ("Turned red", found.red),
        ("Turned green", found.green),
        ("Passed in A and could not be scored in B", found.lost_sight),
        ("Not scored in one of the runs, so no pair", found.unscored),
        ("Only in A, not compared", found.only_a),
        ("Only in B, not compared", found.only_b),
        ("Says something else in each run, not compared", found.changed),
        ("Scorers of other versions, left out", found.rescored),
    ):
        if names:
            yield f"{label} ({len(names)}): {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _limits(found: Comparison) -> Iterator[str]:
    pairs = found.cases.pairs
    if found.detectable is None:
        yield f"{pairs} pairs are too few: no change of them would be found significant at {ALPHA:g}."
    else:
        yield (
            f"What {pairs} pairs can show: a change of {found.detectable} cases ({found.detectable / pairs:.1%}), all "
            f"one way, is found {POWER:.0%} of the time; a smaller one will mostly be missed."
        )


def _told(found: Comparison) -> str:
    change = found.cases
    if not change.lost and not change.won:
        return "No case changed."
    interval = f"{change.difference:+.1%} (95% interval {found.low:+.1%} to {found.high:+.1%}), p = {change.p:.4f}"
    if found.significant:
        return f"B is {'worse' if found.worse else 'better'}: {interval}."
    return f"No significant difference in cases passed: {interval}."
