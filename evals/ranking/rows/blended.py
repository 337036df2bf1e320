"""The learned blend as a row: one sample's turn is a moment, the samples of one turn are one lesson."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.dialogues import DialogueConfig, DialogueRanker, Lesson, Moment, Outside

from ...errors import CannotScoreError
from ..types import Board, Sample, Scores
from .dense import Encoded
from .texts import short_passage

_FEWEST = 50
"""Lessons that a blend can be learnt from."""
_IN_ORDER = frozenset({"redial"})
"""Boards whose dialogues are numbered in the order in which they were held."""


class Blended:
    """LambdaMART over what dialogues, facts and words say, with the bundled encoder's vectors where it may use them."""

    def __init__(self, name: str, encoded: Encoded | None, seed: int, config: DialogueConfig | None = None) -> None:
        """Take the row's name, what makes the vectors (None leaves text out), the seed and settings."""
        self.name = name
        self._encoded = encoded
        self._config = (config or DialogueConfig()).model_copy(update={"seed": seed})

    def fit(self, board: Board) -> None:
        """Learn from the training and the tuning part; the settings were chosen beforehand."""
        lessons = lessons_of([*board.train, *board.tune])
        if board.joint or len(lessons) < _FEWEST:
            raise CannotScoreError(f"{len(lessons)} recommendations are too few to learn a blend from.")
        outside = None
        if self._encoded is not None:
            vectors = self._encoded.items([short_passage(item) for item in board.items])
            outside = Outside.nothing(len(board.items)).with_vectors(vectors)
        self._ranker = DialogueRanker.fit(board.items, lessons, outside, config_for(board, self._config))

    def score(self, samples: Sequence[Sample]) -> Scores:
        """Return the blend's scores."""
        return self._ranker.score([moment_of(sample) for sample in samples])


def config_for(board: Board, config: DialogueConfig) -> DialogueConfig:
    """Return the settings with what this board is known to be."""
    return config.model_copy(update={"ordered": board.name in _IN_ORDER})


@dataclass
class _Turn:
    sample: Sample
    targets: list[int] = field(default_factory=list)


def lessons_of(samples: Sequence[Sample]) -> list[Lesson]:
    """Return one lesson a turn that recommends something new, in the order of the dialogues' numbers."""
    turns: dict[tuple[str, int], _Turn] = {}
    for sample in samples:
        turn = turns.setdefault((sample.group, len(sample.turns)), _Turn(sample))
        if sample.novel:
            turn.targets.append(sample.target)
    told = [turn for turn in turns.values() if turn.targets]
    told.sort(key=lambda turn: _number(turn.sample.group))
    return [Lesson(moment_of(turn.sample), tuple(turn.targets)) for turn in told]


def moment_of(sample: Sample) -> Moment:
    """Return what a sample lets a ranker see."""
    return Moment(sample.group, sample.turns, sample.mentioned)


def _number(group: str) -> int:
    digits = re.search(r"\d+$", group)
    return int(digits[0]) if digits else 0
