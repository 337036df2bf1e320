"""Write the reference pages from the code: ``python -m ui.reference``; ``--check`` only says whether they are current.

``docs/settings.md`` comes from the settings' models, ``docs/cli.md`` from the commands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import typer
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.cli import get_docs_for_click

from agent import Settings

from .cli import app

_NOTE = "<!-- Written by `make docs` from the code; edit the code instead. -->\n\n"

_SETTINGS = f"""{_NOTE}# Settings

Palate reads `palate.toml` in the folder it is started from, or the file that `--config` names; without either it serves
the demo catalogue. Every setting may also be given in the environment, which wins over the file: `[section] name` is
`PALATE_SECTION__NAME`. A setting that does not exist is an error, never ignored.
"""


def settings_page(model: type[BaseModel]) -> str:
    """Return the page on all settings, a section per nested model."""
    sections = [_section(name, section) for name, section in _sections(model)]
    return "\n".join([_SETTINGS, *sections])


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


def _sections(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield each model that has settings of its own, with its name in the file; the outermost has none."""
    if any(_nested(field) is None for field in model.model_fields.values()):
        yield prefix, model
    for name, field in model.model_fields.items():
        nested = _nested(field)
        if nested is not None:
            yield from _sections(nested, f"{prefix}.{name}" if prefix else name)


def _section(name: str, model: type[BaseModel]) -> str:
    title = f"## `[{name}]`" if name else "## At the top"
    words = (model.__doc__ or "").split("\n\n")[0].strip()
    rows = [_row(name, key, field) for key, field in model.model_fields.items() if _nested(field) is None]
    table = ["| setting | type | default | meaning |", "|---|---|---|---|", *rows]
    return "\n".join([title, "", " ".join(words.split()), "", *table, ""])


def _row(section: str, name: str, field: FieldInfo) -> str:
    variable = f"PALATE_{section.replace('.', '__')}__{name}" if section else f"PALATE_{name}"
    meaning = " ".join((field.description or "").split())
    limits = ", ".join(str(limit) for limit in field.metadata)
    kind = _type_words(field.annotation) + (f" ({limits})" if limits else "")
    cells = [f"`{name}`<br>`{variable.upper()}`", kind, f"`{_default(field)}`", meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _nested(field: FieldInfo) -> type[BaseModel] | None:
    """Return the field's model when it is a section of the file."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return repr(value) if not isinstance(value, Path) else repr(value.as_posix())


def _type_words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is type(None):
        return "none"
    if origin is None:
        return {SecretStr: "str (secret)"}.get(kind, getattr(kind, "__name__", str(kind)))
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return " or ".join(_type_words(argument) for argument in arguments)
    if str(origin) == "typing.Literal":
        return " or ".join(f"`{argument}`" for argument in arguments)
    inner = ", ".join("..." if argument is Ellipsis else _type_words(argument) for argument in arguments)
    return f"{origin.__name__}[{inner}]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
