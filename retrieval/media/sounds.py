"""Decode sounds with PyAV: mono, one rate, the first seconds only, so that hours cost what half a minute costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MediaError
from .sources import Source, describe, opened

Samples = NDArray[np.float32]
"""Mono sound, shape (n,), -1 to 1."""

MAX_SECONDS = 30.0
"""Seconds of a sound that are decoded, from its start."""
RATE = 22_050
"""Samples a second."""
_SHORTEST = 0.02
"""Seconds below which there is nothing to hear."""
# Playlists (HLS, concat, DASH) name other files and addresses; a whitelist keeps the demuxer from following them.
FORMATS = (
    "aac,aiff,amr,asf,au,avi,caf,flac,flv,matroska,webm,mkv,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,ogg,oga,opus,wav,w64"
)


def open_sound(source: Source, rate: int = RATE, seconds: float = MAX_SECONDS) -> Samples:
    """Return the beginning of a sound, or of a film's sound track.

    Args:
        source: a path or the bytes of an upload.
        rate: samples a second wanted.
        seconds: how much is decoded at most.

    Raises:
        MediaError: it is missing, empty, damaged, silent of data, or no sound.
    """
    samples = read_track(source, rate, seconds)
    if samples is None:
        raise MediaError("There is no sound in this file.", describe(source), "Use WAV, FLAC, OGG, MP3 or M4A.")
    return samples


def read_track(source: Source, rate: int = RATE, seconds: float = MAX_SECONDS, kind: str = "sound") -> Samples | None:
    """Return the first sound track's beginning, or None where there is no track.

    Raises:
        MediaError: as for ``open_sound``.
    """
    import av

    with opened(source, kind) as stream:
        try:
            with container(stream, source, kind) as media:
                if not media.streams.audio:
                    return None
                samples = _joined(_pieces(media, rate), int(rate * seconds))
        except (av.FFmpegError, ValueError, MemoryError) as error:
            raise damaged(source, kind, error) from error
    if len(samples) < rate * _SHORTEST:
        raise MediaError(f"The {kind} holds no sound that can be decoded.", describe(source), "Replace the file.")
    if not np.isfinite(samples).all():
        raise MediaError(f"The {kind} holds values that are no numbers.", describe(source), "Convert it to 16 bits.")
    return samples


def container(stream: Any, source: Source, kind: str) -> Any:
    """Open a container of a permitted format.

    Raises:
        MediaError: it is of no such format.
    """
    import av

    try:
        return av.open(stream, mode="r", options={"format_whitelist": FORMATS}, metadata_errors="ignore")
    except (av.FFmpegError, ValueError) as error:
        hint = "Use WAV, FLAC, OGG, MP3 or M4A." if kind == "sound" else "Use MP4, WebM, MKV or MOV."
        raise MediaError(f"This is no {kind} that can be read, or it is damaged.", describe(source), hint) from error


def damaged(source: Source, kind: str, error: BaseException) -> MediaError:
    """Return the error for a container that opens and then breaks off."""
    return MediaError(
        f"The {kind} is damaged or cut off: {error}.", describe(source), "Replace it with one that plays elsewhere."
    )


def _pieces(media: Any, rate: int) -> Iterator[Samples]:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    heard = False
    try:
        for frame in media.decode(media.streams.audio[0]):
            for piece in resampler.resample(frame):
                heard = True
                yield piece.to_ndarray().reshape(-1).astype(np.float32)
    except av.FFmpegError:
        # A file cut off in the middle is as good as what could be heard of it, if anything.
        if not heard:
            raise


def _joined(pieces: Iterator[Samples], most: int) -> Samples:
    kept: list[Samples] = []
    total = 0
    for piece in pieces:
        kept.append(piece)
        total += len(piece)
        if total >= most:
            break
    return np.concatenate(kept)[:most] if kept else np.empty(0, dtype=np.float32)
