"""What all encoders of pictures, sounds and films share: uploads and files are decoded, then encoded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from ..types import Modality, TextEncoder, Vectors


class DecodingEncoder(ABC):
    """Encode what ``decode`` gives; subclasses say how to do both."""

    name: str
    modality: Modality

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of the vectors."""

    @property
    def text_side(self) -> TextEncoder | None:
        """The encoder of texts in the same space, or None."""
        return None

    @abstractmethod
    def decode(self, source: bytes | Path) -> Any:
        """Read one file or upload."""

    @abstractmethod
    def encode(self, decoded: Sequence[Any]) -> Vectors:
        """Return one unit row for each."""

    def encode_query(self, media: Sequence[bytes]) -> Vectors:
        """Return one unit row per upload."""
        return self.encode([self.decode(data) for data in media])

    def encode_items(self, paths: Sequence[Path]) -> Vectors:
        """Return one unit row per file."""
        return self.encode([self.decode(path) for path in paths])


def unit_media(rows: Vectors, name: str) -> Vectors:
    """Return rows at unit length.

    Raises:
        EncoderError: one has no direction.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EncoderError(f"Encoder {name!r} gave a vector without a direction.", hint="Use another encoder.")
    unit: Vectors = (rows / lengths).astype(np.float32)
    return unit
