"""Write the reference pages from the code: ``python -m ui.reference``; ``--check`` only says whether they are current.

``docs/settings.md`` comes from the settings' models, ``docs/cli.md`` from the commands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NamedTuple, TypeGuard, Union, get_args, get_origin

import typer
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.cli import get_docs_for_click

from agent import Settings

from .cli import app

_NOTE = "<!-- Written by `make docs` from the code; edit the code instead. -->\n\n"

_LIMITS = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "lt": "< {}", "max_length": "at most {} long"}
"""Constraint's member -> words."""

_SETTINGS = f"""{_NOTE}# Settings

Palate reads `palate.toml` in the folder it is started from, or the file that `--config` names; without either it serves
the demo catalogue. Every setting may also be given in the environment, which wins over the file: `[section] name` is
`PALATE_SECTION__NAME`. A setting that does not exist is an error, never ignored.
"""


def settings_page(model: type[BaseModel]) -> str:
    """Return the page on all settings, a section per nested model."""
    return "\n".join([_SETTINGS, *(_write(section) for section in sections(model))])


def cli_page() -> str:
    """Return the page on all commands."""
    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="palate", title="Command line")
    closing = "\nEvery command leaves with 0 when all is well, 2 for a mistake of the caller, 3 for a failure.\n"
    return _NOTE + text.strip() + "\n" + closing


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` compare them; return 1 when a page is not current."""
    folder = Path(__file__).parent.parent / "docs"
    pages = {folder / "settings.md": settings_page(Settings), folder / "cli.md": cli_page()}
    if "--check" in arguments:
        old = [path.name for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        if old:
            sys.stderr.write(f"Not current: {', '.join(old)}. Write them again: make docs\n")
        return 1 if old else 0
    folder.mkdir(exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


class Section(NamedTuple):
    """A table of the file: its name as written there, and its model."""

    name: str
    model: type[BaseModel]
    listed: bool = False
    """Whether the file may hold several, as ``[[name]]``; those have no variables."""


def sections(model: type[BaseModel], prefix: str = "") -> Iterator[Section]:
    """Yield each model that has settings of its own; the outermost has no name."""
    if any(_nested(field) is None for field in model.model_fields.values()):
        yield Section(prefix, model)
    for name, field in model.model_fields.items():
        full = f"{prefix}.{name}" if prefix else name
        nested, listed = _nested(field), _listed(field)
        if nested is not None:
            yield from sections(nested, full)
        elif listed is not None:
            yield Section(full, listed, listed=True)


def _write(section: Section) -> str:
    brackets = "[[{}]]" if section.listed else "[{}]"
    title = f"## `{brackets.format(section.name)}`" if section.name else "## At the top"
    words = (section.model.__doc__ or "").split("\n\n")[0]
    fields = section.model.model_fields.items()
    rows = [_row(section, name, field) for name, field in fields if _nested(field) is None]
    table = ["| setting | type | default | meaning |", "|---|---|---|---|", *rows]
    return "\n".join([title, "", _plain(words), "", *table, ""])


def _row(section: Section, name: str, field: FieldInfo) -> str:
    path = [*section.name.split("."), name] if section.name else [name]
    variable = "" if section.listed else f"<br>`PALATE_{'__'.join(path).upper()}`"
    limits = ", ".join(filter(None, map(_limit, field.metadata)))
    kind = _type_words(field.annotation) + (f", {limits}" if limits else "")
    cells = [f"`{name}`{variable}", kind, f"`{_default(field)}`", _plain(field.description or "")]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(words: str) -> str:
    """Return a docstring's text as one line of Markdown."""
    return " ".join(words.replace("``", "`").split())


def _limit(constraint: object) -> str:
    for name, words in _LIMITS.items():
        if hasattr(constraint, name):
            return words.format(getattr(constraint, name))
    return ""


def _nested(field: FieldInfo) -> type[BaseModel] | None:
    """Return the field's model when it is a section of the file."""
    return field.annotation if _is_model(field.annotation) else None


def _listed(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of which the field holds any number."""
    inner = get_args(field.annotation)[:1]
    return inner[0] if get_origin(field.annotation) is tuple and _is_model(inner[0]) else None


def _is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return repr(value.as_posix() if isinstance(value, Path) else value)


def _type_words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is type(None):
        return "none"
    if origin is None:
        return {SecretStr: "str (secret)"}.get(kind, getattr(kind, "__name__", str(kind)))
    if origin in (Union, UnionType):
        return " or ".join(_type_words(argument) for argument in arguments)
    if origin is Literal:
        return " or ".join(f"`{argument}`" for argument in arguments)
    inner = ", ".join("..." if argument is Ellipsis else _type_words(argument) for argument in arguments)
    return f"{origin.__name__}[{inner}]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
