"""Weigh what could be asked: which attribute, by how much an answer would narrow the candidates. Pure.

The user has one of the candidates in mind, each with its weight as probability. Asked about an attribute, they name
one of that item's values; what is gained is the mutual information between the answer and the item, in bits, times
how well people can answer and how often the attribute is known. (Expected information gain is how 20-questions and
conversational search choose what to ask; see Christakopoulou et al., 2016, and Zhang et al., 2018.)
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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


class _Option(NamedTuple):
    label: str
    value: AttributeValue


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
    found = (
        _question(spec, candidates, coverage.get(spec.name, 1.0), options)
        for spec in schema.attributes
        if spec.question and spec.askable > 0.0 and spec.name not in skip
    )
    return [question for question in found if question is not None]


def _question(spec: AttributeSpec, candidates: Sequence[Candidate], coverage: float, most: int) -> AskAction | None:
    known = [candidate for candidate in candidates if spec.name in candidate.item.attributes]
    offered = list(itertools.islice(_offers(spec, known, most), most))
    if len(offered) < _LEAST_OPTIONS:
        return None
    total = sum(candidate.weight for candidate in candidates)
    share = sum(candidate.weight for candidate in known) / total
    # The item in mind may well lie behind the candidates at hand, so the whole catalogue has a say in what is known.
    gain = spec.askable * (share + coverage) / 2 * _information(spec, known, [option.value for option in offered])
    return AskAction(
        attribute=spec.name,
        question=question_words(spec),
        options=tuple(option.label for option in offered),
        values=tuple(option.value for option in offered),
        escapes=ESCAPES,
        gain=round(gain, 4),
    )


def _offers(spec: AttributeSpec, known: Sequence[Candidate], most: int) -> Iterator[_Option]:
    """Yield the concrete answers to offer: the likeliest labels, or the bands that cut the numbers into even parts."""
    if spec.kind in ("category", "categories"):
        mass: dict[str, float] = defaultdict(float)
        for item, weight in known:
            for label in _labels(item, spec.name):
                mass[label] += weight
        total = sum(weight for _, weight in known)
        ranked = sorted(mass, key=lambda label: (-mass[label], label))
        yield from (_Option(label, label) for label in ranked if mass[label] < _COMMON * total)
        return
    if spec.kind == "number":
        numbers = [(float(value), weight) for item, weight in known if (value := _number(item, spec.name)) is not None]
        yield from (_Option(band_words(spec, band), _range(band)) for band in bands(spec, numbers, most))


def _information(spec: AttributeSpec, known: Sequence[Candidate], values: Sequence[AttributeValue]) -> float:
    """Return the mutual information between answer and item in bits, for items that have the attribute.

    Any label may be the answer, since people are free to name one that is not offered; of numbers, the ranges are.
    """
    total = sum(weight for _, weight in known)
    answers: dict[AttributeValue, float] = defaultdict(float)
    unsure = 0.0
    for item, weight in known:
        share = weight / total
        fitting: Sequence[AttributeValue]
        if spec.kind == "number":
            fitting = _within(_number(item, spec.name), values) or [_OTHER]
        else:
            fitting = _labels(item, spec.name) or [_OTHER]
        unsure += share * math.log2(len(fitting))
        for value in fitting:
            answers[value] += share / len(fitting)
    return max(0.0, entropy(list(answers.values())) - unsure)


def shares(candidates: Sequence[Candidate], spec: AttributeSpec, values: Sequence[AttributeValue]) -> list[float]:
    """Return how likely each option is to describe what the user has in mind, 0 to 1."""
    masses = dict.fromkeys(values, 0.0)
    for item, weight in candidates:
        if spec.kind == "number":
            fitting = _within(_number(item, spec.name), values)
        else:
            own = _labels(item, spec.name)
            fitting = [value for value in values if str(value) in own] if own else []
        for value in fitting:
            masses[value] += weight
    total = sum(weight for _, weight in candidates)
    return [masses[value] / total for value in values]


def _within(number: float | None, ranges: Sequence[AttributeValue]) -> list[AttributeValue]:
    """Return the ranges that hold a number."""
    if number is None:
        return []
    return [pair for pair in ranges if isinstance(pair, tuple) and float(pair[0]) <= number <= float(pair[1])]


def entropy(shares: Sequence[float]) -> float:
    """Return the uncertainty of a distribution in bits, 0 when only one is possible; shares need not add up to 1."""
    total = sum(shares)
    if total <= 0:
        return 0.0
    return -sum(share / total * math.log2(share / total) for share in shares if share > 0)


def _labels(item: Item, name: str) -> tuple[str, ...]:
    value = item.attributes.get(name)
    if isinstance(value, tuple):
        return tuple(str(label) for label in value)
    return (str(value),) if value is not None else ()


def _number(item: Item, name: str) -> float | None:
    value = item.attributes.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _range(band: Band) -> tuple[float, float]:
    return (band.low, band.high)
