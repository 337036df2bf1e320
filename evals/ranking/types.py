"""What rankers are compared on: boards of samples, and the one protocol that every row of the table keeps.

A board is a catalogue with dialogues cut at each turn that recommends. Pure data; reading lies in ``boards``, masking,
ranking and measuring in ``harness``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Item

Scores = NDArray[np.float32]
"""One row a sample, one column an item, shape (n, items); higher is better; ``-inf`` for "never", no NaN."""

HIDDEN = -1
"""The target of a sample whose answer is withheld."""


@dataclass(frozen=True)
class Sample:
    """One item that somebody recommended at one turn; the samples of a turn share everything but the target."""

    id: str
    group: str
    """The dialogue or query it comes from; splits and intervals never cut a group in two."""
    turns: tuple[tuple[str, str], ...]
    """(role, text) of every turn before, oldest first; the roles are ``user`` and ``recommender``."""
    mentioned: tuple[int, ...]
    """Positions of the items named in those turns, in order of their latest mention, each once."""
    target: int
    """Position of the item to be found; ``HIDDEN`` in what a row is asked to score."""
    novel: bool
    """Whether nobody named the target before, neither by id nor by title."""

    def hidden(self) -> Sample:
        """Return the sample without its answer, as rows get to see it."""
        return replace(self, id=self.group, target=HIDDEN, novel=True)


@dataclass(frozen=True)
class Board:
    """A catalogue with the samples to learn from, to choose settings by, and to report."""

    name: str
    items: Sequence[Item]
    train: Sequence[Sample]
    tune: Sequence[Sample]
    """Other dialogues than those of ``train`` and ``test``."""
    test: Sequence[Sample]
    joint: bool = False
    """Whether the samples of a turn are right answers to one request, found together (tags), or each a case of its own
    (dialogues)."""


class Row(Protocol):
    """One ranker of the table."""

    name: str

    def fit(self, board: Board) -> None:
        """Learn from ``board.train``, choose settings on ``board.tune``; ``board.test`` is empty here.

        Raises:
            CannotScoreError: The board lacks what this row needs.
        """
        ...

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return a score for each sample and item.

        Samples come without their answers. Items already mentioned need not be left out and ties need not be broken:
        the harness does both for every row alike.
        """
        ...


def members_of(samples: Iterable[Sample]) -> dict[str, set[int]]:
    """Return the items named in each group, as target or mention."""
    members: dict[str, set[int]] = {}
    for sample in samples:
        members.setdefault(sample.group, set()).update((sample.target, *sample.mentioned))
    return members
