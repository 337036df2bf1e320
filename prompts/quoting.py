"""Make text from users and catalogues safe to stand inside a prompt.

A server reads chat-template tokens wherever they stand, so a title holding ``<|im_end|>`` would end the message it is
quoted in. Quoting leaves no such token, none of our own delimiters, and nothing that looks like another line.
"""

from __future__ import annotations

import re
import unicodedata

OPEN = "<<<"
CLOSE = ">>>"
"""Put these around quoted text in a prompt; quoted text never holds them."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories with no place in a prompt: controls, invisible formatting, lone surrogates."""
_SPACE = re.compile(r"\s+")
_OPENING = re.compile(r"<(?=[^\s\d=])")
_CLOSING = re.compile(r"(?<=[^\s\d=-])>")
_BRACKETED = re.compile(r"\[(/?[A-Z_]{3,})\]")


def quote(text: str, limit: int = 500) -> str:
    """Return ``text`` as one harmless line of at most ``limit`` characters, shortened with an ellipsis.

    ``<`` and ``>`` stay where they compare ("< 90"); where they could open or close a token or one of our delimiters
    they become the look-alikes ``‹`` and ``›``. It does not judge what the words say.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit!r}")
    # Far more than the limit is never looked at: a message of many megabytes must not cost seconds here.
    text = text[: limit * 8]
    seen = "".join(_visible(char) for char in text)
    line = _SPACE.sub(" ", seen).strip()
    line = _OPENING.sub("‹", line)
    line = _CLOSING.sub("›", line)
    line = _BRACKETED.sub(r"(\1)", line).replace("```", "'''")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if unicodedata.category(char) in _UNSEEN else char
