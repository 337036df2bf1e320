"""Listen to sounds with librosa: statistics of log-mel bands, MFCCs and what else tells a bark from rain.

Nothing is learned here. ``listening.py`` adds what a network for pictures sees in the log-mel spectrum.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..media.sounds import RATE, Samples, open_sound
from ..types import Modality, Vectors
from .media_base import DecodingEncoder, unit_media
from .media_config import STATISTICS_AUDIO

_WINDOW = 1024
_HOP = 512
_MELS = 64
_MFCCS = 20
_QUANTILES = (0.1, 0.5, 0.9)
_PER_ROW = 2 + len(_QUANTILES) + 2
_FLOOR = 1e-10

Rows = NDArray[np.float32]


class LogMelEncoder(DecodingEncoder):
    """Encode sounds by fixed statistics; deterministic, no weights."""

    modality: Modality = "audio"
    name = STATISTICS_AUDIO

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return (_MELS + _MFCCS + _SHAPES) * _PER_ROW

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
        return unit_media(np.stack([statistics(samples) for samples in decoded]), self.name)


_SHAPES = 5
"""Loudness, zero crossings, centroid, bandwidth and flatness."""


def statistics(samples: Samples) -> Rows:
    """Return the statistics of one sound, shape (623,)."""
    loudest = float(np.abs(samples).max())
    # A recording's volume says how near the microphone was, not what is heard.
    heard = np.pad(samples / max(loudest, 1e-6), (0, max(0, 4 * _WINDOW - len(samples))))
    return np.concatenate([_summary(rows) for rows in _spectra(heard)]).astype(np.float32)


def log_mel(samples: Samples, bands: int, hop: int) -> Rows:
    """Return the log-mel spectrum between 0 and 1, the loudest moment being 1 and 80 dB below it 0.

    Args:
        samples: mono, at the usual rate.
        bands: how many, from 40 Hz up.
        hop: samples between two columns.

    Returns:
        Shape (bands, columns), low bands first.
    """
    from librosa import feature, power_to_db

    mel = feature.melspectrogram(y=samples, sr=RATE, n_fft=_WINDOW, hop_length=hop, n_mels=bands, fmin=40)
    scaled: Rows = (power_to_db(mel, ref=np.max, top_db=80.0).astype(np.float32) + np.float32(80.0)) / np.float32(80.0)
    return scaled


def _spectra(heard: Samples) -> list[Rows]:
    """Return rows over time: log-mel bands, MFCCs, shapes of the spectrum; each scaled to vary by about one."""
    from librosa import feature, power_to_db, stft

    size: Any = np.abs(stft(heard, n_fft=_WINDOW, hop_length=_HOP))
    mel = feature.melspectrogram(S=size**2, sr=RATE, n_mels=_MELS)
    loud = power_to_db(mel, ref=1.0, amin=_FLOOR, top_db=80.0)
    mfcc = feature.mfcc(S=loud, n_mfcc=_MFCCS)
    frames = loud.shape[1]
    shapes = np.stack(
        [
            20.0 * np.log10(feature.rms(S=size, frame_length=_WINDOW)[0][:frames] + 1e-6) / 20.0,
            feature.zero_crossing_rate(heard, frame_length=_WINDOW, hop_length=_HOP)[0][:frames] * 5.0,
            feature.spectral_centroid(S=size, sr=RATE)[0] / 2000.0,
            feature.spectral_bandwidth(S=size, sr=RATE)[0] / 1000.0,
            np.log10(feature.spectral_flatness(S=size)[0] + _FLOOR) / 2.0,
        ]
    )
    return [loud / 20.0, mfcc / 50.0, shapes]


def _summary(rows: Rows) -> Rows:
    """Return mean, spread, quantiles, and how much and how unevenly a row changes, shape (7 * rows,)."""
    change = np.abs(np.diff(rows, axis=1))
    parts = [rows.mean(axis=1), rows.std(axis=1), *np.quantile(rows, _QUANTILES, axis=1)]
    parts += [change.mean(axis=1), change.std(axis=1)]
    return np.concatenate(parts)
