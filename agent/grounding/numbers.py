"""Bind the numbers of a sentence to the attributes that its wording names, and compare them with the item's facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from retrieval.types import AttributeSpec, CatalogSchema, Item

from .quantities import Quantity, quantities
from .readings import Claim, Reading
from .vocabulary import Cue, as_number, counted, minutes_per_unit, stands, unit_of, yearlike

_FILLERS = frozenset({"of", "is", "at", ":", "a", "in", "was", "-"})
"""Words between an attribute's name and its number."""

_HAPPENING = frozenset({"set", "place", "unfolds", "happens", "plays"})
"""Words after which a year is that of the story, about which an item's own year says nothing."""


class _Label(NamedTuple):
    fields: frozenset[str]
    start: int
    end: int
    """Token range of the number together with the attribute's name."""


class NumberReader:
    """Read the numbers of one item out of sentences."""

    def __init__(self, schema: CatalogSchema, item: Item, cues: list[Cue]) -> None:
        """Keep the number attributes and their names."""
        self._item = item
        self._numbers = [spec for spec in schema.attributes if spec.kind in ("number", "date")]
        self._names = frozenset(spec.name for spec in self._numbers)
        self._cues = [cue for cue in cues if not cue.weak and cue.fields & self._names]
        self._counted = {spec.name: counted(spec) for spec in self._numbers}

    def read(self, reading: Reading) -> None:
        """Claim every number that a fact bears out."""
        for quantity in quantities(reading.tokens):
            if not reading.covered & set(range(quantity.start, quantity.end)):
                self._claim(reading, quantity)

    def fields_of(self, quantity: Quantity, reading: Reading) -> Iterator[AttributeSpec]:
        """Yield the attributes that the wording of a quantity can mean, whatever the item's own value."""
        label = self._label_beside(quantity, reading)
        for spec in self._numbers:
            unit = unit_of(spec)
            if label is not None:
                if spec.name in label.fields and quantity.unit in ("", "year", unit):
                    yield spec
            elif quantity.unit == "year":
                if yearlike(spec, self._item):
                    yield spec
            elif quantity.unit and quantity.unit == unit:
                yield spec

    def _claim(self, reading: Reading, quantity: Quantity) -> None:
        if quantity.unit == "year" and any(reading.norm(quantity.start - k) in _HAPPENING for k in (2, 3)):
            return
        label = self._label_beside(quantity, reading)
        start, end = (label.start, label.end) if label else (quantity.start, quantity.end)
        for spec in self.fields_of(quantity, reading):
            factor = minutes_per_unit(spec) if quantity.unit == "time" else 1.0

            def holds(item: Item, name: str = spec.name, factor: float = factor) -> bool:
                number = as_number(item.attributes.get(name))
                return number is not None and quantity.holds(number * factor)

            if holds(self._item):
                reading.claim(Claim(start, end, spec.name, self._item.attributes[spec.name], holds))
                return

    def _label_beside(self, quantity: Quantity, reading: Reading) -> _Label | None:
        """Return the attribute's name that stands right after a number, else right before it."""
        after = quantity.end
        while reading.norm(after) in ("-", "'s"):
            after += 1
        for spec in self._numbers:
            for wording in self._counted[spec.name]:
                if quantity.unit in ("", unit_of(spec)) and stands(reading.norm, wording, after):
                    return _Label(frozenset({spec.name}), quantity.start, after + len(wording))
        before = quantity.start
        while reading.norm(before - 1) in _FILLERS:
            before -= 1
        return self._label_before(reading, quantity, {quantity.start, before})

    def _label_before(self, reading: Reading, quantity: Quantity, places: set[int]) -> _Label | None:
        for cue in self._cues:
            for at in places:
                start = at - len(cue.words)
                if start not in reading.covered and stands(reading.norm, cue.words, start):
                    return _Label(cue.fields & self._names, start, quantity.end)
        return None
