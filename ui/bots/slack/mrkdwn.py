"""Text for Slack and from Slack. Pure.

Slack reads ``<...>`` as links and mentions, so ``&``, ``<`` and ``>`` are written as entities and nothing that a user
or a catalogue wrote can ring anybody or lead anywhere.
"""

from __future__ import annotations

import html
import re

from ..texts import clipped

_REFERENCE = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_DECORATION = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
"""What Slack would take for bold, code or struck out, as signs that only look like it."""


def escape(text: str) -> str:
    """Return a text as Slack shows it letter by letter."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Return a text for a mrkdwn object: escaped, and without marks that would decorate it."""
    return escape(text.translate(_DECORATION))


def shortened(text: str, limit: int) -> str:
    """Return ``plain`` of as much of a text as fits ``limit`` characters once it is escaped."""
    room = limit
    while len(found := plain(clipped(text, room))) > limit:
        room -= len(found) - limit
    return found


def heard(text: str) -> str:
    """Return what somebody wrote without Slack's markup: mentions go, channels and links keep their words."""

    def words(match: re.Match[str]) -> str:
        sign, target, label = match["sign"], match["target"], match["label"] or ""
        if sign == "#":
            return f"#{label}" if label else ""
        return "" if sign else label or target

    return " ".join(html.unescape(_REFERENCE.sub(words, text)).split())
