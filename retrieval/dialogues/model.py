"""The dialogue ranker: channels, a linear blend over all items, trees over its head; learnt without peeking.

Every feature that the blend learns from was made by channels that never saw the dialogue it belongs to, nor (where
lessons are ordered) dialogues of its time. See ``DialogueRanker``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import RetrievalError
from ..types import Item
from .calibration import Calibration, calibrate
from .channels import Channels, Outside
from .config import DialogueConfig
from .linear import Linear
from .reading import Reader, View
from .sides import ItemSides
from .trees import LINEAR, Head, Trees, head
from .types import Floats, Ints, Lesson, Moment

_CHUNK = 128
"""Moments scored at once; a channel of 7,000 items then takes 3.6 MB."""
_BELOW = 1e3
"""What keeps the items that the trees did not see below those that they did."""
_ENOUGH = 1500
"""Lessons, evenly spread, that settle the few dozen weights of the linear blend."""
_STRETCH, _EVERY = 20, 10
"""Every tenth stretch of twenty lessons is kept from the trees, to calibrate on."""


@dataclass(frozen=True)
class _Fold:
    """Channels, and the lessons that they never saw."""

    channels: Channels
    rows: Ints


class DialogueRanker:
    """Scores every item of a catalogue for a moment of a dialogue."""

    def __init__(
        self,
        sides: ItemSides,
        channels: Channels,
        linear: Linear,
        trees: Trees,
        config: DialogueConfig,
        calibration: Calibration | None = None,
    ) -> None:
        """Take the learnt parts; use ``fit`` or ``storage.load``."""
        self._reader = Reader(sides)
        self.channels = channels
        self.linear = linear
        self.trees = trees
        self.config = config
        self.calibration = calibration
        """How scores become chances; None where there were too few lessons to know."""

    @classmethod
    def fit(
        cls,
        items: Sequence[Item],
        lessons: Sequence[Lesson],
        outside: Outside | None = None,
        config: DialogueConfig | None = None,
    ) -> DialogueRanker:
        """Learn from past dialogues.

        Args:
            items: the catalogue; lessons name its items by position.
            lessons: in the order in which they were held where ``config.ordered`` says so.
            outside: interactions and vectors of items, where there are any.
            config: settings.
        """
        settings = config or DialogueConfig()
        sides = ItemSides(items)
        known = outside or Outside.nothing(sides.size)
        view = Reader(sides).read([lesson.moment for lesson in lessons])
        folds = list(_folds(lessons, view, sides, known, settings))
        linear = _linear(folds, lessons, view, sides.size, settings)
        heads, right = _heads(folds, lessons, view, linear, settings)
        held = _held(len(heads))
        trees = Trees(())
        if settings.trees:
            learnt = [at for at in range(len(heads)) if at not in held]
            trees = Trees.fit([heads[at] for at in learnt], [right[at] for at in learnt], settings)
        scores = [_blend(trees.score(heads[at]), heads[at].linear, settings) for at in sorted(held)]
        hits = [np.isin(heads[at].items, right[at]).astype(np.float64) for at in sorted(held)]
        channels = Channels.fit(lessons, view, sides, known, settings)
        return cls(sides, channels, linear, trees, settings, calibrate(scores, hits))

    def score(self, moments: Sequence[Moment]) -> Floats:
        """Return a score per moment and item, higher is better, shape (moments, items); only the order matters.

        Items mentioned already are scored like all others.
        """
        found = [self._score(moments[start : start + _CHUNK]) for start in range(0, len(moments), _CHUNK)]
        return np.concatenate(found) if found else np.zeros((0, self.channels.sides.size), dtype=np.float32)

    def _score(self, moments: Sequence[Moment]) -> Floats:
        total, heads = self._heads(moments)
        scores = total - _BELOW
        for row, one in enumerate(heads):
            blended = _blend(self.trees.score(one), one.linear, self.config)
            scores[row, one.items] = blended - blended.min() + float(total[row].max())
        return scores

    def chances(self, moment: Moment) -> tuple[Ints, Floats]:
        """Return the head of the ranking, best first, with the chance of each item to be what is recommended next.

        Raises:
            RetrievalError: There were too few lessons to calibrate on.
        """
        if self.calibration is None:
            raise RetrievalError(
                "This dialogue ranker has no calibrated chances.", hint="Learn it from more dialogues, or use score()."
            )
        one = self._heads([moment])[1][0]
        scores = _blend(self.trees.score(one), one.linear, self.config)
        order = np.argsort(-scores, kind="stable")
        return one.items[order], self.calibration.chances(scores)[order]

    def _heads(self, moments: Sequence[Moment]) -> tuple[Floats, list[Head]]:
        view = self._reader.read(moments)
        channels = self.channels.scores(view)
        channels[LINEAR] = total = self.linear.score(channels)
        rows = enumerate(moments)
        best = [(row, _best(total[row], moment, self.config.depth)) for row, moment in rows]
        return total, [head(channels, row, items, view.shape[row]) for row, items in best]


def _folds(
    lessons: Sequence[Lesson], view: View, sides: ItemSides, outside: Outside, config: DialogueConfig
) -> Iterator[_Fold]:
    part = fold_of(lessons, config)
    for fold in range(config.folds):
        rest = np.flatnonzero(part != fold)
        own = np.flatnonzero(part == fold)
        if len(own) and len(rest):
            yield _Fold(
                Channels.fit([lessons[at] for at in rest.tolist()], view.rows(rest), sides, outside, config), own
            )


def fold_of(lessons: Sequence[Lesson], config: DialogueConfig) -> Ints:
    """Return the fold of each lesson; a dialogue lies in one fold, and in order a fold is a stretch of time."""
    groups = list(dict.fromkeys(lesson.moment.group for lesson in lessons))
    places = np.arange(len(groups))
    if not config.ordered:
        places = np.random.default_rng(config.seed).permutation(len(groups))
    folds = {group: int(place * config.folds // len(groups)) for group, place in zip(groups, places, strict=True)}
    return np.array([folds[lesson.moment.group] for lesson in lessons], dtype=np.int64)


def _linear(folds: Sequence[_Fold], lessons: Sequence[Lesson], view: View, size: int, config: DialogueConfig) -> Linear:
    rng = np.random.default_rng(config.seed)
    cases: list[Floats] = []
    names: tuple[str, ...] = ()
    for fold in folds:
        for rows in _chunks(fold.rows[:: max(1, len(lessons) // _ENOUGH)]):
            channels = fold.channels.scores(view.rows(rows))
            names = tuple(channels)
            for row, lesson in enumerate(lessons[at] for at in rows.tolist()):
                drawn = _others(rng, size, {*lesson.moment.mentioned, *lesson.targets}, config.negatives)
                for target in lesson.targets:
                    columns = np.array([target, *drawn])
                    cases.append(np.stack([values[row, columns] for values in channels.values()], axis=1))
    return Linear.fit(names, np.stack(cases))


def _heads(
    folds: Sequence[_Fold], lessons: Sequence[Lesson], view: View, linear: Linear, config: DialogueConfig
) -> tuple[list[Head], list[tuple[int, ...]]]:
    heads: list[Head] = []
    right: list[tuple[int, ...]] = []
    for fold in folds:
        for rows in _chunks(fold.rows):
            part = view.rows(rows)
            channels = fold.channels.scores(part)
            channels[LINEAR] = linear.score(channels)
            for row, lesson in enumerate(lessons[at] for at in rows):
                best = _best(channels[LINEAR][row], lesson.moment, config.depth)
                heads.append(head(channels, row, best, part.shape[row]))
                right.append(lesson.targets)
    return heads, right


def _chunks(rows: Ints) -> Iterator[Ints]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _others(rng: np.random.Generator, size: int, known: set[int], wanted: int) -> list[int]:
    """Return positions drawn at random beside the known ones; with repetition, which a small catalogue needs."""
    free = [at for at in rng.integers(0, size, wanted + 8 * len(known) + 8).tolist() if at not in known]
    while len(free) < wanted:
        free += free or [int(rng.integers(0, size))]
    return free[:wanted]


def _best(scores: Floats, moment: Moment, depth: int) -> Ints:
    """Return the first positions, best first, without the items mentioned."""
    open_ = scores.copy()
    open_[list(moment.mentioned)] = -np.inf
    count = min(depth, max(1, len(open_) - len(moment.mentioned)))
    best = np.argpartition(-open_, count - 1)[:count]
    return np.asarray(best[np.argsort(-open_[best], kind="stable")], dtype=np.int64)


def _held(count: int) -> frozenset[int]:
    """Return the places of the heads that chances are calibrated on: short stretches of dialogues, in every fold."""
    return frozenset(at for at in range(count) if at // _STRETCH % _EVERY == _EVERY - 1)


def _blend(trees: Floats, linear: Floats, config: DialogueConfig) -> Floats:
    # Without trees there is nothing beside the linear blend, however little it is told to weigh.
    weight = config.linear_weight if config.trees else 1.0
    return np.asarray(_standard(trees) + weight * _standard(linear), dtype=np.float32)


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / spread if spread > 0 else np.zeros_like(values), dtype=np.float32)
