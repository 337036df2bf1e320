"""Pair the cases and checks of two runs by name, and judge the differences. Reads no files."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..errors import ReportError
from ..types import CaseResult, Report, Score
from .stats import detectable, holm, mcnemar, median_ratio, share_difference
from .types import Change, Comparison, Speed

Pair = tuple[CaseResult, CaseResult]


def compare(a: Report, b: Report, *, common: bool = False, seed: int = 42) -> Comparison:
    """Compare two runs of one suite.

    A case passes when every check of it was scored and holds; one in which something could not be scored, while
    nothing failed, is no pair. Checks whose scorers differ in version count in neither run.

    Args:
        a: the run before.
        b: the run after.
        common: compare the cases that are the same in both when the suites are not.
        seed: of the intervals.

    Raises:
        ReportError: the suites differ and ``common`` is not set, or no case is in both.
    """
    same = a.info.suite_sha256 == b.info.suite_sha256
    if not same and not common:
        raise ReportError(
            f"The runs are of different suites: {a.info.suite!r} ({a.info.suite_sha256[:12]}) and "
            f"{b.info.suite!r} ({b.info.suite_sha256[:12]}).",
            hint="Run the same suite with the same filters twice, or compare only the cases they share: --common.",
        )
    before = {result.name: result for result in a.results}
    after = {result.name: result for result in b.results}
    shared = [name for name in before if name in after]
    alike = [name for name in shared if same or (before[name].sha256 and before[name].sha256 == after[name].sha256)]
    if not alike:
        raise ReportError("No case is the same in both runs.", hint="Run the same suite twice.")
    rescored = tuple(
        sorted(check for check, version in a.info.scorers.items() if b.info.scorers.get(check, version) != version)
    )
    pairs = [(_without(before[name], rescored), _without(after[name], rescored)) for name in alike]
    outcomes = {one.name: (_outcome(one), _outcome(other)) for one, other in pairs}
    scored = {name: (was, now) for name, (was, now) in outcomes.items() if was is not None and now is not None}
    low, high = _interval(list(scored.values()), seed)
    return Comparison(
        a=a.info,
        b=b.info,
        cases=_change("cases", scored.values()),
        low=low,
        high=high,
        red=tuple(name for name, (was, now) in scored.items() if was and not now),
        green=tuple(name for name, (was, now) in scored.items() if now and not was),
        unscored=tuple(name for name in outcomes if name not in scored),
        lost_sight=tuple(name for name, (was, now) in outcomes.items() if was and now is None),
        checks=_checks(pairs),
        detectable=detectable(len(scored)),
        speed=_speed(pairs, seed),
        only_a=tuple(name for name in before if name not in after),
        only_b=tuple(name for name in after if name not in before),
        changed=tuple(name for name in shared if name not in alike),
        rescored=rescored,
    )


def _without(result: CaseResult, checks: Sequence[str]) -> CaseResult:
    kept = tuple(score for score in result.scores if score.check not in checks)
    return result.model_copy(update={"scores": kept})


def _outcome(result: CaseResult) -> bool | None:
    """Whether a case passed; None when that is not known."""
    if any(score.value == 0.0 for score in result.scores):
        return False
    return True if result.passed else None


def _change(name: str, pairs: Iterable[tuple[bool, bool]]) -> Change:
    counts = Counter(pairs)
    lost, won = counts[True, False], counts[False, True]
    return Change(
        name=name,
        pairs=sum(counts.values()),
        before=counts[True, True] + lost,
        after=counts[True, True] + won,
        lost=lost,
        won=won,
        p=mcnemar(lost, won),
    )


def _interval(pairs: Sequence[tuple[bool, bool]], seed: int) -> tuple[float, float]:
    if not pairs:
        return -1.0, 1.0
    return share_difference([was for was, _ in pairs], [now for _, now in pairs], seed)


def _checks(pairs: Sequence[Pair]) -> tuple[Change, ...]:
    """Return the checks that changed, most losses first."""
    found: dict[str, list[tuple[bool, bool]]] = {}
    for one, other in pairs:
        was, now = _by_place(one.scores), _by_place(other.scores)
        for place in was.keys() & now.keys():
            found.setdefault(place[1], []).append((was[place], now[place]))
    changes = [_change(name, values) for name, values in sorted(found.items())]
    adjusted = holm([change.p for change in changes])
    listed = [change.model_copy(update={"p": p}) for change, p in zip(changes, adjusted, strict=True)]
    return tuple(sorted((c for c in listed if c.lost or c.won), key=lambda change: change.won - change.lost))


def _by_place(scores: Sequence[Score]) -> Mapping[tuple[int, str, int], bool]:
    """Return whether each scored check holds, by (turn, check, how many of that name came before it in the turn)."""
    seen: Counter[tuple[int, str]] = Counter()
    found = {}
    for score in scores:
        number = seen[score.turn, score.check]
        seen[score.turn, score.check] += 1
        if score.value is not None:
            found[score.turn, score.check, number] = score.value == 1.0
    return found


def _speed(pairs: Sequence[Pair], seed: int) -> Speed | None:
    """Compare the turns that have a time in both runs."""
    timed = [
        [
            (was.timings_ms["total"], now.timings_ms["total"])
            for was, now in zip(one.turns, other.turns, strict=False)
            if was.timings_ms.get("total", 0.0) > 0 and now.timings_ms.get("total", 0.0) > 0
        ]
        for one, other in pairs
    ]
    timed = [case for case in timed if case]
    if not timed:
        return None
    turns = [turn for case in timed for turn in case]
    ratio, low, high = median_ratio(timed, seed)
    before, after = (statistics.median(times) for times in zip(*turns, strict=True))
    return Speed(turns=len(turns), before_ms=before, after_ms=after, ratio=ratio, low=low, high=high)
