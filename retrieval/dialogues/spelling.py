"""Text as it is compared: small letters, no accents, whole words. Pure."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")


def fold(text: str) -> str:
    """Return the text in small letters without accents, as people type it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("\u2019", "'")
