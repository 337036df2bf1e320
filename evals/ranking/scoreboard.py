"""Measure rows on a board and sum up: figures with intervals, and how the reference differs from each other row."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from ..comparing.stats import holm
from ..provenance import commit, machine
from .harness import MODES, NOVEL, Cases, Outcome, Say, cases_of, run_row, turns_of
from .measures import METRICS, check_libraries
from .resample import DRAWS, Resampler
from .results import BoardReport, Figure, Paired, RowResult
from .slices import Tail, bias_of, facts_of, fame_of
from .types import Board, Row


def score_board(
    board: Board,
    rows: Sequence[Row],
    *,
    seed: int,
    reference: str = "ours",
    command: str = "",
    data: dict[str, str] | None = None,
    limit: int | None = None,
    say: Say = lambda line: None,
    keep: Callable[[BoardReport], None] | None = None,
) -> BoardReport:
    """Return the report of every row on identical samples.

    Args:
        board: What to rank, with its samples.
        rows: The rankers; names are unique.
        seed: Of ties, intervals and flips.
        reference: The row whose difference from each other row is tested, if it is among them and has figures.
        command: How the run was started.
        data: Fingerprints of the files.
        limit: How many test groups were kept, for the record.
        say: Told what happens.
        keep: Given the report so far after each row, so that a run that is cut off leaves what it found.

    Raises:
        MissingExtraError: The libraries that measure and draw are not installed.
    """
    check_libraries()
    begin = time.perf_counter()
    turns = turns_of(board.test)
    cases = [cases_of(turns, mode, joint=board.joint) for mode in MODES]
    resamplers = {one.mode: Resampler(one.groups, seed) for one in cases if one.right}
    fame = fame_of(board)
    tail = Tail(cases[0].samples, fame, seed)
    outcomes: list[Outcome] = []

    def so_far() -> BoardReport:
        against = next((one for one in outcomes if one.name == reference and not one.unscored), None)
        return BoardReport(
            board=board.name,
            facts=facts_of(board, turns),
            rows=tuple(_result(one, resamplers, tail, fame) for one in outcomes),
            reference=reference if against else "",
            paired=tuple(_pairs(against, outcomes, cases, resamplers)) if against else (),
            command=command,
            commit=commit(),
            machine=machine(),
            seed=seed,
            draws=DRAWS,
            data=data or {},
            limit=limit,
            seconds=time.perf_counter() - begin,
        )

    for row in rows:
        outcomes.append(run_row(row, board, turns, cases, seed))
        say(_line(outcomes[-1]))
        if keep is not None:
            keep(so_far())
    return so_far()


def _result(outcome: Outcome, resamplers: dict[str, Resampler], tail: Tail, fame: np.ndarray) -> RowResult:
    if outcome.unscored:
        return RowResult(name=outcome.name, unscored=outcome.unscored)
    figures = {mode: _figures(outcome.values[mode], resamplers[mode]) for mode in resamplers}
    return RowResult(
        name=outcome.name,
        novel=figures.get("novel", {}),
        all=figures.get("all", {}),
        slices=tail.slices(outcome.ranks[NOVEL]),
        bias=bias_of(outcome, fame),
        ms_median=float(np.median(outcome.turn_ms)),
        ms_p95=float(np.percentile(outcome.turn_ms, 95)),
        fit_seconds=outcome.fit_seconds,
    )


def _figures(values: np.ndarray, resampler: Resampler) -> dict[str, Figure]:
    low, high = resampler.interval(values)
    means = values.mean(axis=0)
    return {
        metric: Figure(value=float(means[at]), low=float(low[at]), high=float(high[at]))
        for at, metric in enumerate(METRICS)
    }


def _pairs(
    reference: Outcome, outcomes: Sequence[Outcome], cases: Sequence[Cases], resamplers: dict[str, Resampler]
) -> list[Paired]:
    others = [one for one in outcomes if one is not reference and not one.unscored]
    found = []
    for mode in [one.mode for one in cases if one.mode in resamplers]:
        resampler = resamplers[mode]
        differences = [reference.values[mode] - one.values[mode] for one in others]
        chances = [resampler.chance(difference) for difference in differences]
        for at, metric in enumerate(METRICS):
            adjusted = holm([float(chance[at]) for chance in chances])
            for other, difference, chance, p_holm in zip(others, differences, chances, adjusted, strict=True):
                column = difference[:, at : at + 1]
                low, high = resampler.interval(column)
                found.append(
                    Paired(
                        row=other.name,
                        mode=mode,
                        metric=metric,
                        difference=Figure(
                            value=float(difference[:, at].mean()), low=float(low[0]), high=float(high[0])
                        ),
                        p=float(chance[at]),
                        p_holm=p_holm,
                    )
                )
    return found


def _line(outcome: Outcome) -> str:
    if outcome.unscored:
        return f"{outcome.name}: could not score: {outcome.unscored}"
    recall = outcome.values[NOVEL][:, METRICS.index("recall@10")].mean() if NOVEL in outcome.values else float("nan")
    return f"{outcome.name}: novel recall@10 {recall:.3f}, {np.median(outcome.turn_ms):.1f} ms a turn"
