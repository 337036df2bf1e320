"""Write dialogues the way the adapted text encoder reads them. Pure text, the same in training and serving."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Item

_TITLES = 5
"""Titles of a dialogue that a query names, latest last."""
_TITLES_LENGTH = 230
_TURNS = 4
_TURNS_LENGTH = 300
"""Characters kept of the last turns; their end says what is wanted now."""


def dialogue_text(turns: Sequence[str], named: Sequence[Item]) -> str:
    """Return a dialogue as one query: what was said last, then the titles named so far with their genres.

    Args:
        turns: what both sides said, oldest first.
        named: the items named so far, oldest first.
    """
    said = " ".join(" ".join(turn.split()) for turn in turns[-_TURNS:] if turn.strip())
    titles = "; ".join(_titled(item) for item in named[-_TITLES:])
    parts = []
    if said:
        parts.append(_end(said, _TURNS_LENGTH))
    if titles:
        parts.append(f"Named: {_end(titles, _TITLES_LENGTH)}.")
    return " ".join(parts)


def _titled(item: Item) -> str:
    genres = item.attributes.get("genres")
    labels = ", ".join(str(genre).lower() for genre in genres[:3]) if isinstance(genres, tuple) else ""
    return f"{item.title} ({labels})" if labels else item.title


def _end(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    tail = text[-limit:]
    return tail.split(" ", 1)[1] if " " in tail else tail
