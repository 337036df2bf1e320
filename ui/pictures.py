"""An item's picture: its own file where the catalogue names one, else a cover drawn from its facts."""

from __future__ import annotations

from pathlib import Path

from retrieval.demo import draw_cover
from retrieval.types import Item, Value

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


class Picture(Value):
    """Bytes and what they are."""

    data: bytes
    media_type: str


def is_remote(item: Item) -> bool:
    """Say whether the item's picture lies on another server."""
    return (item.image or "").startswith(("https://", "http://"))


def picture_of(item: Item) -> Picture:
    """Read the item's own picture, or draw one when there is none that can be shown."""
    own = None if item.image is None or is_remote(item) else _read(Path(item.image))
    return own or Picture(data=draw_cover(item), media_type="image/svg+xml")


def _read(path: Path) -> Picture | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    kind = _media_type(data)
    return None if kind is None else Picture(data=data, media_type=kind)


def _media_type(data: bytes) -> str | None:
    """Tell the kind by the bytes, never by the name: what is not a picture is not served."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
