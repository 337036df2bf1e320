"""Tell a picture from a sound by its first bytes, never by the name or type that came with it. Pure."""

from __future__ import annotations

from ..types import UploadKind

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_BRANDS = (b"avif", b"avis", b"mif1")


def kind_of(data: bytes) -> UploadKind:
    """Return ``image`` for what begins like a picture, else ``audio``; whether it is one shows when it is read."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    avif = data[4:8] == b"ftyp" and data[8:12] in _BRANDS
    return "image" if webp or avif or data.startswith(_PICTURES) else "audio"
