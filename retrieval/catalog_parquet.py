"""Rows of a Parquet file, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .catalog_types import RowProblem
from .errors import CatalogError

_BATCH = 1000


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Return the names of the file's top-level columns.

    Raises:
        CatalogError: the file is not Parquet.
    """
    return tuple(_open(path).schema_arrow.names)


def parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]] | RowProblem]:
    """Yield (row number from 1, cells by column) or a problem for each row.

    A damaged part ends the reading, with a problem that says where: what lies behind it cannot be found again.

    Raises:
        CatalogError: the file is not Parquet.
    """
    from pyarrow import ArrowException

    row = 0
    batches = _open(path).iter_batches(batch_size=_BATCH)
    while True:
        try:
            batch = next(batches, None)
        except (ArrowException, OSError) as error:
            reason = f"The file cannot be read from here on: {error}"
            yield RowProblem(line=row + 1, reason=reason, hint="Write the file again.", code="malformed")
            return
        if batch is None:
            return
        for offset in range(batch.num_rows):
            row += 1
            yield _row(batch, offset, row)


def _row(batch: Any, offset: int, row: int) -> tuple[int, dict[str, Any]] | RowProblem:
    try:
        return row, {
            name: column[offset].as_py() for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
    except (UnicodeDecodeError, ValueError, OverflowError) as error:
        code = "encoding" if isinstance(error, UnicodeDecodeError) else "malformed"
        return RowProblem(line=row, reason=f"The row cannot be read: {error}.", hint="Write UTF-8 text.", code=code)


def _open(path: Path) -> Any:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise CatalogError(f"{str(path)!r} is not a Parquet file: {error}", hint="Write the file again.") from None
