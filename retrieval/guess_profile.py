"""Look at a sample of a column: what its cells are, how they repeat, and what could split them. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .cells import CellError, boolean, date, number
from .guess_words import CURRENCIES
from .types import AttributeKind

SIGNS = "".join(sorted(set(CURRENCIES.values())))

_SEPARATORS = ("|", ";", " / ", ", ", ",")
_ONLY_SEPARATES = frozenset({"|", ";"})
_SPLIT_SHARE = 0.05
"""Least share of cells that hold a separator."""
_LABEL_LENGTH = 40
"""Greatest average length of labels, in characters; longer parts are sentences."""
_LONG_LABEL = 60
_CODE = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{12,}")
_UNIT = re.compile(r"[\d.,' ]*\d\s*([^\W\d_][^\d\W]{0,11}|%)")
_HEADED = re.compile(r"\s*[(\[]\s*([^()\[\]\d]{1,12}?)\s*[)\]]\s*$")
"""A unit at the end of a header: ``Price (USD)``, ``Length [min]``."""
_SIGNED = re.compile(rf"\s*(?:([{SIGNS}])[^{SIGNS}]*|[^{SIGNS}]*([{SIGNS}]))\s*")
_WORDS_OF_TRUTH = frozenset({"true", "false", "yes", "no"})


@dataclass
class Column:
    """Cells of one column that say something, in the sample's order."""

    name: str
    rows: int = 0
    """Rows of the sample, whether they have the column or not."""
    cells: list[Any] = field(default_factory=list)

    @property
    def coverage(self) -> float:
        """Share of rows that say something here."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @cached_property
    def texts(self) -> list[str]:
        """Cells as text; lists and objects as JSON."""
        return [cell if isinstance(cell, str) else json.dumps(cell, default=str) for cell in self.cells]

    @cached_property
    def distinct(self) -> int:
        """Number of different cells."""
        return len(set(self.texts))

    @cached_property
    def average_length(self) -> float:
        """Characters a cell, on average."""
        return sum(map(len, self.texts)) / max(1, len(self.texts))

    @property
    def is_nested(self) -> bool:
        """Whether a cell is an object, or a list of lists or objects, which no attribute can hold."""
        return any(isinstance(part, dict | list) for cell in self.cells for part in _parts(cell)) or any(
            isinstance(cell, dict) for cell in self.cells
        )

    @cached_property
    def unit(self) -> str:
        """Unit that all numbers written as text share, for example ``min``; empty if none."""
        texts = [text.strip() for text in self.texts]
        units = {found.group(1) if (found := _UNIT.fullmatch(text)) else "" for text in texts}
        return units.pop().strip() if len(units) == 1 else ""

    @property
    def bare_name(self) -> str:
        """Name without the unit that a number's header ends with."""
        return _HEADED.sub("", self.name) if self.kind == "number" else self.name

    @property
    def spoken_unit(self) -> str:
        """Unit as people are shown it: of the cells, their currency sign, or what the header ends with."""
        signs = {found[1] or found[2] if (found := _SIGNED.fullmatch(text)) else "" for text in self.texts}
        sign = signs.pop() if len(signs) == 1 else ""
        headed = found[1] if (found := _HEADED.search(self.name)) else ""
        return self.unit or sign or CURRENCIES.get(headed.upper(), headed)

    @cached_property
    def separator(self) -> str:
        """What splits the cells into labels that come back from row to row; empty if nothing does."""
        texts = [cell for cell in self.cells if isinstance(cell, str) and not cell.startswith("[")]
        for separator in _SEPARATORS:
            share = sum(separator in text for text in texts) / max(1, len(texts))
            labels = Counter(part.strip() for text in texts for part in text.split(separator) if part.strip())
            if share < _SPLIT_SHARE or sum(map(len, labels)) > _LABEL_LENGTH * len(labels):
                continue
            # Bars and semicolons separate; commas also stand inside names and sentences, whose parts hardly come back.
            if separator in _ONLY_SEPARATES or labels.total() >= 2 * len(labels):
                return separator
        return ""

    @cached_property
    def labels(self) -> Counter[str]:
        """Labels as a category or categories attribute would have them, with how many cells have each."""
        counts: Counter[str] = Counter()
        for cell in self.cells:
            parts = cell.split(self.separator) if isinstance(cell, str) and self.separator else _parts(cell)
            counts.update({" ".join(str(part).split()) for part in parts if str(part).strip()})
        return counts

    @cached_property
    def kind(self) -> AttributeKind:
        """Kind of attribute that all cells of the sample fit."""
        if all(isinstance(cell, bool) for cell in self.cells) or self._words_of_truth():
            return "boolean"
        if self._fits(lambda cell: number(cell, self.name, self.unit)):
            return "number"
        if self._fits(lambda cell: date(cell, self.name)):
            return "date"
        if self.separator or any(len(_parts(cell)) != 1 or isinstance(cell, list) for cell in self.cells):
            return "categories"
        return "text" if self.average_length > _LONG_LABEL else "category"

    @property
    def is_code(self) -> bool:
        """Whether the cells are identifiers that people never say, such as hashes."""
        sample = self.texts[:200]
        return self.distinct * 2 > len(self.cells) and all(_CODE.fullmatch(text) for text in sample)

    @property
    def holds_names(self) -> bool:
        """Whether most labels are several capitalised words, as names of people and places are."""
        labels = list(self.labels)[:500]
        named = sum(1 for label in labels if len(words := label.split()) > 1 and words[0][:1].isupper())
        return bool(labels) and named * 2 > len(labels)

    def numbers(self) -> list[float]:
        """Return the cells as numbers, in ascending order; only for columns of that kind."""
        return sorted(float(number(cell, self.name, self.unit)) for cell in self.cells)

    def _fits(self, read: Callable[[Any], object]) -> bool:
        try:
            for cell in self.cells:
                read(cell)
        except CellError:
            return False
        return True

    def _words_of_truth(self) -> bool:
        if {text.strip().casefold() for text in self.texts} <= _WORDS_OF_TRUTH:
            return self._fits(lambda cell: boolean(cell, self.name))
        return False


def profile(rows: Iterable[dict[str, Any]], missing: frozenset[str]) -> dict[str, Column]:
    """Return the columns of the sample, in order of first appearance."""
    columns: dict[str, Column] = {}
    count = 0
    for cells in rows:
        count += 1
        for name, cell in cells.items():
            column = columns.setdefault(name, Column(name))
            if not _says_nothing(cell, missing):
                column.cells.append(cell)
    for column in columns.values():
        column.rows = count
    return columns


def _says_nothing(cell: Any, missing: frozenset[str]) -> bool:
    if isinstance(cell, str):
        return cell.strip() in missing
    return cell is None or cell == [] or cell != cell


def _parts(cell: Any) -> list[Any]:
    if isinstance(cell, str) and cell.startswith("["):
        try:
            cell = json.loads(cell)
        except ValueError:
            return [cell]
    return cell if isinstance(cell, list) else [cell]
