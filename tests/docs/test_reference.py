"""The generated reference is current, and complete."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from agent import Settings
from ui.reference import cli_page, main, sections, settings_page

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_pages_in_the_repository_are_current() -> None:
    assert main(["--check"]) == 0, "run: make docs"


def test_every_setting_is_on_the_page_with_its_meaning() -> None:
    """A setting without a text under it would be an empty cell."""
    page = settings_page(Settings)
    for section in sections(Settings):
        for name, field in section.model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                continue
            assert f"| `{name}`" in page
            assert field.description, f"[{section.name}] {name} has no text under it"


def test_every_command_is_on_the_page_with_its_meaning() -> None:
    page = cli_page()
    for command in ("demo", "serve", "chat", "doctor", "export", "erase", "index build", "models pull", "init"):
        assert f"## `palate {command}`" in page, command


class Inner(BaseModel, use_attribute_docstrings=True):
    """Say how deep. Second sentence."""

    depth: int | None = Field(3, ge=1)
    """How deep, in metres."""
    key: SecretStr = SecretStr("")
    """A secret."""


class Entry(BaseModel, use_attribute_docstrings=True):
    """One of many."""

    name: Literal["a", "b"] = "a"
    """Either ``a`` or
    ``b``."""


class Outer(BaseModel):
    """All."""

    inner: Inner = Inner()
    entries: tuple[Entry, ...] = ()


def test_a_section_names_its_variables_types_limits_and_defaults() -> None:
    page = settings_page(Outer)
    assert "## `[inner]`" in page
    assert "| `depth`<br>`PALATE_INNER__DEPTH` | int or none, ≥ 1 | `3` | How deep, in metres. |" in page
    assert "str (secret)" in page
    assert "## `[[entries]]`" in page
    assert "| `name` | `a` or `b` | `'a'` | Either `a` or `b`. |" in page


def test_the_check_names_the_page_that_is_not_current(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ui.reference.cli_page", lambda: "something new")
    assert main(["--check"]) == 1
    assert "cli.md" in capsys.readouterr().err
