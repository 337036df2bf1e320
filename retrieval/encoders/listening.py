"""Listen to sounds as pictures: what inner layers of EfficientNet-Lite0 make of the log-mel spectrum, and statistics.

Layers in the middle know edges and textures, of which a spectrum is full; the last ones know dogs and cups, which it
does not show. What they find is averaged over time and kept apart by pitch, since a high rustle is not a low one.
Nothing is trained on sounds, so there is nothing that a catalogue's sounds could differ from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..media.sounds import RATE, Samples, open_sound
from ..types import Modality, Vectors
from .audio import Rows, log_mel, statistics
from .image import SIDE, EfficientNetEncoder
from .media_base import DecodingEncoder, unit_media
from .media_config import BUNDLED_AUDIO

_BLOCKS = (10, 14)
_CHANNELS = (112, 192)
_PITCHES = 7
"""Bands of pitch kept apart."""
_BANDS = 128
_HOP = 256
"""Samples between two columns: 224 columns are 2.6 seconds."""
_MOST_VIEWS = 6
"""Pieces of a sound that are looked at, spread evenly."""
_STATISTICS = 623


class ListeningEncoder(DecodingEncoder):
    """Encode sounds by three parts of equal weight: two inner layers, and the statistics of ``LogMelEncoder``."""

    modality: Modality = "audio"
    name = BUNDLED_AUDIO

    def __init__(self, device: str = "auto") -> None:
        """Load nothing yet: importing torch takes seconds."""
        self._eyes = EfficientNetEncoder(device)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return _PITCHES * sum(_CHANNELS) + _STATISTICS

    def decode(self, source: bytes | Path) -> Samples:
        """Read the first half minute of a sound.

        Raises:
            MediaError: it cannot be read.
        """
        return open_sound(source)

    def encode(self, decoded: Sequence[Samples]) -> Vectors:
        """Return one unit row per sound."""
        if not decoded:
            return np.empty((0, self.dimension), dtype=np.float32)
        return unit_media(np.stack([self._row(samples) for samples in decoded]), self.name)

    def _row(self, samples: Samples) -> Rows:
        seen = self._eyes.inner_maps(_views(samples), _BLOCKS)
        parts = [*(_by_pitch(maps) for maps in seen), statistics(samples)]
        return np.concatenate([part / max(float(np.linalg.norm(part)), 1e-9) for part in parts])


def _views(samples: Samples) -> Rows:
    """Return pieces of the spectrum as pictures, shape (n, 3, 224, 224), high pitches on top, -1 to 1."""
    import torch
    from torch.nn.functional import interpolate

    loudest = max(float(np.abs(samples).max()), 1e-6)
    heard = np.pad(samples / loudest, (0, max(0, RATE // 2 - len(samples))))
    spectrum = torch.from_numpy(log_mel(heard, _BANDS, _HOP)[::-1].copy())[None, None]
    tall = interpolate(spectrum, size=(SIDE, spectrum.shape[-1]), mode="bilinear", align_corners=False)[0, 0].numpy()
    # What is too short is followed by silence.
    wide = np.pad(tall, ((0, 0), (0, max(0, SIDE - tall.shape[1]))))
    count = max(1, min(_MOST_VIEWS, wide.shape[1] // SIDE))
    starts = np.linspace(0, wide.shape[1] - SIDE, count).astype(int)
    pieces = np.stack([wide[:, start : start + SIDE] for start in starts])
    return np.repeat(pieces[:, None] * np.float32(2.0) - np.float32(1.0), 3, axis=1).astype(np.float32)


def _by_pitch(maps: Rows) -> Rows:
    """Return means over time and pieces within each band of pitch, shape (channels * 7,)."""
    bands = maps.reshape(maps.shape[0], maps.shape[1], _PITCHES, -1, maps.shape[3])
    means: Rows = bands.mean(axis=(0, 3, 4)).ravel()
    return means
