"""Write a guessed mapping as a commented ``palate.toml``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from .catalog_types import Columns
from .guess_profile import Column
from .guess_words import Family, family_of, sentence_of, stock_attribute
from .types import AttributeKind

TABLE = "catalog"
"""Name of the table in the settings file."""

_EXAMPLES = 4
_EXAMPLE_LENGTH = 30
_ASKABLE_LABELS = 60
_ASKED = 3


@dataclass(frozen=True)
class Guess:
    """Everything that was guessed about a file."""

    path: Path
    noun: str
    plural: str
    verb: str
    roles: Columns
    kept: list[Column]
    left_out: list[tuple[Column, str]]
    ids: Column

    @property
    def repeated(self) -> int:
        """Rows of the sample without an id of their own."""
        return self.ids.rows - self.ids.distinct


def write_toml(guess: Guess) -> str:
    """Return the whole file's text."""
    lines = [*_head(guess), *_columns(guess), *_left_out(guess)]
    asked = 0
    stock = ""
    names: set[str] = set()
    for column in guess.kept:
        name = _attribute_name(column.bare_name, names)
        names.add(name)
        if stock_attribute(name, column.kind):
            stock = name
        may_ask = asked < _ASKED and _can_be_asked(column)
        asked += may_ask
        lines += ["", *_attribute(column, name, ask=may_ask)]
    if stock:
        lines += ["", "# What cannot be had is not recommended; without these two lines it is.", "[safety]"]
        lines.append(f'blocked_values = {{ {stock} = ["false"] }}')
    return "\n".join(lines) + "\n"


def _head(guess: Guess) -> list[str]:
    return [
        f"# Guessed from {guess.ids.rows:,} rows of {_short(guess.path.name)}. Every line may be changed; then run",
        "#   palate catalog check",
        "#   palate index build",
        "",
        f"[{TABLE}]",
        f"path = {_quoted(str(guess.path))}",
        f"name = {_quoted(guess.path.stem)}",
        f'# What one entry is called, and what people do with it: "Which {guess.noun} would you like to {guess.verb}?"',
        f"noun = {_quoted(guess.noun)}",
        f"noun_plural = {_quoted(guess.plural)}",
        f"verb = {_quoted(guess.verb)}",
        "",
    ]


def _columns(guess: Guess) -> list[str]:
    lines = ["# Which columns hold an entry's own fields.", f"[{TABLE}.columns]"]
    if guess.repeated:
        lines.insert(
            0, f"# {guess.repeated:,} rows repeat an id or have none and will be left out: palate catalog check"
        )
    for role in Columns.model_fields:
        name = getattr(guess.roles, role)
        lines.append(f"{role} = {_quoted(name)}" if name else f'# {role} = ""')
    return lines


def _left_out(guess: Guess) -> list[str]:
    if not guess.left_out:
        return []
    return ["", "# Columns left out:", *(f"#   {_short(column.name)}: {reason}" for column, reason in guess.left_out)]


def _attribute(column: Column, name: str, *, ask: bool) -> list[str]:
    lines = [
        f"# {_short(column.name)}: {_facts(column)}",
        f"[[{TABLE}.attributes]]",
        f"name = {_quoted(name)}",
        f"kind = {_quoted(column.kind)}",
    ]
    if name != column.name:
        lines.append(f"column = {_quoted(column.name)}")
    unit = column.spoken_unit if column.kind == "number" else ""
    if unit:
        lines.append(f"unit = {_quoted(unit)}")
    if column.kind == "categories" and column.separator:
        lines.append(f"separator = {_quoted(column.separator)}")
    if column.kind in ("category", "categories") and column.holds_names:
        lines.append("names = true  # proper names, found in spite of typos")
    if ask:
        asked = f"Any preference for {name.replace('_', ' ')}?"
        lines += [f"question = {_quoted(asked)}", "askable = 0.6"]
    family = family_of(name, column.kind)
    lines += _spoken(family, column.kind, unit) if family else []
    lines.append('description = ""  # one line saying how people talk about it; the language model reads it')
    return lines + (_number_words(column, family) if column.kind == "number" else _synonyms(column))


def _facts(column: Column) -> str:
    share = f"known for {column.coverage:.0%}"
    if column.kind == "number":
        numbers = column.numbers()
        return f"{share}, {_number(numbers[0])} to {_number(numbers[-1])}"
    if column.kind in ("category", "categories"):
        common = [_short(label) for label, _ in column.labels.most_common(_EXAMPLES)]
        return f"{share}, {len(column.labels):,} values such as {', '.join(common)}"
    return f"{share}, for example {_short(column.texts[0])}"


def _spoken(family: Family, kind: AttributeKind, unit: str) -> list[str]:
    """Return the lines that say how a fact is told, where on a card it stands and what else it is called."""
    lines = [f"sentence = {_quoted(sentence_of(family, unit))}"] if family.sentence else []
    if family.headline and (kind != "number" or unit or family.sentence.endswith("in {value}")):
        lines.append(f"headline = {family.headline}")
    if family.aliases:
        lines.append(f"aliases = {json.dumps(family.aliases)}")
    return lines


def _number_words(column: Column, family: Family | None) -> list[str]:
    numbers = column.numbers()
    if family is None or not family.lower or numbers[0] == numbers[-1]:
        return ['# comparatives = { lower = ["less"], higher = ["more"] }']
    upper, under = numbers[len(numbers) * 4 // 5], numbers[len(numbers) // 5]
    high, low = _quoted(family.high), _quoted(family.low)
    return [
        f'phrases = {{ ">= {_number(upper)}" = [{high}], "<= {_number(under)}" = [{low}] }}',
        f"comparatives = {{ lower = {json.dumps(family.lower)}, higher = {json.dumps(family.higher)} }}",
    ]


def _synonyms(column: Column) -> list[str]:
    if column.kind not in ("category", "categories") or column.holds_names:
        return []
    value = next((label for label, _ in column.labels.most_common(1)), "value")
    return [f'# synonyms = {{ {_quoted(value)} = ["another word for it"] }}']


def _can_be_asked(column: Column) -> bool:
    labelled = column.kind in ("category", "categories") and not column.holds_names
    return labelled and 2 <= len(column.labels) <= _ASKABLE_LABELS and column.coverage > 0.5


def _attribute_name(column: str, taken: set[str]) -> str:
    plain = re.sub(r"[^0-9a-z]+", "_", column.casefold()).strip("_") or "attribute"
    numbered = (f"{plain}_{number}" for number in count(2))
    return next(name for name in chain([plain], numbered) if name not in taken)


def _short(text: str) -> str:
    # A comment is one line of printable signs, whatever the file holds.
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _EXAMPLE_LENGTH else f"{line[:_EXAMPLE_LENGTH]}..."


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:g}"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
