"""Fixed words of the page by language, as data: one file a language in ``strings``, all with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

ENGLISH = "en"


class Words:
    """The page's words in one language."""

    def __init__(self, language: str, patterns: Mapping[str, str]) -> None:
        """Take patterns by key, such as ``panel.undo``."""
        self.language = language
        self.patterns = patterns

    def say(self, key: str, **slots: object) -> str:
        """Fill a pattern; what fills a slot is never read as a pattern itself."""
        return self.patterns[key].format_map({name: str(value) for name, value in slots.items()})

    def join(self, parts: Sequence[str], last: str = "and") -> str:
        """Join parts as in a sentence; ``last`` is ``and`` or ``or``."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say(f"values.{last}", first=self.patterns["values.comma"].join(parts[:-1]), last=parts[-1])

    def number(self, number: int) -> str:
        """Write a whole number with the language's separators."""
        return f"{number:,}".replace(",", self.patterns["language.thousands"])

    def decimal(self, number: float, digits: int) -> str:
        """Write a number with so many decimals, with the language's separators."""
        whole, _, decimals = f"{abs(number):.{digits}f}".partition(".")
        written = self.number(int(whole)) + (self.patterns["language.decimal"] + decimals if decimals else "")
        return f"-{written}" if number < 0 else written

    def section(self, name: str) -> dict[str, str]:
        """Return the patterns of a section by their own names."""
        start = f"{name}."
        return {key.removeprefix(start): said for key, said in self.patterns.items() if key.startswith(start)}


@cache
def load_words() -> Mapping[str, Words]:
    """Return the words of every language, English first, then by code; what one lacks it says in English."""
    read = {
        entry.name.removesuffix(".toml"): _flat(tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in (files(__package__) / "strings").iterdir()
        if entry.name.endswith(".toml")
    }
    english = read.pop(ENGLISH)
    others = {language: Words(language, {**english, **said}) for language, said in sorted(read.items())}
    return {ENGLISH: Words(ENGLISH, english), **others}


def english() -> Words:
    """Return the page's words in English."""
    return load_words()[ENGLISH]


def accepted(header: str) -> Words:
    """Return the words of the language that an ``Accept-Language`` header asks for; English for none."""
    return load_words()[choose(header, load_words())]


def choose(header: str, known: Collection[str]) -> str:
    """Return the known language that a browser likes best, by its ``Accept-Language`` header; English for none."""
    liked: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, quality = part.partition(";")
        weight = _weight(quality)
        if weight > 0.0:
            liked.append((weight, tag.strip().lower().split("-")[0]))
    liked.sort(key=lambda pair: -pair[0])
    return next((language for _, language in liked if language in known), ENGLISH)


def _weight(quality: str) -> float:
    name, _, number = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def _flat(sections: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{section}.{key}": text for section, said in sections.items() for key, text in said.items()}
