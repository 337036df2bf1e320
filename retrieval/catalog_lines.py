"""Lines of a text file as bytes, bounded in length, decoded one at a time so that one bad line stays one bad line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from .catalog_types import RowProblem

_CHUNK = 1 << 16
_MARK = b"\xef\xbb\xbf"


class BadLineError(Exception):
    """Carry what is wrong with a line out of the code that reads it."""

    def __init__(self, reason: str, hint: str, code: str) -> None:
        """Keep the parts of the problem to report."""
        super().__init__(reason)
        self.reason, self.hint, self.code = reason, hint, code

    def problem(self, line: int) -> RowProblem:
        """Return the problem as found on the line."""
        return RowProblem(line=line, reason=self.reason, hint=self.hint, code=self.code)


def limited_lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line without its end), or None in place of a line over ``limit`` bytes."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        too_long = len(line) > limit
        while not line.endswith(b"\n") and (rest := stream.readline(_CHUNK)):
            too_long = True
            line = rest
        yield number, None if too_long else line.rstrip(b"\r\n")


def decode_line(line: bytes | None, encoding: str, *, first: bool) -> str:
    """Return the line as text, without a byte-order mark if it is the first.

    Raises:
        BadLineError: the line was too long, or its bytes are not in the encoding.
    """
    if line is None:
        raise BadLineError("The row is too long.", "Shorten it, or raise max_field_bytes.", "too_long")
    try:
        return (line.removeprefix(_MARK) if first else line).decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"The bytes are not {encoding}: {error.reason} at byte {error.start + 1} of the line."
        raise BadLineError(reason, "Save the file as UTF-8, or set encoding.", "encoding") from None
