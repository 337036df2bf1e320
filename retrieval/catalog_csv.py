"""Rows of a CSV file. After a bad row, for example one whose quote never closes, reading goes on at the next line."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from .catalog_lines import BadLineError, decode_line, limited_lines
from .catalog_types import RowProblem
from .errors import CatalogError

_QUOTES = "Check the quotes: a quote inside a quoted cell is written twice."


class _Lines:
    """Feed lines to ``csv.reader`` and remember those of the row being read, so that they can be read again."""

    def __init__(self, stream: BinaryIO, encoding: str, limit: int) -> None:
        self._lines = limited_lines(stream, limit)
        self._encoding = encoding
        self._limit = limit
        self._again: deque[tuple[int, bytes | None]] = deque()
        self._row: list[tuple[int, bytes | None]] = []
        self._row_bytes = 0
        self.bad_line: BadLineError | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        number, line = self._again.popleft() if self._again else next(self._lines)
        self._row.append((number, line))
        self._row_bytes += len(line or b"")
        if self._row_bytes > self._limit:
            raise BadLineError("The row is too long; perhaps a quote never closes.", _QUOTES, "too_long")
        return self._text(number, line) + "\n"

    def start_row(self) -> None:
        """Forget the lines of the row before."""
        self._row, self._row_bytes, self.bad_line = [], 0, None

    def row_line(self) -> int:
        """Return the number of the row's first line."""
        return self._row[0][0]

    def _text(self, number: int, line: bytes | None) -> str:
        # A row goes on after bytes that cannot be decoded, so that the rest of it is not taken for rows of its own.
        try:
            return decode_line(line, self._encoding, first=number == 1)
        except BadLineError as error:
            if line is None:
                raise
            self.bad_line = error
            return line.decode(self._encoding, errors="replace")

    def retry_after_first(self) -> None:
        """Read all lines of the failed row but its first again, as rows of their own."""
        self._again.extendleft(reversed(self._row[1:]))


def csv_header(stream: BinaryIO, path: Path, encoding: str, delimiter: str, limit: int) -> tuple[str, ...]:
    """Return the names in the file's first row.

    Raises:
        CatalogError: there is no readable header, or it names a column twice.
    """
    lines = _Lines(stream, encoding, limit)
    return _header(lines, _reader(lines, delimiter, limit), path)


def csv_rows(
    stream: BinaryIO, path: Path, encoding: str, delimiter: str, limit: int
) -> Iterator[tuple[int, dict[str, Any]] | RowProblem]:
    """Yield (first line, cells by column) or a problem for each row after the header; ``limit`` is bytes a row.

    Raises:
        CatalogError: there is no readable header, or it names a column twice.
    """
    lines = _Lines(stream, encoding, limit)
    reader = _reader(lines, delimiter, limit)
    header = _header(lines, reader, path)
    while True:
        lines.start_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (BadLineError, csv.Error) as error:
            yield _problem(error, lines.row_line())
            lines.retry_after_first()
            continue
        if lines.bad_line is not None:
            yield lines.bad_line.problem(lines.row_line())
        elif cells:
            yield _row(header, cells, lines.row_line())


def _row(header: tuple[str, ...], cells: list[str], line: int) -> tuple[int, dict[str, Any]] | RowProblem:
    if len(cells) != len(header):
        reason = f"The row has {len(cells)} cells; the header has {len(header)}."
        return RowProblem(line=line, reason=reason, hint="Check separators and quotes.", code="malformed")
    return line, dict(zip(header, cells, strict=True))


def _problem(error: BadLineError | csv.Error, line: int) -> RowProblem:
    if isinstance(error, BadLineError):
        return error.problem(line)
    return RowProblem(line=line, reason=f"The row is not CSV: {error}.", hint=_QUOTES, code="malformed")


def _reader(lines: _Lines, delimiter: str, limit: int) -> Iterator[list[str]]:
    # The limit is the csv module's only global; it is only ever raised, and rows are bounded by _Lines.
    csv.field_size_limit(max(2 * limit, csv.field_size_limit()))
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _header(lines: _Lines, reader: Iterator[list[str]], path: Path) -> tuple[str, ...]:
    try:
        names = next(reader, [])
        if lines.bad_line is not None:
            raise lines.bad_line
    except (BadLineError, csv.Error) as error:
        raise CatalogError(f"The header of {str(path)!r} cannot be read: {error}", hint="Save it as UTF-8.") from None
    header = tuple(name.strip() for name in names)
    if not any(header):
        raise CatalogError(f"{str(path)!r} has no header.", hint="Write the columns' names in its first line.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CatalogError(f"The header of {str(path)!r} names columns twice: {twice!r}.", hint="Rename one of each.")
    return header
