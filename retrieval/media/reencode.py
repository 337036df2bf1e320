"""Write uploads anew, so that what is kept is only what can be seen or heard: no metadata, no hidden parts."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import numpy as np

from .pictures import open_picture
from .sounds import MAX_SECONDS, RATE, Samples, open_sound

if TYPE_CHECKING:
    from PIL import Image

LONGEST = 1024
"""Longest side of a picture that is kept, pixels; encoders look at far smaller ones."""


def reencode_picture(data: bytes, longest: int = LONGEST) -> bytes:
    """Return a fresh JPEG of a picture, upright and without metadata.

    Raises:
        MediaError: it cannot be read.
    """
    return picture_bytes(open_picture(data, longest))


def reencode_sound(data: bytes, seconds: float = MAX_SECONDS) -> bytes:
    """Return the beginning of a sound as a fresh WAV, mono, 16 bits, without metadata.

    Raises:
        MediaError: it cannot be read.
    """
    return sound_bytes(open_sound(data, RATE, seconds))


def picture_bytes(image: Image.Image) -> bytes:
    """Return an RGB picture as a JPEG without metadata."""
    written = io.BytesIO()
    # The colour profile and the comment ride along in ``info`` unless a bare picture is saved.
    bare = image.copy()
    bare.info = {}
    bare.save(written, "JPEG", quality=90)
    return written.getvalue()


def sound_bytes(samples: Samples, rate: int = RATE) -> bytes:
    """Return samples as a WAV of 16 bits, mono."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())
    return written.getvalue()
