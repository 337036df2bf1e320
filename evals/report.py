"""Put a report into words: a line per check with its interval, a line per tag, and every failure with what happened."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from .finding import clip
from .types import CaseResult, Claim, Report, Score

_MOST_TEXT = 240
MOST_UNSCORED = 0.02
"""A run with a larger share of unscored checks is red: its figures say too little."""


def rate(passed: int, total: int, z: float = 1.96) -> tuple[float, float, float]:
    """Return a share and its 95% interval (Wilson, 1927); all are 0 for an empty total."""
    if total == 0:
        return 0.0, 0.0, 0.0
    share = passed / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return share, max(0.0, centre - half), min(1.0, centre + half)


def is_red(report: Report) -> bool:
    """Return whether a check failed or too many could not be scored."""
    scores = report.scores
    missing = sum(score.value is None for score in scores)
    return any(score.value == 0.0 for score in scores) or missing > MOST_UNSCORED * len(scores)


def render(report: Report, *, failures: bool = True) -> str:
    """Return the report as text."""
    info = report.info
    parts = [
        f"Suite {info.suite!r} ({info.suite_sha256[:12]}), {len(report.results)} cases in {info.seconds} s",
        f"palate {info.version} commit {info.commit or 'unknown'}, model {info.model}, settings {info.config_hash}",
    ]
    if info.degraded:
        turns = [turn for result in report.results for turn in result.turns]
        share = f"{sum(bool(turn.degraded) for turn in turns)} of {len(turns)} turns"
        parts.append(f"degraded in {share}: {'; '.join(info.degraded)}")
    parts += ["", *_table(report), "", *_by_tag(report.results), "", _total(report)]
    if failures:
        parts += [line for result in report.results for line in describe_failures(result)]
    return "\n".join(parts)


def describe_failures(result: CaseResult) -> Iterator[str]:
    """Yield lines on the checks of a case that do not hold or could not be scored, by turn."""
    for number, turn in enumerate(result.turns, start=1):
        wrong = [score for score in result.scores if score.turn == number and score.value != 1.0]
        if not wrong:
            continue
        yield ""
        yield f"{result.name}, turn {number}: {turn.deed!r}"
        if turn.error:
            yield f"  FAILED: {turn.error}; its {len(wrong) - 1} other checks are unscored"
            continue
        yield f"  {turn.action or 'no reply'}: {clip(' / '.join(turn.text.splitlines()), _MOST_TEXT)}"
        yield f"  items: {'; '.join(turn.items) or '-'}"
        yield f"  wishes: {'; '.join(turn.preferences) or '-'}"
        for score in wrong:
            yield f"  {'UNSCORED' if score.value is None else 'FAILED'} {score.check}: {score.reason}"


def render_claims(claims: Sequence[Claim]) -> str:
    """Return reasons with their evidence and the item's facts, for reading by hand."""
    lines = []
    for number, claim in enumerate(claims, start=1):
        lines += [
            f"{number}. {claim.reason}",
            f"   said: {claim.said!r} ({claim.case}, turn {claim.turn})",
            f"   evidence: {' | '.join(claim.evidence) or 'none'}",
            f"   facts: {claim.facts}",
            "",
        ]
    return "\n".join(lines)


def pick_claims(report: Report, wanted: int) -> list[Claim]:
    """Return up to ``wanted`` claims spread evenly over the run."""
    claims = [claim for result in report.results for claim in result.claims]
    if len(claims) <= wanted:
        return claims
    return [claims[index * len(claims) // wanted] for index in range(wanted)]


def _table(report: Report) -> Iterator[str]:
    yield f"{'check':<18}{'v':>3}{'held':>8}  {'95% interval':<16}{'scored':>7}{'unscored':>9}"
    for name, version in report.info.scorers.items():
        scores = [score for score in report.scores if score.check == name]
        if scores:
            yield f"{name:<18}{version:>3}{_figures(scores)}"


def _figures(scores: Sequence[Score]) -> str:
    scored = [score.value for score in scores if score.value is not None]
    share, low, high = rate(sum(value == 1.0 for value in scored), len(scored))
    interval = f"{low:.1%} to {high:.1%}" if scored else "-"
    held = f"{share:.1%}" if scored else "-"
    return f"{held:>8}  {interval:<16}{len(scored):>7}{len(scores) - len(scored):>9}"


def _by_tag(results: Sequence[CaseResult]) -> Iterator[str]:
    yield f"{'tag':<18}{'cases passed':>14}"
    for tag in sorted({tag for result in results for tag in result.tags}):
        tagged = [result for result in results if tag in result.tags]
        yield f"{tag:<18}{_share(tagged):>14}"


def _total(report: Report) -> str:
    share, low, high = rate(sum(result.passed for result in report.results), len(report.results))
    return f"Cases passed: {_share(report.results)} = {share:.1%} (95% interval {low:.1%} to {high:.1%})"


def _share(results: Iterable[CaseResult]) -> str:
    listed = list(results)
    return f"{sum(result.passed for result in listed)} of {len(listed)}"
