"""Search by words, by a picture or sound, and by mixtures; then leave out one channel after the other.

Questions are made of the catalogue's own items (``questions.py``). What is found counts by the share of right items
among the first k, or among as many as there are right ones where these are fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np

from retrieval import RetrievalSettings, Retriever, SearchConfig, SensesConfig
from retrieval.alignment import held_out
from retrieval.types import Item, Query, Value

from .questions import DESIGNS, Design, Question, make_questions

_DRAWS = 1000
Shown = Literal["image", "audio"]
Asked = tuple[str, ...]
"""What a question is asked with: some of ``words``, ``image`` and ``audio``, in this order."""
Part = Literal["all", "held-out", "rest"]
Found = Mapping[Asked, Sequence[float]]
"""What was found, question by question, by what was asked with."""
_TEXTS = {"dense": "dense_weight", "lexical": "lexical_weight"}


class Mean(Value):
    """A mean over questions with its 95 % interval, by bootstrap over the items that they are about."""

    mean: float
    low: float
    high: float


class AskedRow(Value):
    """One kind of question, asked in one way."""

    design: Design
    asked: str
    """``words``, ``image``, or a mixture such as ``words + image``."""
    fusion: str
    found: Mean
    chance: float
    """What items drawn at random would score."""


class MixedGain(Value):
    """What a mixture brings over the best of its parts, question by question."""

    design: Design
    asked: str
    fusion: str
    better: str
    """The best part alone on these questions, under either fusion."""
    gain: Mean


class ChannelWorth(Value):
    """What a channel brings beside all others: found with it, less found without it, question by question."""

    channel: str
    asked: str
    worth: Mean

    @property
    def verdict(self) -> Literal["helps", "not shown to help", "hurts"]:
        """What the interval says."""
        if self.worth.low > 0:
            return "helps"
        return "hurts" if self.worth.high < 0 else "not shown to help"


class SensesReport(Value):
    """The tables, and what they were measured on."""

    catalog: str
    label: str
    part: Part
    """Which items were asked about: of the fixed fifth that no map learns from, of the rest, or of all."""
    questions: dict[Design, int]
    """How many of each kind."""
    k: int
    rows: tuple[AskedRow, ...]
    mixed: tuple[MixedGain, ...]
    channels: tuple[ChannelWorth, ...]


def measure_senses(
    settings: RetrievalSettings,
    label: str,
    shown: Sequence[Shown] = ("image",),
    *,
    part: Part = "all",
    ablate: bool = False,
    k: int = 5,
    queries: int = 100,
    seed: int = 42,
    say: Callable[[str], None] = lambda _: None,
) -> SensesReport:
    """Measure every way of asking, and what each channel is worth; blocking, for minutes.

    Args:
        settings: of a catalogue whose index holds what is shown.
        label: attribute by which items count as alike.
        shown: pictures, sounds or both; with both, only items that have both are shown.
        part: which items are asked about.
        ablate: whether to search once more without each channel.
        k: how many found items count.
        queries: questions of each kind.
        seed: fixes the draws and the bootstrap.
        say: told before each step.
    """
    with closing(Retriever.open(settings)) as retriever:
        items = {item.id: item for item in retriever.facts.get(retriever.facts.ids())}
        wanted = {"all": (True, False), "held-out": (True,), "rest": (False,)}[part]
        questions = make_questions(
            list(items.values()),
            label,
            lambda item: all(_file(item, one) is not None for one in shown),
            queries,
            seed,
            lambda item_id: held_out(item_id) in wanted,
        )
        table = _Table(questions, seed)
        ways = list(_mixtures(("words", *shown)))
        found: dict[str, Found] = {}
        for fusion in ("ranks", "calibrated"):
            say(f"Ask {len(questions)} questions in {len(ways)} ways, fused by {fusion}")
            found[fusion], spoke = _ask(retriever.searching(_fused(settings.search, fusion)), questions, items, ways, k)
        ours = found[settings.search.senses.fusion]
        worths: list[ChannelWorth] = []
        for channel, among in spoke.items() if ablate else ():
            say(f"Ask again without {channel}")
            without, _ = _ask(retriever.searching(_without(settings.search, channel)), questions, items, among, k)
            worths += table.worths(channel, ours, without)
        return SensesReport(
            catalog=retriever.schema.name,
            label=label,
            part=part,
            questions={design: sum(one.design == design for one in questions) for design in DESIGNS},
            k=k,
            rows=tuple(table.rows(found, len(items), k)),
            mixed=tuple(table.gains(found)),
            channels=tuple(worths),
        )


class _Table:
    """Means over the questions of a kind."""

    def __init__(self, questions: Sequence[Question], seed: int) -> None:
        self._questions = questions
        self._seed = seed
        self._places = {
            design: [place for place, question in enumerate(questions) if question.design == design]
            for design in DESIGNS
        }

    def rows(self, found: Mapping[str, Found], items: int, k: int) -> Iterator[AskedRow]:
        for fusion, ways in found.items():
            for design, places in self._places.items():
                chance = [_chance(self._questions[place], items, k) for place in places]
                for asked, scores in ways.items() if places else ():
                    yield AskedRow(
                        design=design,
                        asked=" + ".join(asked),
                        fusion=fusion,
                        found=self._mean([scores[place] for place in places], places),
                        chance=float(np.mean(chance)),
                    )

    def gains(self, found: Mapping[str, Found]) -> Iterator[MixedGain]:
        """Yield what every mixture brings over the best that its parts bring under either fusion."""
        for fusion, ways in found.items():
            for design, places in self._places.items():
                for asked, scores in ways.items() if places else ():
                    if len(asked) == 1:
                        continue
                    parts = [(one, each[one,]) for one in asked for each in found.values()]
                    better, best = max(parts, key=lambda part: float(np.mean([part[1][place] for place in places])))
                    gain = self._mean([scores[place] - best[place] for place in places], places)
                    yield MixedGain(design=design, asked=" + ".join(asked), fusion=fusion, better=better, gain=gain)

    def worths(self, channel: str, ours: Found, without: Found) -> Iterator[ChannelWorth]:
        every = range(len(self._questions))
        for asked, scores in without.items():
            lost = [mine - theirs for mine, theirs in zip(ours[asked], scores, strict=True)]
            yield ChannelWorth(channel=channel, asked=" + ".join(asked), worth=self._mean(lost, every))

    def _mean(self, values: Sequence[float], places: Iterable[int]) -> Mean:
        groups: dict[str, list[float]] = {}
        for value, place in zip(values, places, strict=True):
            groups.setdefault(self._questions[place].about, []).append(value)
        sums = np.array([sum(group) for group in groups.values()])
        sizes = np.array([len(group) for group in groups.values()])
        draws = np.random.default_rng(self._seed).integers(0, len(sums), (_DRAWS, len(sums)))
        low, high = np.percentile(sums[draws].sum(axis=1) / sizes[draws].sum(axis=1), [2.5, 97.5])
        return Mean(mean=float(np.mean(values)), low=float(low), high=float(high))


def _mixtures(parts: Asked) -> Iterator[Asked]:
    for size in range(1, len(parts) + 1):
        yield from combinations(parts, size)


def _ask(
    retriever: Retriever, questions: Sequence[Question], items: Mapping[str, Item], ways: Iterable[Asked], k: int
) -> tuple[Found, dict[str, list[Asked]]]:
    """Return what was found, and each channel that spoke with the ways of asking in which it did."""
    found: dict[Asked, list[float]] = {}
    spoke: dict[str, list[Asked]] = {}
    for asked in ways:
        found[asked] = []
        heard: set[str] = set()
        for question in questions:
            hits = retriever.search(_query(question, items, asked, k)).hits
            right = sum(hit.item.id in question.right for hit in hits)
            found[asked].append(right / min(k, len(question.right)))
            heard |= {channel for hit in hits for channel in hit.stages}
        for channel in sorted(heard & {*_TEXTS, *SensesConfig.model_fields}):
            spoke.setdefault(channel, []).append(asked)
    return found, spoke


def _query(question: Question, items: Mapping[str, Item], asked: Asked, k: int) -> Query:
    shown = items[question.shown]
    return Query(
        text=question.words if "words" in asked else "",
        image=_read(shown, "image") if "image" in asked else None,
        audio=_read(shown, "audio") if "audio" in asked else None,
        exclude_ids=question.excluded,
        k=k,
        diversity=0.0,
    )


def _file(item: Item, modality: Shown) -> Path | None:
    place: str | None = getattr(item, modality)
    return Path(place) if place is not None and Path(place).is_file() else None


def _read(item: Item, modality: Shown) -> bytes | None:
    path = _file(item, modality)
    return path.read_bytes() if path is not None else None


def _fused(search: SearchConfig, fusion: str) -> SearchConfig:
    return search.model_copy(update={"senses": search.senses.model_copy(update={"fusion": fusion})})


def _without(search: SearchConfig, channel: str) -> SearchConfig:
    if channel in _TEXTS:
        return search.model_copy(update={_TEXTS[channel]: 0.0})
    return search.model_copy(update={"senses": search.senses.model_copy(update={channel: 0.0})})


def _chance(question: Question, items: int, k: int) -> float:
    """Return the share that k items drawn from those that may be found would score."""
    drawn = len(question.right) / max(items - len(question.excluded), 1)
    return min(1.0, drawn * k / min(k, len(question.right)))
