"""Turn one raw row into an item, or say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .catalog_files import RawRow
from .catalog_types import AttributeColumn, Columns, RowProblem
from .cells import CellError, identifier, link, number, plain_text, typed_value
from .media import check_media
from .types import AttributeValue, Item

_LISTED_COLUMNS = 12


class RowReader:
    """Read rows by one mapping; remembers the ids it has seen."""

    def __init__(
        self,
        *,
        columns: Columns,
        attributes: Iterable[AttributeColumn],
        missing: frozenset[str],
        media_folder: Path,
        max_field_bytes: int,
        source: str,
    ) -> None:
        """Take the mapping; ``missing`` are the texts that mean "not known"."""
        self._columns = columns
        self._attributes = tuple(attributes)
        self._missing = missing
        self._media_folder = media_folder
        self._max_field_bytes = max_field_bytes
        self._source = source
        self._first_line: dict[str, int] = {}
        self.unusable: list[RowProblem] = []
        """Pictures, sounds and films of the last item that cannot be used; it is kept without them."""

    def item(self, row: RawRow) -> Item | RowProblem:
        """Return the row as an item, or the first thing that is wrong with it."""
        self.unusable = []
        item_id: str | None = None
        try:
            item_id = self._id(row)
            self._check_new(item_id)
            item = self._item(row, item_id)
        except CellError as error:
            return RowProblem(line=row.line, item_id=item_id, reason=error.reason, hint=error.hint, code=error.code)
        self._first_line[item_id] = row.line
        return item

    def _id(self, row: RawRow) -> str:
        value = self._cell(row, self._columns.id)
        if value is None:
            raise CellError(f"There is no id in column {self._columns.id!r}.", _has(row.cells), "missing_id")
        return identifier(value, self._columns.id)

    def _check_new(self, item_id: str) -> None:
        if item_id in self._first_line:
            before = self._first_line[item_id]
            raise CellError(f"The id {item_id!r} is taken by line {before}.", "Give each row its own.", "duplicate_id")

    def _item(self, row: RawRow, item_id: str) -> Item:
        columns = self._columns
        title = self._text(row, columns.title)
        if not title:
            raise CellError(f"There is no title in column {columns.title!r}.", _has(row.cells), "missing_title")
        popularity = self._number(row, columns.popularity)
        return Item(
            id=item_id,
            title=title,
            description=self._text(row, columns.description),
            attributes=self._facts(row),
            image=self._media(row, columns.image, "image"),
            audio=self._media(row, columns.audio, "audio"),
            video=self._media(row, columns.video, "video"),
            popularity=popularity,
            url=self._url(row),
            source=self._source,
        )

    def _facts(self, row: RawRow) -> dict[str, AttributeValue]:
        facts: dict[str, AttributeValue] = {}
        for column in self._attributes:
            cell = self._cell(row, column.source_column)
            value = None if cell is None else typed_value(cell, column)
            if value is not None:
                facts[column.name] = value
        return facts

    def _cell(self, row: RawRow, column: str) -> Any:
        """Return the cell, or None where it is absent or says that nothing is known."""
        value = row.cells.get(column) if column else None
        if isinstance(value, str):
            if value.strip() in self._missing:
                return None
            self._check_length(value, column)
        elif isinstance(value, list):
            self._check_length("".join(str(one) for one in value), column)
        elif isinstance(value, float) and value != value:
            return None
        return value

    def _check_length(self, text: str, column: str) -> None:
        # A character takes one to four bytes, so most texts need not be encoded to be measured.
        if 4 * len(text) > self._max_field_bytes and len(text.encode(errors="replace")) > self._max_field_bytes:
            reason = f"Column {column!r} holds more than {self._max_field_bytes:,} bytes."
            raise CellError(reason, "Shorten it, or raise max_field_bytes.", "too_long")

    def _text(self, row: RawRow, column: str) -> str:
        cell = self._cell(row, column)
        return "" if cell is None else plain_text(cell, column)

    def _number(self, row: RawRow, column: str) -> float:
        cell = self._cell(row, column)
        value = 0.0 if cell is None else float(number(cell, column))
        if value < 0:
            raise CellError(f"Column {column!r} holds {cell!r}.", "Popularity cannot be negative.", "wrong_type")
        return value

    def _url(self, row: RawRow) -> str | None:
        cell = self._cell(row, self._columns.url)
        return None if cell is None else link(cell, self._columns.url)

    def _media(self, row: RawRow, column: str, kind: str) -> str | None:
        try:
            cell = self._cell(row, column)
            return None if cell is None else check_media(plain_text(cell, column), column, kind, self._media_folder)
        except CellError as error:
            self.unusable.append(
                RowProblem(
                    line=row.line,
                    item_id=self._id(row),
                    reason=error.reason,
                    hint=error.hint,
                    code=error.code,
                    kept=True,
                )
            )
            return None


def _has(cells: Mapping[str, Any]) -> str:
    names = [name for name, value in cells.items() if value is not None and value != ""]
    more = ", ..." if len(names) > _LISTED_COLUMNS else ""
    return f"The row has: {', '.join(names[:_LISTED_COLUMNS])}{more}."
