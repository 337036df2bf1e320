"""Decode films with PyAV: a few frames spread over the whole, made small at once, and the start of the sound track."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import MediaError
from .pictures import MAX_PIXELS
from .sounds import MAX_SECONDS, RATE, Samples, container, damaged, read_track
from .sources import Source, describe, opened

if TYPE_CHECKING:
    from PIL import Image

FRAMES = 8
"""Frames taken from a film."""
_LONGEST = 320
"""Longest side of a frame, pixels."""
_AFTER_SEEK = 250
"""Frames decoded at most to get from a key frame to a wanted moment; the last one reached is taken instead."""


@dataclass(frozen=True)
class Film:
    """What is kept of a film."""

    frames: tuple[Image.Image, ...]
    """RGB, in order, none longer than 320 pixels."""
    sound: Samples | None
    """The start of the sound track, or None where there is none that can be heard."""


def open_film(source: Source, frames: int = FRAMES, rate: int = RATE, seconds: float = MAX_SECONDS) -> Film:
    """Return frames spread evenly over a film, and the first seconds of its sound track.

    Raises:
        MediaError: it is missing, empty, damaged, too large, or shows nothing.
    """
    import av

    with opened(source, "film") as stream:
        try:
            with container(stream, source, "film") as media:
                taken = _frames(media, source, frames)
        except (av.FFmpegError, ValueError, MemoryError) as error:
            raise damaged(source, "film", error) from error
    try:
        sound = read_track(source, rate, seconds, "film")
    except MediaError:
        # The pictures can still be looked at.
        sound = None
    return Film(tuple(taken), sound)


def _frames(media: Any, source: Source, count: int) -> list[Image.Image]:
    stream = next((one for one in media.streams.video if not _is_cover(one)), None)
    if stream is None:
        raise MediaError("There are no moving pictures in this file.", describe(source), "Use MP4, WebM, MKV or MOV.")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MAX_PIXELS:
        raise MediaError(
            f"The film's frames, {width:,} x {height:,}, are too large: at most {MAX_PIXELS:,} pixels are read.",
            describe(source),
            "Scale it down first.",
        )
    stream.thread_type = "NONE"
    taken = _spread(media, stream, count) or _first(media, stream, count)
    if not taken:
        raise MediaError("No frame of the film can be decoded.", describe(source), "Replace the file.")
    return taken


def _is_cover(stream: Any) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _spread(media: Any, stream: Any, count: int) -> list[Image.Image]:
    """Return frames at the middle of equal parts; none where the length is not known or seeking fails."""
    import av

    length = stream.duration or (media.duration and int(media.duration / av.time_base / stream.time_base))
    if not length:
        return []
    start = stream.start_time or 0
    taken = []
    for part in range(count):
        wanted = start + int(length * (part + 0.5) / count)
        try:
            media.seek(wanted, stream=stream, backward=True, any_frame=False)
            frame = _reach(media, stream, wanted)
        except av.FFmpegError:
            continue
        if frame is not None:
            taken.append(_small(frame))
    return taken


def _reach(media: Any, stream: Any, wanted: int) -> Any:
    last = None
    for frame in itertools.islice(media.decode(stream), _AFTER_SEEK):
        last = frame
        if frame.pts is None or frame.pts >= wanted:
            break
    return last


def _first(media: Any, stream: Any, count: int) -> list[Image.Image]:
    import av

    taken = []
    try:
        for frame in itertools.islice(media.decode(stream), count):
            taken.append(_small(frame))
    except av.FFmpegError:
        pass
    return taken


def _small(frame: Any) -> Image.Image:
    scale = min(1.0, _LONGEST / max(frame.width, frame.height))
    width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    image: Image.Image = frame.to_image(width=width, height=height)
    return image
