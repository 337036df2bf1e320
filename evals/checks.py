"""Score one turn: each key of an expectation has one small pure scorer, and each scorer a version.

A finding of 1 holds, 0 does not, and None says that nothing could be scored, which is never counted as 0.
Change what a scorer accepts and its version goes up with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from . import check_items, check_words
from .finding import Finding, unscored
from .grounded import grounded
from .observed import Observed
from .types import Expect, Score

Scorer = Callable[[Any, Observed], Iterable[Finding]]


class Check(NamedTuple):
    """A scorer and its version."""

    version: int
    score: Scorer


ANSWERED = "answered"
"""Scored for every turn: whether it ended with an outcome rather than an error."""
ANSWERED_VERSION = 1

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "action": Check(1, check_words.action),
        "every": Check(1, check_items.every),
        "some": Check(1, check_items.some),
        "every_relative": Check(2, check_items.every_relative),
        "none_of": Check(1, check_items.none_of),
        "not_shown_again": Check(1, check_items.not_shown_again),
        "count": Check(1, check_items.count),
        "preferences": Check(1, check_words.preferences),
        "text_contains": Check(1, check_words.text_contains),
        "text_any": Check(1, check_words.text_any),
        "text_none": Check(1, check_words.text_none),
        "question": Check(1, check_words.question),
        "relaxed": Check(1, check_words.relaxed),
        "missing": Check(1, check_words.missing),
        "answer_names": Check(1, check_words.answer_names),
        "answer_states": Check(1, check_words.answer_states),
        "answer_picks": Check(1, check_words.answer_picks),
        "language": Check(1, check_words.language),
        "sound": Check(1, check_items.sound),
        "keeps_hard": Check(1, check_items.keeps_hard),
        "grounded": Check(3, grounded),
    }
)

_STATE_ONLY = frozenset({"preferences"})
"""Checks that make sense after something was done by hand, when there is no reply."""


def versions() -> dict[str, int]:
    """Return the version of every scorer."""
    return {ANSWERED: ANSWERED_VERSION} | {name: check.version for name, check in CHECKS.items()}


def score_turn(expect: Expect, observed: Observed, *, case: str, turn: int, tags: tuple[str, ...] = ()) -> list[Score]:
    """Return one score for each thing that was asked of a turn.

    Args:
        expect: what must hold; keys left at their defaults ask nothing.
        observed: what happened.
        case: name of the case, for the scores.
        turn: number of the turn, 1 first.
        tags: tags of the case, for the scores.
    """

    def scored(check: str, version: int, finding: Finding) -> Score:
        return Score(case=case, turn=turn, check=check, version=version, tags=tags, **finding._asdict())

    answered = Finding(0.0, observed.error) if observed.error else Finding(1.0, "ended with an outcome")
    scores = [scored(ANSWERED, ANSWERED_VERSION, answered)]
    for name, check in CHECKS.items():
        wanted = getattr(expect, name)
        if wanted is None or wanted == ():
            continue
        scores += [scored(name, check.version, finding) for finding in _findings(name, check, wanted, observed)]
    return scores


def _findings(name: str, check: Check, wanted: object, observed: Observed) -> Iterable[Finding]:
    if observed.error:
        return [unscored("the turn ended with an error")]
    if observed.reply is None and name not in _STATE_ONLY:
        return []
    return check.score(wanted, observed)
