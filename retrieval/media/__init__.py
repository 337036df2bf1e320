"""Read pictures, sounds and films safely: whatever a file claims, it costs bounded memory or one clear error."""

from .batches import Encoded, encode_files
from .films import Film, open_film
from .named import check_media
from .pictures import check_picture, open_picture
from .reencode import reencode_picture, reencode_sound
from .sounds import open_sound
from .sources import MediaProblem, describe

__all__ = [
    "Encoded",
    "Film",
    "MediaProblem",
    "check_media",
    "check_picture",
    "describe",
    "encode_files",
    "open_film",
    "open_picture",
    "open_sound",
    "reencode_picture",
    "reencode_sound",
]
