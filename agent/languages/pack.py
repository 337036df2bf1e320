"""What Palate knows of a language: one TOML file, no code.

A pack turns the language into English wordings that the English rules read. Its sections::

    function_words = "le la les ..."    words by which the language is recognised
    letters = "ç"                       letters that only this language of all known ones writes
    endings = ["es", "s", "e"]          endings that change nothing about what a word means
    joins = ["", "s"]                   what may stand between the parts of a compound word
    by = ["de"]                         words that mean "by" before a person's name
    behind = ["no"]                     negations that may follow what they negate
    before_noun = "er"                  ending that adjectives have before a noun and comparisons have everywhere
    joining = ["und"]                   words that join adjectives before a noun
    [spelled]                           letters that are not their plain form, and how else they are typed: "ä" = "ae"
    [numbers]                           "zwei" = 2
    [phrases]                           English wording = what people say; "" for words that carry nothing
                                        {it} and {those} are left out where the clause names what is meant; "?" is for
                                        a word that makes a question of a statement
    [alone]                             the same for wordings that mean it only as a whole message: "skip" = ["passe"]
    [questions]                         the same for question words, put first as English has them; {it} is left out
                                        where the sentence names what it asks about
    [quantities]                        frames of numbers with their units: "{n}年代" = "{n}s"
    [frames]                            other frames: "plus {a} que {x}" = "{a:more} than {x}"

In frames ``{n}`` is a number, ``{q}`` a number with its unit if it has one, ``{a}`` a word of the catalogue
(``{a:more}`` and ``{a:less}`` compare it) and ``{x}`` a few words of any kind.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from retrieval.types import Value


class Pack(Value):
    """One language."""

    language: str = Field(pattern="^[a-z]{2}$")
    """ISO 639-1 code."""
    function_words: str
    letters: str = ""
    endings: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    before_noun: str = ""
    joining: tuple[str, ...] = ()
    spelled: dict[str, str] = Field(default_factory=dict)
    characters: dict[str, str] = Field(default_factory=dict)
    """Other forms of a character, as traditional ones for simplified ones: characters written so -> the usual ones."""
    numbers: dict[str, int] = Field(default_factory=dict)
    alone: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    phrases: dict[str, tuple[str, ...]]
    questions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    quantities: dict[str, str] = Field(default_factory=dict)
    frames: dict[str, str] = Field(default_factory=dict)


@cache
def load_things(language: str) -> dict[str, str]:
    """Return what a language calls everyday things, whatever the catalogue: wording -> English wording.

    They lie in ``things``, a file a language, English = what is said; a catalogue uses those whose English it knows.
    """
    place = files(__package__) / "things" / f"{language}.toml"
    said = tomllib.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    return {wording: english for english, wordings in said.items() for wording in wordings}


@cache
def load_packs() -> tuple[Pack, ...]:
    """Return all packs that lie in ``packs``, by their codes."""
    folder = files(__package__) / "packs"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return tuple(Pack.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths)
