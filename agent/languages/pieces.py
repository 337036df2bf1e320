"""The parts of a message while it is turned into English wordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Piece:
    """An English wording and the words of the message that it stands for."""

    english: str
    start: int
    """First word."""
    end: int
    """One past the last word."""
    kind: Literal["plain", "catalog", "proper", "question", "number", "unknown"]
    behind: bool = False
    """Whether it is a negation that may follow what it negates."""
    mark: str = ""
    """What stands before it where it opens a clause."""
    quoted: bool = False
    """Whether it stood in quotation marks."""
