"""Turn the facts of an item into what somebody after it would ask for, in the words of the catalogue's schema. Pure."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from .config import Vagueness
from .types import Want

FAR = 1e12
"""Stands for an end that a condition on a number leaves open."""
_MOST_WORDINGS = 4
_CONDITION = re.compile(r"^(<=|>=|<|>|=)?\s*(-?\d+(?:\.\d+)?)(?:\s*(?:\.\.|-|to)\s*(-?\d+(?:\.\d+)?))?$")
_TAIL = re.compile(r"(?:^|\s)((?:\w+ by|in|from) \{value\})$")
_YEARS = (1000, 2100)


class Maker:
    """Makes wants from items of one catalogue."""

    def __init__(self, schema: CatalogSchema, items: Iterable[Item], common: Vagueness) -> None:
        """Count the catalogue's values, since people mention what is distinctive."""
        self.schema = schema
        self._common = common
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._size = 0
        for item in items:
            self._size += 1
            for spec in schema.attributes:
                self._counts[spec.name].update(labels(item.attributes.get(spec.name)))
        self._popular = {name: [value for value, _ in counts.most_common(30)] for name, counts in self._counts.items()}

    def wants(self, item: Item, rng: random.Random) -> list[Want]:
        """Return wants that the item satisfies, one an attribute, in the order in which they come to mind."""
        weighted = []
        for spec in self.schema.attributes:
            want = self._want(spec, item.attributes.get(spec.name), rng)
            if want is not None:
                # Exponential keys draw without replacement by weight (Efraimidis and Spirakis, 2006).
                key = rng.random() ** (1.0 / max(self._weight(spec, want), 1e-6))
                weighted.append((key, want))
        return [want for _, want in sorted(weighted, key=lambda pair: -pair[0])]

    def _weight(self, spec: AttributeSpec, want: Want) -> float:
        if want.form == "range":
            return spec.askable or self._common.number_weight
        base = spec.askable or self._common.name_weight
        return base * (1.0 - self._counts[spec.name][str(want.value)] / max(self._size, 1))

    def _want(self, spec: AttributeSpec, value: AttributeValue | None, rng: random.Random) -> Want | None:
        if spec.kind == "number" and isinstance(value, (int, float)):
            return _range(spec, float(value), rng)
        values = labels(value)
        if spec.kind not in ("category", "categories") or not values or not spec.shown:
            return None
        chosen = rng.choice(values)
        return Want(
            attribute=spec.name,
            value=chosen,
            wordings=_label_wordings(spec, chosen, rng),
            form="name" if spec.names else "kind",
            importance=round(rng.uniform(0.4, 1.0), 2),
            decoy=self._decoy(spec, values, rng),
        )

    def _decoy(self, spec: AttributeSpec, values: Sequence[str], rng: random.Random) -> str:
        others = [value for value in self._popular[spec.name] if value not in values]
        return rng.choice(others) if others and not spec.names else ""


def labels(value: AttributeValue | None) -> tuple[str, ...]:
    """Return the labels of a fact: none for numbers and unknown facts."""
    if isinstance(value, tuple):
        return tuple(one for one in value if isinstance(one, str))
    return (value,) if isinstance(value, str) else ()


def holds(want: Want, attributes: Mapping[str, AttributeValue]) -> bool:
    """Return whether facts satisfy a want; an unknown fact does not."""
    fact = attributes.get(want.attribute)
    if want.form == "range":
        low, high = ends(want.value)
        return isinstance(fact, (int, float)) and low <= fact <= high
    return want.value in labels(fact)


def match(wants: Sequence[Want], attributes: Mapping[str, AttributeValue]) -> float:
    """Return the share of the wants, by importance, that facts satisfy; 0 to 1."""
    total = sum(want.importance for want in wants)
    return sum(want.importance for want in wants if holds(want, attributes)) / total


def ends(value: AttributeValue | None) -> tuple[float, float]:
    """Return the ends of a range; a number alone is a range of itself, and anything else is everything."""
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(end, (int, float)) for end in value):
        return float(value[0]), float(value[1])
    if isinstance(value, (int, float)):
        return float(value), float(value)
    return (parse_condition(value) if isinstance(value, str) else None) or (-FAR, FAR)


def parse_condition(text: str) -> tuple[float, float] | None:
    """Return the range of a condition such as ``<= 95`` or ``90..120``, or None where it is none."""
    found = _CONDITION.match(text.strip())
    if found is None:
        return None
    sign, first, second = found[1], float(found[2]), found[3]
    if second is not None:
        return first, float(second)
    if sign in ("<", "<="):
        return -FAR, first
    if sign in (">", ">="):
        return first, FAR
    return first, first


def _label_wordings(spec: AttributeSpec, value: str, rng: random.Random) -> tuple[str, ...]:
    tail = _TAIL.search(spec.sentence)
    plain = tail[1].replace("{value}", value) if tail else f"with {value}" if spec.names else value
    said = [wording for wording, meant in spec.synonyms.items() if meant == value]
    more = [spec.adjectives.get(value, value), *rng.sample(said, min(len(said), _MOST_WORDINGS - 2))]
    return tuple(dict.fromkeys((plain, *more)))


def _range(spec: AttributeSpec, value: float, rng: random.Random) -> Want | None:
    """Return a condition that holds for the number: a phrase of the schema, a decade or a round limit."""
    ways = [(words, bounds) for words, bounds in phrases(spec).items() if bounds[0] <= value <= bounds[1]]
    others = [words for words, (low, high) in phrases(spec).items() if not low <= value <= high]
    chosen: tuple[str, tuple[float, float]] | None = rng.choice(ways) if ways else None
    if not spec.scale and spec.askable and (chosen is None or rng.random() < 0.5):
        chosen = _round(spec, value)
    if chosen is None:
        return None
    words, bounds = chosen
    alike = [said for said, meant in ways if meant == bounds][:_MOST_WORDINGS]
    return Want(
        attribute=spec.name,
        value=bounds,
        wordings=tuple(dict.fromkeys((words, *alike))),
        form="range",
        importance=round(rng.uniform(0.4, 1.0), 2),
        decoy=rng.choice(others) if others else "",
    )


def _round(spec: AttributeSpec, value: float) -> tuple[str, tuple[float, float]]:
    if not spec.unit and _YEARS[0] <= value <= _YEARS[1]:
        decade = int(value) // 10 * 10
        return f"from the {decade}s", (float(decade), float(decade + 9))
    limit = 10 ** (len(str(int(abs(value)))) - 1)
    step = max(limit / 5, 1)
    bound = (value // step + 1) * step
    return f"under {bound:g} {spec.unit}".strip(), (-FAR, bound - 1)


def phrases(spec: AttributeSpec) -> dict[str, tuple[float, float]]:
    """Return the schema's phrases for a number with the range each means."""
    parsed = {words: parse_condition(condition) for words, condition in spec.phrases.items()}
    return {words: bounds for words, bounds in parsed.items() if bounds is not None}
