"""Run rows over a board: every row sees the same samples without their answers, and is masked and judged alike.

A row that fails is left without figures and says why: that is not the same as finding nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import CannotScoreError
from .measures import Positions, best_first, measure
from .types import Board, Row, Sample, Scores

NOVEL, ALL = "novel", "all"
MODES = (NOVEL, ALL)
TOP = 10
"""How much of each list is kept, to see what a row recommends."""
TIMED = 30
"""Turns that are scored one at a time, to time them as a conversation would."""
_BATCH = 64

Say = Callable[[str], None]


@dataclass(frozen=True)
class Turn:
    """One ranking to be made, with the samples that it answers."""

    asked: Sample
    """Without its answer."""
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Cases:
    """What is judged in one mode: each case is a turn's ranking with the items that are right in it."""

    mode: str
    turns: tuple[int, ...]
    """Which turn each case belongs to."""
    right: tuple[tuple[int, ...], ...]
    groups: tuple[str, ...]
    samples: tuple[Sample, ...]
    """The samples in the same order, flat: one a case, or several where they are joint."""


@dataclass
class Outcome:
    """What one row did."""

    name: str
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """By mode: metrics of each case, shape (cases, metrics)."""
    ranks: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """By mode: the place of each sample's target, 1 being best."""
    tops: NDArray[np.int64] | None = None
    """The first ``TOP`` items of each turn with mentioned ones left out, shape (turns, ``TOP``)."""
    turn_ms: tuple[float, ...] = ()
    """Milliseconds of the turns that were timed one at a time."""
    fit_seconds: float = 0.0
    unscored: str = ""
    """Why there are no figures; empty when there are."""


def turns_of(samples: Sequence[Sample]) -> list[Turn]:
    """Gather the samples of each turn, in order of first appearance."""
    gathered: dict[tuple[object, ...], list[Sample]] = {}
    for sample in samples:
        gathered.setdefault((sample.group, sample.turns, sample.mentioned), []).append(sample)
    return [Turn(members[0].hidden(), tuple(members)) for members in gathered.values()]


def cases_of(turns: Sequence[Turn], mode: str, *, joint: bool) -> Cases:
    """Return what is judged: in ``novel`` only targets that nobody named before, in ``all`` repetitions too."""
    where: list[int] = []
    right: list[tuple[int, ...]] = []
    flat: list[Sample] = []
    for at, turn in enumerate(turns):
        counted = [sample for sample in turn.samples if sample.novel or mode == ALL]
        bundles = [counted] if joint and counted else [[sample] for sample in counted]
        for bundle in bundles:
            where.append(at)
            right.append(tuple(sample.target for sample in bundle))
            flat += bundle
    groups = tuple(turns[at].asked.group for at in where)
    return Cases(mode, tuple(where), tuple(right), groups, tuple(flat))


def run_row(row: Row, board: Board, turns: Sequence[Turn], cases: Sequence[Cases], seed: int) -> Outcome:
    """Fit a row, time it, and judge its rankings of every turn."""
    outcome = Outcome(row.name)
    try:
        begin = time.perf_counter()
        # Nothing of the test is within reach of a row that learns.
        row.fit(replace(board, test=()))
        outcome.fit_seconds = time.perf_counter() - begin
        outcome.turn_ms = _timed(row, turns)
        _judge(row, board, turns, cases, seed, outcome)
    except Exception as error:  # one row must not take the figures of the others with it
        return Outcome(row.name, unscored=_reason(error))
    return outcome


def _timed(row: Row, turns: Sequence[Turn]) -> tuple[float, ...]:
    picked = turns[:: max(1, len(turns) // TIMED)][:TIMED]
    row.score([picked[0].asked])  # what is only done once is no part of a turn
    spent = []
    for turn in picked:
        begin = time.perf_counter()
        row.score([turn.asked])
        spent.append(1000 * (time.perf_counter() - begin))
    return tuple(spent)


def _judge(row: Row, board: Board, turns: Sequence[Turn], cases: Sequence[Cases], seed: int, outcome: Outcome) -> None:
    of_turn = {one.mode: _by_turn(one, len(turns)) for one in cases}
    values: dict[str, list[NDArray[np.float64]]] = {one.mode: [] for one in cases}
    ranks: dict[str, list[int]] = {one.mode: [] for one in cases}
    tops = []
    for start, rows in _scored(row, board, turns):
        orders: dict[str, list[Positions]] = {mode: [] for mode in values}
        right: dict[str, list[tuple[int, ...]]] = {mode: [] for mode in values}
        for at, scores in enumerate(rows, start):
            # The same order for every row, another for every turn.
            shuffled = np.random.default_rng((seed, at)).permutation(len(board.items))
            mentioned = turns[at].asked.mentioned
            removed = best_first(scores, mentioned, shuffled)
            tops.append(removed[:TOP])
            for one in cases:
                order = removed if one.mode == NOVEL or not mentioned else best_first(scores, (), shuffled)
                places = np.empty(len(order), dtype=np.int64)
                places[order] = np.arange(1, len(order) + 1)
                for wanted in of_turn[one.mode][at]:
                    orders[one.mode].append(order)
                    right[one.mode].append(wanted)
                    ranks[one.mode] += [int(places[target]) for target in wanted]
        for mode, found in orders.items():
            if found:
                values[mode].append(measure(found, right[mode]))
    outcome.values = {mode: np.concatenate(parts) for mode, parts in values.items() if parts}
    outcome.ranks = {mode: np.array(places, dtype=np.int64) for mode, places in ranks.items()}
    outcome.tops = np.stack(tops)


def _by_turn(cases: Cases, turns: int) -> list[list[tuple[int, ...]]]:
    found: list[list[tuple[int, ...]]] = [[] for _ in range(turns)]
    for at, wanted in zip(cases.turns, cases.right, strict=True):
        found[at].append(wanted)
    return found


def _scored(row: Row, board: Board, turns: Sequence[Turn]) -> Iterator[tuple[int, Scores]]:
    """Yield the number of the first turn of each batch with the batch's scores, checked."""
    for start in range(0, len(turns), _BATCH):
        asked = [turn.asked for turn in turns[start : start + _BATCH]]
        scores = np.asarray(row.score(asked))
        if scores.shape != (len(asked), len(board.items)):
            expected = (len(asked), len(board.items))
            raise CannotScoreError(f"Scores of shape {scores.shape!r} came back in place of {expected!r}.")
        if np.isnan(scores).any():
            raise CannotScoreError("Some scores are not numbers.")
        yield start, scores


def _reason(error: Exception) -> str:
    words = " ".join(str(error).split()) or "no message"
    return words if isinstance(getattr(error, "hint", None), str) else f"{type(error).__name__}: {words}"
