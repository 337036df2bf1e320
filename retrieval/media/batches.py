"""Encode many files of which some are bad: the good ones get vectors, the bad ones a line in a report."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MediaError
from ..types import MediaEncoder, Vectors
from .sources import MediaProblem


@dataclass(frozen=True)
class Encoded:
    """What became of some files."""

    kept: tuple[int, ...]
    """Places, in what was given, of the files that could be read."""
    rows: Vectors
    """One row for each of them."""
    problems: tuple[MediaProblem, ...]
    """The others."""


def encode_files(encoder: MediaEncoder, paths: Sequence[Path], batch: int = 32, readers: int = 2) -> Encoded:
    """Return the vectors of all files that can be read; memory holds one batch of what was decoded.

    Args:
        encoder: of the files' modality.
        paths: the files.
        batch: files decoded before they are encoded together.
        readers: threads that decode.
    """
    kept: list[int] = []
    rows: list[Vectors] = [np.empty((0, encoder.dimension), dtype=np.float32)]
    problems: list[MediaProblem] = []
    with ThreadPoolExecutor(readers) as pool:
        for start in range(0, len(paths), batch):
            decoded: list[Any] = []
            for place, read in enumerate(pool.map(lambda path: _read(encoder, path), paths[start : start + batch])):
                if isinstance(read, MediaProblem):
                    problems.append(read)
                else:
                    kept.append(start + place)
                    decoded.append(read)
            if decoded:
                rows.append(encoder.encode(decoded))
    return Encoded(tuple(kept), np.concatenate(rows), tuple(problems))


def _read(encoder: MediaEncoder, path: Path) -> Any:
    try:
        return encoder.decode(path)
    except MediaError as error:
        return MediaProblem(path=str(path), reason=error.what, hint=error.hint)
