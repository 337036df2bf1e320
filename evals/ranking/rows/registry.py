"""The rows by name, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.dialogues import GROUPS, DialogueConfig

from ...errors import ReportError
from ..types import Row
from .blended import Blended
from .dense import Dense, Encoded, NoRerank
from .learned import Learned
from .plain import CopyLast, ItemKnn, Popularity, Random, Words
from .reranked import Reranked

_ELSEWHERE = frozenset({"rated"})
"""Groups that boards hold no data for."""


@dataclass(frozen=True)
class RowNeeds:
    """What rows may be made with."""

    encoded: Encoded
    seed: int


ROWS: Mapping[str, Callable[[RowNeeds], Row]] = {
    "random": lambda needs: Random(),
    "copy-last": lambda needs: CopyLast(),
    "popularity": lambda needs: Popularity(),
    "bm25": lambda needs: Words(),
    "dense": lambda needs: Dense(needs.encoded),
    "item-knn": lambda needs: ItemKnn(),
    "no-rerank": lambda needs: NoRerank(needs.encoded, needs.seed),
    "reranked": lambda needs: Reranked(needs.encoded, needs.seed),
    "lightgbm": lambda needs: Learned(needs.encoded, needs.seed),
    "ours": lambda needs: Blended("ours", needs.encoded, needs.seed),
}


def ablations(needs: RowNeeds) -> list[Row]:
    """Return ours without each group of channels in turn."""
    return [
        Blended(f"ours without {group}", needs.encoded, needs.seed, DialogueConfig(without=(group,)))
        for group in GROUPS
        if group not in _ELSEWHERE
    ]


def make_rows(names: Sequence[str], needs: RowNeeds) -> list[Row]:
    """Return the rows of those names, in the order of the table; without names, all.

    Raises:
        ReportError: A name is unknown.
    """
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        raise ReportError(f"There is no row {unknown!r}.", hint=f"Rows: {', '.join(ROWS)}.")
    return [make(needs) for name, make in ROWS.items() if not names or name in names]
