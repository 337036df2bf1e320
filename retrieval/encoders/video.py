"""See and hear films with the encoders of pictures and sounds: frames averaged, the sound track beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..media.films import open_film
from ..media.reencode import picture_bytes, sound_bytes
from ..types import MediaEncoder, Modality, Vectors
from .media_base import DecodingEncoder, unit_media
from .media_config import BUNDLED_VIDEO


@dataclass(frozen=True)
class _Seen:
    frames: tuple[Any, ...]
    sound: Any | None


class FilmEncoder(DecodingEncoder):
    """Encode films as the mean of their frames with the sound track's vector behind it, zeros where there is none."""

    modality: Modality = "video"

    def __init__(self, eyes: MediaEncoder, ears: MediaEncoder) -> None:
        """Take the encoders of pictures and of sounds."""
        self._eyes, self._ears = eyes, ears
        self.name = f"{BUNDLED_VIDEO}({eyes.name},{ears.name})"

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._eyes.dimension + self._ears.dimension

    def decode(self, source: bytes | Path) -> _Seen:
        """Read frames and sound track.

        Raises:
            MediaError: it cannot be read.
        """
        film = open_film(source)
        frames = tuple(self._eyes.decode(picture_bytes(frame)) for frame in film.frames)
        return _Seen(frames, None if film.sound is None else self._ears.decode(sound_bytes(film.sound)))

    def encode(self, decoded: Sequence[_Seen]) -> Vectors:
        """Return one unit row per film."""
        rows = np.zeros((len(decoded), self.dimension), dtype=np.float32)
        if not decoded:
            return rows
        seen = self._eyes.encode([frame for film in decoded for frame in film.frames])
        ends = np.cumsum([len(film.frames) for film in decoded])
        for row, frames in zip(rows, np.split(seen, ends[:-1]), strict=True):
            row[: self._eyes.dimension] = frames.mean(axis=0)
        heard = [place for place, film in enumerate(decoded) if film.sound is not None]
        if heard:
            rows[heard, self._eyes.dimension :] = self._ears.encode([decoded[place].sound for place in heard])
        return unit_media(rows, self.name)
