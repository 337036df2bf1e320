"""A prompt's text cannot change under its version."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import PromptLockError
from prompts.lock import problems, write


def prompt(folder: Path, text: str, version: int = 1) -> None:
    head = f"---\nname: greet\nversion: {version}\nvariables:\noutput: text\n---\n"
    (folder / "greet.md").write_text(head + text, encoding="utf-8")


def test_the_package_s_own_prompts_are_as_locked() -> None:
    assert problems() == []


def test_a_locked_prompt_is_no_problem(tmp_path: Path) -> None:
    prompt(tmp_path, "Hello")
    assert write(tmp_path) == 1
    assert problems(tmp_path) == []


def test_a_changed_text_under_the_same_version_is_refused(tmp_path: Path) -> None:
    prompt(tmp_path, "Hello")
    write(tmp_path)
    prompt(tmp_path, "Hello there")
    assert problems(tmp_path) == [
        "Prompt 'greet' changed and its version did not. Set version: 2, then run: python -m prompts.lock"
    ]
    with pytest.raises(PromptLockError, match="Set version: 2"):
        write(tmp_path)


def test_a_raised_version_only_needs_the_lock_rewritten(tmp_path: Path) -> None:
    prompt(tmp_path, "Hello")
    write(tmp_path)
    prompt(tmp_path, "Hello there", version=2)
    assert problems(tmp_path) == ["Prompt 'greet' is newer than the lock. Run: python -m prompts.lock"]
    write(tmp_path)
    assert problems(tmp_path) == []


def test_new_and_removed_prompts_are_reported(tmp_path: Path) -> None:
    prompt(tmp_path, "Hello")
    assert problems(tmp_path) == ["Prompt 'greet' is not locked. Run: python -m prompts.lock"]
    write(tmp_path)
    (tmp_path / "greet.md").unlink()
    assert problems(tmp_path) == ["Prompt 'greet' is locked but gone. Run: python -m prompts.lock"]
