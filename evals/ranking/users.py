"""Compare recommenders for known users: the whole catalogue less what they had to do with, against what they did next.

Everything is chosen on the interactions before those that are reported. Two readings of what is right are reported:
likes, and all later interactions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from retrieval.collaborative import (
    InteractionReport,
    ItemScores,
    Judge,
    Trial,
    right_matrix,
    seen_matrix,
)
from retrieval.types import Value

from ..provenance import commit, machine
from .boards import fingerprint
from .results import Figure
from .user_board import HELD, UserBoard
from .user_metrics import SHOWN, Judged, Numbers, Spread, first_places, spread_of
from .user_rows import CLASSIC, OURS, PLAIN, Models, Say, learn_blend, random_scores, settle

LIKES, ALL = "likes", "all"
_GOAL = "ndcg@10"


class UserRow(Value):
    """One ranker."""

    name: str
    figures: dict[str, dict[str, Figure]]
    """What counts as right -> metric -> mean over users."""
    spread: Spread


class Against(Value):
    """Ours beside one other row, user by user."""

    name: str
    right: str
    """``likes`` or ``all``."""
    difference: Figure
    """nDCG@10 of ours less the other's."""
    chance: float
    """How likely so large a difference is by chance: paired randomisation of signs."""


class UserReport(Value):
    """All rows with what it takes to repeat the run."""

    board: str
    command: str
    seed: int
    machine: str
    commit: str
    files: dict[str, str] = Field(default_factory=dict)
    """File -> first 16 hex digits of its SHA-256."""
    told: tuple[InteractionReport, ...] = ()
    users: int
    scored: dict[str, int]
    """Users who have something right to find, by what counts as right; the others are not counted."""
    items: int
    held_out: int
    """Ratings held back."""
    liked: float
    rows: tuple[UserRow, ...]
    against: tuple[Against, ...]
    goal_met: bool
    """Whether ours has at least the nDCG@10 of likes of the best of EASE, iALS and item-kNN, recency or not."""
    settings: tuple[Trial, ...] = ()
    weights: dict[str, float] = Field(default_factory=dict)
    """The blend's weights; those of ``, known`` count once many interactions are known."""


def compare_users(
    board: UserBoard,
    *,
    liked: float,
    command: str,
    seed: int = 42,
    quick: bool = False,
    say: Say = lambda line: None,
) -> UserReport:
    """Choose settings, train every row, and measure it on what was held back.

    Args:
        board: the data.
        liked: least value that counts as a like.
        command: to be noted.
        seed: of every draw.
        quick: few settings, to see that it works.
        say: told how it goes.
    """
    early, late = board.learnt.last(HELD)
    say("Choosing settings on the interactions before those that are reported.")
    settled = settle(Judge(early, late, liked), board.texts, say, quick=quick)
    say("Learning the blend.")
    hybrid = learn_blend(early, late, board.texts, settled, liked)
    say("Training every model on all that may be learnt from.")
    models = Models(board.learnt, board.texts, settled, liked)
    seen = seen_matrix(board.learnt)
    rows = models.rows(board.learnt)
    scored: dict[str, ItemScores] = {"random": random_scores(seen.shape, seed), **_ordered(rows)}
    scored[OURS] = hybrid.scores(models.case(board.learnt, seen, rows))
    lists = {name: first_places(scores, seen, seed) for name, scores in scored.items()}
    judged = {
        LIKES: Judged(right_matrix(board.held, liked), seed),
        ALL: Judged(right_matrix(board.held, None), seed),
    }
    measured = {kind: {name: one.measure(best) for name, best in lists.items()} for kind, one in judged.items()}
    table = tuple(
        UserRow(
            name=name,
            figures={kind: one.figures(measured[kind][name]) for kind, one in judged.items()},
            spread=spread_of(best, models.counts, len(board.learnt.users)),
        )
        for name, best in lists.items()
    )
    against = tuple(
        _against(name, kind, one, measured[kind]) for kind, one in judged.items() for name in lists if name != OURS
    )
    return UserReport(
        board=board.name,
        command=command,
        seed=seed,
        machine=machine(),
        commit=commit(),
        files={f"{path.parent.name}/{path.name}": fingerprint(path) for path in board.files.values()},
        told=board.told,
        users=len(board.learnt.users),
        scored={kind: len(one.users) for kind, one in judged.items()},
        items=len(board.ids),
        held_out=len(board.held),
        liked=liked,
        rows=table,
        against=against,
        goal_met=_goal_met(table),
        settings=tuple(settled.trials()),
        weights=hybrid.weights(),
    )


def classic_names(names: Mapping[str, object] | tuple[str, ...]) -> list[str]:
    """Return those of the names that are of EASE, iALS or item-kNN, with recency or without."""
    return [name for name in names if name.removesuffix(PLAIN) in CLASSIC]


def save(report: UserReport, path: Path) -> None:
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _ordered(rows: Mapping[str, ItemScores]) -> dict[str, ItemScores]:
    order = ["popularity", "content"]
    for name in CLASSIC:
        order += [f"{name}{PLAIN}", name]
    return {name: rows[name] for name in order if name in rows}


def _against(name: str, kind: str, judged: Judged, measured: Mapping[str, Numbers]) -> Against:
    differences = measured[OURS] - measured[name]
    by_chance = float(judged.chance(differences)[SHOWN.index(_GOAL)])
    return Against(name=name, right=kind, difference=judged.figures(differences)[_GOAL], chance=round(by_chance, 5))


def _goal_met(table: tuple[UserRow, ...]) -> bool:
    values = {row.name: row.figures[LIKES][_GOAL].value for row in table}
    return values[OURS] >= max(values[name] for name in classic_names(tuple(values)))
