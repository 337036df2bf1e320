"""The demo catalogue: 17,472 real films, notes on about a thousand of them, and covers drawn from the facts."""

from .covers import draw_cover
from .films import films, schema, source_files
from .notes import read_notes
from .wishes import Wish, draw_request

__all__ = ["Wish", "draw_cover", "draw_request", "films", "read_notes", "schema", "source_files"]
