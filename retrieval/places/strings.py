"""Many strings as one array of bytes, mapped from disk; a million cost their letters and 8 bytes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Strings(Sequence[str]):
    """A read-only list of strings."""

    def __init__(self, letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        """Take UTF-8 bytes and where each string ends in them, shape (n,)."""
        self._letters = letters
        self._ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        """Pack strings in memory."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    @classmethod
    def read(cls, folder: Path, name: str) -> Strings:
        """Map what ``write`` wrote.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        return cls(np.load(folder / f"{name}.letters.npy"), np.load(folder / f"{name}.ends.npy"))

    def write(self, folder: Path, name: str) -> None:
        """Write two files to a folder."""
        np.save(folder / f"{name}.letters.npy", self._letters)
        np.save(folder / f"{name}.ends.npy", self._ends)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return self.many(np.arange(len(self), dtype=np.int64)[place])
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        start = int(self._ends[place - 1]) if place else 0
        return self._letters[start : int(self._ends[place])].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        step = 10_000
        for start in range(0, len(self), step):
            yield from self.many(np.arange(start, min(start + step, len(self)), dtype=np.int64))

    def many(self, places: NDArray[np.int64]) -> list[str]:
        """Return the strings at these places, in their order."""
        if len(places) == 0:
            return []
        starts = np.where(places > 0, self._ends[places - 1], 0).tolist()
        ends = self._ends[places].tolist()
        letters = self._letters
        return [
            letters[start:end].tobytes().decode("utf-8", "surrogatepass")
            for start, end in zip(starts, ends, strict=True)
        ]
