"""The demo catalogue: 17,472 real films, notes on about a thousand of them, and covers drawn from the facts."""

from .covers import draw_cover
from .films import films, schema, source_files
from .notes import read_notes

__all__ = ["draw_cover", "films", "read_notes", "schema", "source_files"]
