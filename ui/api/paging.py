"""Cursors: where the next page begins. They are opaque to callers, so that what they hold may change. Pure."""

from __future__ import annotations

import base64
import binascii

from agent.errors import MessageError

MOST = 1_000_000


def cursor_at(position: int) -> str:
    """Return the cursor of a page that begins at this position, counted from 0."""
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> int:
    """Return the position that a cursor stands for; an empty one stands for the beginning.

    Raises:
        MessageError: it is no cursor of ours.
    """
    if not cursor:
        return 0
    try:
        kind, _, digits = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode().partition(":")
        position = int(digits)
    except (binascii.Error, ValueError):
        kind, position = "", -1
    if kind != "at" or not 0 <= position <= MOST:
        raise MessageError("The cursor is none of this API's.", hint="Take it from the page before, as it stands.")
    return position
