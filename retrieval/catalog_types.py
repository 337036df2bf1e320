"""Values of the importer that its parts share: the mapping of columns, and what is wrong with a row."""

from __future__ import annotations

from .types import AttributeSpec, Value


class Columns(Value):
    """Name the columns of an item's own fields; an empty name means the file has no such column."""

    id: str = "id"
    """What tells items apart; unique in the file."""
    title: str = "title"
    """Name of the item."""
    description: str = ""
    """Text about the item, searched by meaning and by words."""
    image: str = ""
    """Path inside the media folder, or a web address."""
    audio: str = ""
    """Path inside the media folder, or a web address."""
    video: str = ""
    """Path inside the media folder, or a web address."""
    popularity: str = ""
    """Any non-negative number, such as sales or plays."""
    url: str = ""
    """Web page of the item."""


class AttributeColumn(AttributeSpec):
    """An attribute together with the column it is read from."""

    column: str = ""
    """Column of the file; empty means the attribute's own name."""
    separator: str = ""
    """What separates several labels in one text cell, for example ``|``; JSON arrays need none."""

    @property
    def source_column(self) -> str:
        """Column the attribute is read from."""
        return self.column or self.name


class RowProblem(Value):
    """Say which row was left out, or is kept without its picture, sound or film, and why."""

    line: int
    """Line of the file, 1 for the first; in Parquet, number of the row; 0 where only the id is known."""
    item_id: str | None = None
    reason: str
    hint: str = ""
    code: str = ""
    """Kind of problem for programs: ``missing_id``, ``duplicate_id``, ``missing_title``, ``wrong_type``, ``media``,
    ``encoding``, ``too_long`` or ``malformed``."""

    kept: bool = False
    """Whether the item is kept all the same."""

    def text(self) -> str:
        """Return the problem as one line for a terminal."""
        name = f" (id {self.item_id!r})" if self.item_id else ""
        place = f"line {self.line}{name}" if self.line else f"id {self.item_id!r}"
        return f"{place}: {self.reason} {self.hint}".rstrip()
