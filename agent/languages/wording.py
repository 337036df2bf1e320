"""What Palate says in other languages: sentence patterns as data, one TOML file a language.

English wording is code, because it makes sentences whose grammar depends on the facts. Other languages use simpler
patterns with slots for facts, which are correct whatever fills them; the files tell how.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

_EUPHONY = "euphony."
"""Section of the one part that languages need not share: other words for "and" and "or" before some sounds."""


class Wording:
    """The patterns of one language."""

    def __init__(self, language: str, patterns: Mapping[str, str]) -> None:
        """Take patterns by key, such as ``lists.found``."""
        self.language = language
        self.patterns = {key: said for key, said in patterns.items() if not key.startswith(_EUPHONY)}
        self._euphony = {key.removeprefix(_EUPHONY): said for key, said in patterns.items() if key not in self.patterns}

    def say(self, key: str, **slots: object) -> str:
        """Fill a pattern; what fills a slot is never read as a pattern itself."""
        return self.patterns[key].format_map({name: str(value) for name, value in slots.items()})

    def join(self, parts: Sequence[str], last: str = "and") -> str:
        """Join parts as ``a, b and c``; ``last`` is ``and`` or ``or``."""
        if len(parts) < 2:
            return "".join(parts)
        first = self.patterns["glue.comma"].join(parts[:-1])
        before = self._euphony.get(f"{last}.before")
        if before and re.match(before, parts[-1], re.IGNORECASE):
            return self._euphony[f"{last}.say"].format(first=first, last=parts[-1])
        return self.say(f"glue.{last}", first=first, last=parts[-1])

    def quoted(self, text: str) -> str:
        """Return a title or the user's words in the language's quotation marks."""
        return self.say("glue.quoted", text=text)


def slots(pattern: str) -> frozenset[str]:
    """Return the names of a pattern's slots."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None)


@cache
def load_wordings() -> Mapping[str, Wording]:
    """Return all complete wordings by ISO 639-1 code.

    One that lacks a key which another has, or has other slots there, is left out, so that its language is answered
    in English rather than in two languages at once.
    """
    read = {
        entry.name.removesuffix(".toml"): _flat(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in (files(__package__) / "wording").iterdir()
        if entry.name.endswith(".toml")
    }
    return {language: Wording(language, said) for language, said in complete(read).items()}


def complete(read: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return those of some languages' patterns that have every key of all, with the slots of most of them."""
    shapes: dict[str, list[frozenset[str]]] = {}
    for said in read.values():
        for key, pattern in said.items():
            if key.startswith(_EUPHONY):
                continue
            shapes.setdefault(key, []).append(slots(pattern))
    usual = {key: max(found, key=found.count) for key, found in shapes.items()}
    return {
        language: said
        for language, said in sorted(read.items())
        if all(key in said and slots(said[key]) == shape for key, shape in usual.items())
    }


def _flat(sections: Mapping[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for section, said in sections.items():
        for key, pattern in said.items():
            inner = pattern if isinstance(pattern, dict) else {"": pattern}
            flat |= {f"{section}.{key}" + (f".{part}" if part else ""): text for part, text in inner.items()}
    return flat
