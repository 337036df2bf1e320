"""The demo catalogue: 17,472 real films, notes on about a thousand of them, and covers drawn from the facts."""

from .films import films, read_notes, schema

__all__ = ["films", "read_notes", "schema"]
