"""Open what is to be decoded, file or upload alike, and name it in errors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import MediaError
from ..types import Value

Source = bytes | Path


class MediaProblem(Value):
    """One file that could not be used, and why."""

    path: str
    reason: str
    hint: str = ""


def describe(source: Source) -> str:
    """Return how errors call a source: the path, or the size of an upload."""
    return str(source) if isinstance(source, Path) else f"an upload of {len(source):,} bytes"


@contextmanager
def opened(source: Source, kind: str) -> Iterator[IO[bytes]]:
    """Give a source as a stream of bytes.

    Raises:
        MediaError: it is missing, no plain file, or empty.
    """
    if isinstance(source, bytes):
        if not source:
            raise MediaError(f"The {kind} is empty.", describe(source), "Send the file's bytes.")
        yield io.BytesIO(source)
        return
    try:
        if not source.is_file():
            what = "is no plain file" if source.exists() else "does not exist"
            raise MediaError(f"The {kind} {what}.", describe(source), "Correct the path.")
        if source.stat().st_size == 0:
            raise MediaError(f"The {kind} is empty.", describe(source), "Replace the file.")
        stream = source.open("rb")
    except OSError as error:
        raise MediaError(f"The {kind} cannot be opened: {error.strerror or error}.", describe(source)) from error
    with stream:
        yield stream
