"""Tell what must never be remembered: personal data, and what the law calls special categories. Pure.

A message that says something of the speaker's health, belief, politics, descent or love life teaches nothing, even
where it also holds a harmless wish; and values that would give such things away are no tastes to keep. The words are
data, in ``private.toml``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ..redact import redact

_MARK = re.compile(r"\[(?:email|iban|card|ip|id_number|phone)\]")

_LETTER = "[a-zà-ÿ]"
"""Chinese runs words together, so only letters that set words apart count as their neighbours."""


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read the words once: those that need the speaker beside them, and those that never pass as a value."""
    data = tomllib.loads(files(__package__).joinpath("private.toml").read_text(encoding="utf-8"))
    words = "|".join(word for words in data["words"].values() for word in words)
    speakers = "|".join(data["speaker"])
    about = re.compile(rf"(?:{speakers})[^.!?;\n]{{0,40}}?(?<!{_LETTER})(?:{words})(?!{_LETTER})", re.IGNORECASE)
    values = re.compile(rf"(?<!{_LETTER})(?:{'|'.join(data['values'])})", re.IGNORECASE)
    return about, values


def is_private(text: str, *, values: bool = False) -> bool:
    """Return whether a text must teach nothing; with ``values`` a single word may be enough."""
    if _MARK.search(text) or redact(text)[1]:
        return True
    about, telling = _patterns()
    return bool(about.search(text) or (values and telling.search(text)))
