"""Read a catalogue: the demo's films, or the user's own CSV, JSONL or Parquet file by a mapping of its columns.

Rows stream: memory holds one row, the ids seen (to find duplicates) and the problems kept for the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from .catalog_files import Format, RawRow, columns_of, raw_rows
from .catalog_types import AttributeColumn, Columns, RowProblem
from .errors import CatalogError, CatalogRejectedError
from .rows import RowReader
from .types import AttributeSpec, CatalogSchema, CatalogWords, Item, Value

__all__ = [
    "AttributeColumn",
    "CatalogConfig",
    "Columns",
    "LoadReport",
    "RowProblem",
    "load_catalog",
    "read_catalog",
    "scan_catalog",
]

_KEPT_PROBLEMS = 1000
_SHOWN_PROBLEMS = 20


class CatalogConfig(Value):
    """Say where the catalogue lies, what it holds and which column means what. With no path it is the demo's films."""

    path: Path | None = None
    """CSV, JSONL or Parquet file; empty means the demo catalogue, and then nothing else here matters."""
    name: str = "catalogue"
    """Name of the catalogue, for people and for the index."""
    noun: str = "item"
    """What one entry is called: film, track, course."""
    noun_plural: str = "items"
    """What several are called."""
    noun_aliases: tuple[str, ...] = ()
    """Other words people use for an entry, singular and plural."""
    verb: str = "see"
    """What people do with an entry: watch, hear, take."""
    verb_aliases: tuple[str, ...] = ()
    """Other words people use for doing that: play, listen to."""
    naming: Literal["like", "want"] = "like"
    """What naming an entry means: something like it, or the entry itself."""
    format: Literal["auto", "csv", "jsonl", "parquet"] = "auto"
    """Format of the file; ``auto`` goes by its ending."""
    encoding: str = "utf-8"
    """Encoding of a CSV or JSONL file; a byte-order mark is skipped."""
    delimiter: str = Field("", max_length=1)
    """What separates the cells of a CSV file; empty means a tab for ``.tsv``, else a comma."""
    columns: Columns = Columns()
    """Which columns hold the id, the title and so on."""
    attributes: tuple[AttributeColumn, ...] = ()
    """The typed facts, their columns and how people talk about them."""
    languages: dict[str, CatalogWords] = Field(default_factory=dict)
    """How other languages speak of the catalogue, by ISO 639-1 code."""
    missing: tuple[str, ...] = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "\\N")
    """Cells that mean "not known"."""
    media_folder: Path | None = None
    """Folder that images, audio and video lie in; empty means the catalogue's own folder. Paths may not leave it."""
    max_field_bytes: int = Field(1_000_000, ge=1_000)
    """Longest text of one field, in bytes of UTF-8; a row with a longer one is reported and left out."""
    source: str = ""
    """Where the facts come from, for credit; kept on every item."""

    # Pydantic's own ``schema`` is a deprecated class method that nothing calls.
    def schema(self) -> CatalogSchema:  # type: ignore[override]
        """Return the schema of the items this catalogue yields."""
        if self.path is None:
            from . import demo

            return demo.schema()
        plain = tuple(
            AttributeSpec(**column.model_dump(include=set(AttributeSpec.model_fields))) for column in self.attributes
        )
        return CatalogSchema(
            name=self.name,
            noun=self.noun,
            noun_plural=self.noun_plural,
            noun_aliases=self.noun_aliases,
            verb=self.verb,
            verb_aliases=self.verb_aliases,
            naming=self.naming,
            attributes=plain,
            languages=self.languages,
        )


class LoadReport(Value):
    """Count what was read and say what was wrong."""

    rows: int
    """Rows in the file, blank lines not counted."""
    loaded: int
    problem_count: int = 0
    """Rows left out; ``problems`` keeps the first thousand of them."""
    media_problems: int = 0
    """Pictures, sounds and films that cannot be used; their rows are loaded without them."""
    problems: tuple[RowProblem, ...] = ()

    def summary(self) -> str:
        """Return the counts and the first problems as lines for a terminal."""
        noun = "row was" if self.problem_count == 1 else "rows were"
        lines = [f"{self.loaded:,} of {self.rows:,} rows loaded; {self.problem_count:,} {noun} left out."]
        if self.media_problems:
            lines.append(f"{self.media_problems:,} pictures, sounds or films cannot be used; their rows are loaded.")
        lines += [f"  {problem.text()}" for problem in self.problems[:_SHOWN_PROBLEMS]]
        if (more := self.problem_count + self.media_problems - _SHOWN_PROBLEMS) > 0:
            lines.append(f"  ... and {more:,} more.")
        return "\n".join(lines)


def read_catalog(
    config: CatalogConfig, *, strict: bool = False, on_problem: Callable[[RowProblem], None] | None = None
) -> Iterator[Item]:
    """Yield the catalogue's good rows as items; hand each bad one to ``on_problem``.

    Raises:
        CatalogError: the file or the mapping cannot be used at all.
        CatalogRejectedError: ``strict`` is set and a row is bad.
    """
    for entry in _entries(config):
        if isinstance(entry, Item):
            yield entry
            continue
        if on_problem is not None:
            on_problem(entry)
        if strict:
            raise _rejected(f"Row refused: {entry.text()}")


def load_catalog(config: CatalogConfig, strict: bool = False) -> tuple[list[Item], LoadReport]:
    """Read the whole catalogue into memory and report on it.

    Raises:
        CatalogError: the file or the mapping cannot be used at all.
        CatalogRejectedError: ``strict`` is set and any row is bad; the message lists the first of them.
    """
    items: list[Item] = []
    report = scan_catalog(config, items.append)
    if strict and report.problems:
        raise _rejected(report.summary())
    return items, report


def scan_catalog(config: CatalogConfig, on_item: Callable[[Item], None] | None = None) -> LoadReport:
    """Read the catalogue once, hand each item to ``on_item`` and report; nothing but the report is kept.

    Raises:
        CatalogError: the file or the mapping cannot be used at all.
    """
    loaded = problem_count = media_problems = 0
    problems: list[RowProblem] = []
    for entry in _entries(config):
        if isinstance(entry, Item):
            loaded += 1
            if on_item is not None:
                on_item(entry)
            continue
        if entry.kept:
            media_problems += 1
        else:
            problem_count += 1
        if len(problems) < _KEPT_PROBLEMS:
            problems.append(entry)
    return LoadReport(
        rows=loaded + problem_count,
        loaded=loaded,
        problem_count=problem_count,
        media_problems=media_problems,
        problems=tuple(problems),
    )


def _entries(config: CatalogConfig) -> Iterator[Item | RowProblem]:
    if config.path is None:
        from . import demo

        yield from demo.films()
        return
    form = Format.of(config.path, config.format, config.encoding, config.delimiter, config.max_field_bytes)
    _check_columns(config, columns_of(form))
    reader = RowReader(
        columns=config.columns,
        attributes=config.attributes,
        missing=frozenset(config.missing),
        media_folder=config.media_folder or config.path.parent,
        max_field_bytes=config.max_field_bytes,
        source=config.source,
    )
    for row in raw_rows(form):
        if not isinstance(row, RawRow):
            yield row
            continue
        entry = reader.item(row)
        if isinstance(entry, Item):
            yield from reader.unusable
        yield entry


def _check_columns(config: CatalogConfig, present: tuple[str, ...] | None) -> None:
    """Refuse a mapping that names columns the file does not have; JSONL has no header to check."""
    if present is None:
        return
    named = {field: getattr(config.columns, field) for field in Columns.model_fields}
    named |= {column.name: column.source_column for column in config.attributes}
    absent = {field: column for field, column in named.items() if column and column not in present}
    if absent:
        listed = ", ".join(f"{column!r} (for {field})" for field, column in absent.items())
        raise CatalogError(
            f"{str(config.path)!r} has no column {listed}.", hint=f"It has: {', '.join(present)}. Change the mapping."
        )


def _rejected(message: str) -> CatalogRejectedError:
    return CatalogRejectedError(message, hint="Mend the rows, or load the good ones without strict.")
