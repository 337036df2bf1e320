"""Read who had to do with which item, how much and when; what cannot be used is counted and told, never dropped."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..catalog_files import Format, RawRow, columns_of, raw_rows
from ..catalog_types import RowProblem
from ..cells import CellError, identifier, number
from ..errors import InteractionsError
from ..types import Value
from .config import CollaborativeConfig

_SHOWN = 20
"""Problems and unknown ids that are kept as examples; all are counted."""

Codes = NDArray[np.int32]
Numbers = NDArray[np.float64]


class InteractionReport(Value):
    """What a file of interactions held."""

    rows: int = 0
    kept: int = 0
    """Rows that are used: one for each user and item."""
    users: int = 0
    items: int = 0
    """Items of the catalogue that anybody had to do with."""
    unknown_rows: int = 0
    """Rows that name an item which the catalogue does not hold."""
    unknown_items: int = 0
    """Distinct such items."""
    unknown_examples: tuple[str, ...] = ()
    """Some of them, those of most rows first."""
    repeated: int = 0
    """Rows that a later one of the same user and item replaced."""
    bad: int = 0
    """Rows that could not be read."""
    problems: tuple[RowProblem, ...] = Field(default=(), repr=False)
    """The first of those, with line and value."""

    def lines(self) -> list[str]:
        """Return what to tell, a sentence a line; the first stands even when all is well."""
        told = [f"{self.kept:,} interactions of {self.users:,} users with {self.items:,} items, of {self.rows:,} rows."]
        if self.unknown_rows:
            some = ", ".join(self.unknown_examples[:5])
            told.append(
                f"{self.unknown_rows:,} rows name {self.unknown_items:,} items that the catalogue does not hold"
                f" (for example {some}); they are left out."
            )
        if self.repeated:
            told.append(f"{self.repeated:,} rows were replaced by a later one of the same user and item.")
        if self.bad:
            told.append(f"{self.bad:,} rows could not be read and are left out:")
            told += [f"  line {one.line}: {one.reason} {one.hint}".rstrip() for one in self.problems[:5]]
        return told


@dataclass(frozen=True)
class Interactions:
    """Rows sorted by user, then time; rows of the same time keep the file's order."""

    users: tuple[str, ...]
    items: tuple[str, ...]
    """Ids of the whole catalogue, in its order."""
    user: Codes
    """Place in ``users``, shape (n,)."""
    item: Codes
    """Place in ``items``, shape (n,)."""
    value: Numbers
    time: Numbers
    """Seconds since 1970, or the row number where the file says nothing of time."""
    scale: float
    """Greatest value of the whole file, which parts of it keep."""

    def __len__(self) -> int:
        return len(self.user)

    def where(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Interactions:
        """Return the rows that are to be kept, by mask or in the order given; users and items stay as they are."""
        return replace(self, user=self.user[keep], item=self.item[keep], value=self.value[keep], time=self.time[keep])

    def from_end(self) -> Codes:
        """Return for each row how many later rows its user has, ties in the order of the file."""
        ends = np.searchsorted(self.user, self.user, side="right")
        return np.asarray(ends - 1 - np.arange(len(self.user)), dtype=np.int32)

    def last(self, count: int) -> tuple[Interactions, Interactions]:
        """Return all but each user's last ``count`` rows, and those; nobody gives up more than half of theirs."""
        late = self.from_end() < np.minimum(count, self.counts() // 2)[self.user]
        return self.where(~late), self.where(late)

    def counts(self) -> Codes:
        """Return the number of rows of each user, shape (users,)."""
        return np.bincount(self.user, minlength=len(self.users)).astype(np.int32)


def read_interactions(
    path: Path, items: Sequence[str], config: CollaborativeConfig | None = None
) -> tuple[Interactions, InteractionReport]:
    """Read a CSV, JSONL or Parquet file against the ids of a catalogue.

    Args:
        path: the file.
        items: ids of the catalogue.
        config: names of the columns.

    Raises:
        InteractionsError: there is no such file, it lacks a column, or holds no usable row.
        CatalogError: it is not in a format that can be read.
    """
    config = config or CollaborativeConfig()
    reader = _Reader(path, items, config)
    found = reader.read()
    if not len(found[0]):
        raise InteractionsError(
            f"{str(path)!r} holds no usable interaction: {' '.join(found[1].lines()[1:]) or 'it has no rows.'}",
            hint="Its item ids must be those of the catalogue that is indexed.",
        )
    return found


class _Reader:
    def __init__(self, path: Path, items: Sequence[str], config: CollaborativeConfig) -> None:
        self._path = path
        self._items = tuple(items)
        self._place = {item_id: place for place, item_id in enumerate(self._items)}
        self._config = config
        self._users: dict[str, int] = {}
        self._rows: dict[tuple[int, int], tuple[float, float, int]] = {}
        self._unknown: Counter[str] = Counter()
        self._problems: list[RowProblem] = []
        self._count = self._repeated = self._bad = 0

    def read(self) -> tuple[Interactions, InteractionReport]:
        if not self._path.is_file():
            raise InteractionsError(f"There is no file of interactions at {str(self._path)!r}.", hint="Check the path.")
        form = Format.of(self._path)
        declared = columns_of(form)
        if declared is not None:
            for column in (self._config.user_column, self._config.item_column):
                if column not in declared:
                    raise InteractionsError(
                        f"{str(self._path)!r} has no column {column!r}; it has {', '.join(declared)}.",
                        hint="Name the columns under [collaborative]: user_column, item_column, value_column, "
                        "timestamp_column.",
                    )
        for row in raw_rows(form):
            self._count += 1
            try:
                self._take(row)
            except CellError as error:
                line = row.line
                self._note(RowProblem(line=line, reason=error.reason, hint=error.hint, code=error.code))
        return self._sorted(), self._report()

    def _take(self, row: RawRow | RowProblem) -> None:
        if isinstance(row, RowProblem):
            self._note(row)
            return
        user, item = self._id(row, self._config.user_column), self._id(row, self._config.item_column)
        value, time = self._value(row), self._time(row)
        place = self._place.get(item)
        if place is None:
            self._unknown[item] += 1
            return
        key = (self._users.setdefault(user, len(self._users)), place)
        before = self._rows.get(key)
        self._repeated += before is not None
        if before is None or time >= before[1]:
            self._rows[key] = (value, time, self._count)

    def _id(self, row: RawRow, column: str) -> str:
        cell = row.cells.get(column)
        if cell is None or cell == "":
            raise CellError(f"There is no id in column {column!r}.", "", "missing_id")
        return identifier(cell, column)

    def _value(self, row: RawRow) -> float:
        column = self._config.value_column
        cell = row.cells.get(column)
        if cell is None or cell == "":
            return 1.0
        value = float(number(cell, column))
        if value < 0:
            raise CellError(f"Column {column!r} holds {cell!r}.", "A value cannot be negative.", "wrong_type")
        return value

    def _time(self, row: RawRow) -> float:
        column = self._config.timestamp_column
        cell = row.cells.get(column)
        return float(self._count) if cell is None or cell == "" else _moment(cell, column)

    def _note(self, problem: RowProblem) -> None:
        self._bad += 1
        if len(self._problems) < _SHOWN:
            self._problems.append(problem)

    def _sorted(self) -> Interactions:
        keys = np.array(list(self._rows), dtype=np.int32).reshape(-1, 2)
        held = np.array(list(self._rows.values()), dtype=np.float64).reshape(-1, 3)
        order = np.lexsort((held[:, 2], held[:, 1], keys[:, 0]))
        return Interactions(
            tuple(self._users),
            self._items,
            keys[order, 0],
            keys[order, 1],
            held[order, 0],
            held[order, 1],
            scale=max(float(held[:, 0].max(initial=0.0)), 1e-12),
        )

    def _report(self) -> InteractionReport:
        return InteractionReport(
            rows=self._count,
            kept=len(self._rows),
            users=len(self._users),
            items=len({item for _, item in self._rows}),
            unknown_rows=sum(self._unknown.values()),
            unknown_items=len(self._unknown),
            unknown_examples=tuple(item for item, _ in self._unknown.most_common(_SHOWN)),
            repeated=self._repeated,
            bad=self._bad,
            problems=tuple(self._problems),
        )


def _moment(cell: Any, column: str) -> float:
    """Return seconds since 1970 from a number, a date or ISO text; a time without a zone is taken for UTC."""
    try:
        if isinstance(cell, bool):
            raise ValueError
        if isinstance(cell, dt.datetime):
            moment = cell
        elif isinstance(cell, dt.date):
            moment = dt.datetime(cell.year, cell.month, cell.day)
        elif isinstance(cell, str) and not _is_number(cell):
            moment = dt.datetime.fromisoformat(cell.strip())
        else:
            seconds = float(cell)
            if not math.isfinite(seconds):
                raise ValueError
            return seconds
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        raise CellError(
            f"Column {column!r} holds {str(cell)[:80]!r}, not a time.", "Write seconds since 1970 or an ISO date."
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
