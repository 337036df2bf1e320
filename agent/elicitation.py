"""Weigh what could be asked: which attribute, by how much an answer would narrow the candidates. Pure.

The user has one of the candidates in mind, each with its weight as probability. Asked about an attribute, they name
one of that item's values; what is gained is the mutual information between the answer and the item, in bits, times
how well people can answer and how often the attribute is known. (Expected information gain is how 20-questions and
conversational search choose what to ask; see Christakopoulou et al., 2016, and Zhang et al., 2018.)
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from .bands import Band, bands
from .templates import ESCAPES, band_words, question_words
from .types import AskAction

_OTHER = "other"
_COMMON = 0.9
"""A value that so great a share of the candidates has tells them apart too little to be offered."""
_LEAST_OPTIONS = 2
_MOST_BEHIND = 0.5
"""Half of what people look for is well known, the other half may be anything."""


class Candidate(NamedTuple):
    """An item that the user may have in mind."""

    item: Item
    weight: float
    """Probability but for a factor; greater than 0."""


class Weighed(NamedTuple):
    """A question, and what the candidates say to it."""

    question: AskAction
    likely: tuple[float, ...]
    """How likely each option is to describe what the user has in mind, 0 to 1."""


class _Answers(NamedTuple):
    """What the candidates say of one attribute."""

    known: float
    """Weight of those that have it."""
    options: tuple[tuple[str, AttributeValue], ...]
    """Label and value of each concrete answer to offer, the likeliest first or from low to high."""
    masses: tuple[float, ...]
    """Weight of the candidates that each option describes."""
    bits: float
    """Mutual information between answer and item, among those that have the attribute."""


def weigh(
    items: Sequence[Item], depth: float = 60.0, *, others: Sequence[Item] = (), share: float = 0.5
) -> list[Candidate]:
    """Return items as candidates, each with its probability.

    Args:
        items: what was ranked, best first; the probability falls with the rank as 1 / (rank + depth).
        depth: the larger, the less the rank says.
        others: a fair sample of what lies behind them, all as likely.
        share: how likely it is that what the user has in mind lies behind, 0 to 1.
    """
    ranked = [Candidate(item, 1.0 / (rank + depth)) for rank, item in enumerate(items, start=1)]
    if not others or not ranked:
        return [*ranked, *(Candidate(item, 1.0) for item in others)]
    each = share / (1.0 - share) * sum(weight for _, weight in ranked) / len(others)
    return [*ranked, *(Candidate(item, each) for item in others)]


def share_behind(ranked: int, behind: int) -> float:
    """Return how likely it is that what the user has in mind lies behind what was ranked: a half at most.

    Args:
        ranked: how many items were ranked.
        behind: how many others fit as well; few of them are no likelier than as many of the ranked.
    """
    return min(_MOST_BEHIND, behind / (ranked + behind)) if behind else 0.0


def questions(
    candidates: Sequence[Candidate],
    schema: CatalogSchema,
    coverage: Mapping[str, float],
    *,
    options: int,
    skip: frozenset[str] = frozenset(),
) -> list[AskAction]:
    """Return a question for every attribute that can be asked about, in the schema's order, each with its gain.

    Args:
        candidates: what the user may have in mind.
        schema: the catalogue's attributes and their questions.
        coverage: share of all items that have an attribute, 0 to 1; one that is missing counts as 1.
        options: most concrete answers to offer, at least 2.
        skip: attributes not to ask about.
    """
    return [one.question for one in weighed(candidates, schema, coverage, options=options, skip=skip)]


def weighed(
    candidates: Sequence[Candidate],
    schema: CatalogSchema,
    coverage: Mapping[str, float],
    *,
    options: int,
    skip: frozenset[str] = frozenset(),
) -> list[Weighed]:
    """Return what ``questions`` does, each with how likely its options are."""
    total = sum(weight for _, weight in candidates)
    found = (
        _weighed(spec, candidates, total, coverage.get(spec.name, 1.0), options)
        for spec in schema.attributes
        if spec.question and spec.askable > 0.0 and spec.name not in skip
    )
    return [one for one in found if one is not None]


def _weighed(
    spec: AttributeSpec, candidates: Sequence[Candidate], total: float, coverage: float, most: int
) -> Weighed | None:
    if spec.kind not in ("category", "categories", "number"):
        return None
    answers = (_numbers if spec.kind == "number" else _labels)(spec, candidates, most)
    if len(answers.options) < _LEAST_OPTIONS:
        return None
    # The item in mind may well lie behind the candidates at hand, so the whole catalogue has a say in what is known.
    gain = spec.askable * (answers.known / total + coverage) / 2 * answers.bits
    question = AskAction(
        attribute=spec.name,
        question=question_words(spec),
        options=tuple(label for label, _ in answers.options),
        values=tuple(value for _, value in answers.options),
        escapes=ESCAPES,
        gain=round(gain, 4),
    )
    return Weighed(question, tuple(mass / total for mass in answers.masses))


def _labels(spec: AttributeSpec, candidates: Sequence[Candidate], most: int) -> _Answers:
    """Offer the likeliest labels; any label may be the answer, since people are free to name one that is not offered.

    This is done for hundreds of candidates and a dozen attributes a turn, hence in one pass over them.
    """
    masses: dict[str, float] = defaultdict(float)
    said: dict[str, float] = defaultdict(float)
    known = unsure = 0.0
    for item, weight in candidates:
        fact = item.attributes.get(spec.name)
        if fact is None:
            continue
        known += weight
        labels = tuple(map(str, fact)) if isinstance(fact, tuple) else (str(fact),)
        if not labels:
            said[_OTHER] += weight
            continue
        size = len(labels)
        part = weight / size
        unsure += weight * math.log2(size)
        for label in labels:
            masses[label] += weight
            said[label] += part
    telling = {label: mass for label, mass in masses.items() if mass < _COMMON * known}
    least = min(heapq.nlargest(most, telling.values()), default=0.0)
    best = sorted((-mass, label) for label, mass in telling.items() if mass >= least)[:most]
    return _Answers(
        known=known,
        options=tuple((label, label) for _, label in best),
        masses=tuple(-mass for mass, _ in best),
        bits=_information(said, unsure),
    )


def _numbers(spec: AttributeSpec, candidates: Sequence[Candidate], most: int) -> _Answers:
    """Offer the ranges that cut the numbers into even parts; one of them is the answer."""
    masses: dict[float, float] = defaultdict(float)
    known = 0.0
    for item, weight in candidates:
        fact = item.attributes.get(spec.name)
        if fact is None:
            continue
        known += weight
        if isinstance(fact, (int, float)) and not isinstance(fact, bool):
            masses[float(fact)] += weight
    cut = bands(spec, list(masses.items()), most)
    described = dict.fromkeys(cut, 0.0)
    said: dict[Band | str, float] = defaultdict(float)
    unsure = 0.0
    said[_OTHER] = known - sum(masses.values())
    for number, mass in masses.items():
        fitting = [band for band in cut if band.low <= number <= band.high]
        for band in fitting:
            described[band] += mass
            said[band] += mass / len(fitting)
        if fitting:
            unsure += mass * math.log2(len(fitting))
        else:
            said[_OTHER] += mass
    return _Answers(
        known=known,
        options=tuple((band_words(spec, band), (band.low, band.high)) for band in cut),
        masses=tuple(described.values()),
        bits=_information(said, unsure),
    )


def _information(said: Mapping[Any, float], unsure: float) -> float:
    """Return the mutual information between answer and item in bits.

    Args:
        said: weight of the candidates by the answer that they would get.
        unsure: bits by which an item leaves open which of its values is named, times its weight, summed.
    """
    total = sum(said.values())
    return max(0.0, entropy(list(said.values())) - unsure / total) if total > 0 else 0.0


def entropy(shares: Sequence[float]) -> float:
    """Return the uncertainty of a distribution in bits, 0 when only one is possible; shares need not add up to 1."""
    total = sum(shares)
    if total <= 0:
        return 0.0
    parts = [share / total for share in shares if share > 0]
    return -sum(part * math.log2(part) for part in parts)
