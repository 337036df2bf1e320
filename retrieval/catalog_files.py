"""Stream the rows of a CSV, JSONL or Parquet file, with line numbers, and go on after a row that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from .catalog_csv import csv_header, csv_rows
from .catalog_lines import BadLineError, decode_line, limited_lines
from .catalog_parquet import parquet_columns, parquet_rows
from .catalog_types import RowProblem
from .errors import CatalogError

_ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_ROW_TO_FIELD = 16
"""A row may be this many times as long as its longest field."""


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it: cells by column, uninterpreted."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """Everything needed to read rows from a file, checked."""

    path: Path
    kind: str
    encoding: str
    delimiter: str
    max_row_bytes: int

    @classmethod
    def of(
        cls,
        path: Path,
        kind: Literal["auto", "csv", "jsonl", "parquet"] = "auto",
        encoding: str = "utf-8",
        delimiter: str = "",
        max_field_bytes: int = 1_000_000,
    ) -> Format:
        """Check that the file can be read and settle its format.

        Raises:
            CatalogError: there is no such file, or its format or encoding is not one that can be read.
        """
        if not path.is_file():
            raise CatalogError(f"No catalogue file at {str(path)!r}.", hint="Check the path.")
        found = _ENDINGS.get(path.suffix.casefold(), "") if kind == "auto" else kind
        if not found:
            raise CatalogError(
                f"The format of {str(path)!r} is not clear from its ending.",
                hint="Use .csv, .tsv, .jsonl or .parquet, or set format.",
            )
        _check_encoding(path, found, encoding)
        cells_end = delimiter or ("\t" if path.suffix.casefold() == ".tsv" else ",")
        return cls(path, found, encoding, cells_end, _ROW_TO_FIELD * max_field_bytes)


def columns_of(form: Format) -> tuple[str, ...] | None:
    """Return the columns a CSV or Parquet file declares; None for JSONL, where each row has its own.

    Raises:
        CatalogError: the header cannot be read.
    """
    if form.kind == "parquet":
        return parquet_columns(form.path)
    if form.kind == "csv":
        with form.path.open("rb") as stream:
            return csv_header(stream, form.path, form.encoding, form.delimiter, form.max_row_bytes)
    return None


def raw_rows(form: Format) -> Iterator[RawRow | RowProblem]:
    """Yield every row of the file, or what is wrong with it.

    Raises:
        CatalogError: the file cannot be read at all.
    """
    if form.kind == "parquet":
        yield from _wrapped(parquet_rows(form.path))
        return
    with form.path.open("rb") as stream:
        if form.kind == "csv":
            yield from _wrapped(csv_rows(stream, form.path, form.encoding, form.delimiter, form.max_row_bytes))
        else:
            yield from _jsonl_rows(stream, form)


def _wrapped(rows: Iterator[tuple[int, dict[str, Any]] | RowProblem]) -> Iterator[RawRow | RowProblem]:
    for row in rows:
        yield row if isinstance(row, RowProblem) else RawRow(*row)


def _jsonl_rows(stream: BinaryIO, form: Format) -> Iterator[RawRow | RowProblem]:
    for number, line in limited_lines(stream, form.max_row_bytes):
        try:
            text = decode_line(line, form.encoding, first=number == 1)
        except BadLineError as error:
            yield error.problem(number)
            continue
        if text.strip():
            yield _json_row(number, text)


def _json_row(number: int, text: str) -> RawRow | RowProblem:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = f"The line is not JSON: {error}."
        return RowProblem(line=number, reason=reason, hint="Write one JSON object a line.", code="malformed")
    if not isinstance(value, dict):
        reason = f"The line is a JSON {type(value).__name__}, not an object."
        return RowProblem(line=number, reason=reason, hint="Write one JSON object a line.", code="malformed")
    return RawRow(number, value)


def _check_encoding(path: Path, kind: str, encoding: str) -> None:
    if kind == "parquet":
        return
    try:
        single_bytes_split = "\n".encode(encoding) == b"\n"
    except LookupError:
        raise CatalogError(f"Unknown encoding {encoding!r}.", hint="Use utf-8, or for example cp1252.") from None
    with path.open("rb") as stream:
        wide_mark = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    if wide_mark or not single_bytes_split:
        raise CatalogError(f"{str(path)!r} is in UTF-16 or UTF-32, which is not read.", hint="Save it as UTF-8.")
