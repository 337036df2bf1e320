"""Put the acts of a simulated user into words, from templates in ``phrases.toml`` and the words of the schema. Pure."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from retrieval.types import CatalogSchema

from .types import Act, Want

_LEAST_SLIP = 4
"""Letters of the shortest word that typing slips happen in."""
_PLAIN = 0.5
"""How often the plainest wording of a want is used."""


def load_phrases() -> Mapping[str, Sequence[str]]:
    """Return the templates by act."""
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))


class Wording:
    """Words acts for one catalogue."""

    def __init__(self, schema: CatalogSchema, phrases: Mapping[str, Sequence[str]], typo: float = 0.0) -> None:
        """Take the catalogue's nouns, the templates, and the rate of slips in a word."""
        self._nouns = {"noun": schema.noun, "nouns": schema.noun_plural}
        self._phrases = phrases
        self._typo = typo

    def text(self, act: Act, template: str, rng: random.Random) -> str:
        """Return the act in words.

        Args:
            act: what is meant.
            template: name of the templates to choose from.
            rng: decides the template, the wordings and the slips.
        """
        said = rng.choice(list(self._phrases[template]))
        wish = _join([_pick(want, rng) for want in act.wants])
        return self._slip(said.format(wish=wish, words=act.words, title=act.words, **self._nouns), rng)

    def _slip(self, text: str, rng: random.Random) -> str:
        if not self._typo:
            return text
        return " ".join(
            slipped(word, rng) if len(word) >= _LEAST_SLIP and word.isalpha() and rng.random() < self._typo else word
            for word in text.split()
        )


def slipped(word: str, rng: random.Random) -> str:
    """Return a word of at least four letters with two neighbours swapped, one letter left out or one doubled."""
    at = rng.randrange(1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice((swapped, word[:at] + word[at + 1 :], word[: at + 1] + word[at:]))


def _pick(want: Want, rng: random.Random) -> str:
    return want.wordings[0] if rng.random() < _PLAIN else rng.choice(want.wordings)


def _join(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
