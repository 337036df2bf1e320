"""Hold every prompt's text to its version: ``python -m prompts.lock`` records them, a test compares.

Measurements are kept by prompt name and version. A text that changes under the same version would make two runs look
comparable that are not, so that is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

from .errors import PromptError, PromptLockError
from .loader import FOLDER, Prompt, load, names

FILE = "prompts.lock"
COMMAND = "python -m prompts.lock"


class Locked(TypedDict):
    """What the lock keeps of one prompt."""

    version: int
    sha256: str


def problems(folder: Path = FOLDER) -> list[str]:
    """Return one line for every prompt that is not as the lock says; empty when all are."""
    locked = _read(folder)
    found = [_problem(load(name, folder), locked.get(name)) for name in names(folder)]
    gone = [
        f"Prompt {name!r} is locked but gone. Run: {COMMAND}" for name in sorted(locked.keys() - set(names(folder)))
    ]
    return [line for line in found if line] + gone


def write(folder: Path = FOLDER) -> int:
    """Record all prompts and return their number.

    Raises:
        PromptLockError: a text changed and its version was not raised.
    """
    locked = _read(folder)
    prompts = [load(name, folder) for name in names(folder)]
    for prompt in prompts:
        before = locked.get(prompt.name)
        if before is not None and _changed_silently(prompt, before):
            raise PromptLockError(_silent(prompt, before))
    entries = {prompt.name: Locked(version=prompt.version, sha256=prompt.sha256) for prompt in prompts}
    (folder / FILE).write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    return len(entries)


def main() -> int:
    """Record the prompts of this package; return the exit status."""
    try:
        count = write()
    except PromptError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{count} prompts locked.\n")
    return 0


def _problem(prompt: Prompt, locked: Locked | None) -> str:
    if locked is None:
        return f"Prompt {prompt.name!r} is not locked. Run: {COMMAND}"
    if _changed_silently(prompt, locked):
        return _silent(prompt, locked)
    if (prompt.version, prompt.sha256) != (locked["version"], locked["sha256"]):
        return f"Prompt {prompt.name!r} is newer than the lock. Run: {COMMAND}"
    return ""


def _changed_silently(prompt: Prompt, locked: Locked) -> bool:
    return prompt.sha256 != locked["sha256"] and prompt.version <= locked["version"]


def _silent(prompt: Prompt, locked: Locked) -> str:
    wanted = locked["version"] + 1
    return f"Prompt {prompt.name!r} changed and its version did not. Set version: {wanted}, then run: {COMMAND}"


def _read(folder: Path) -> dict[str, Locked]:
    path = folder / FILE
    if not path.exists():
        return {}
    entries: dict[str, Locked] = json.loads(path.read_text(encoding="utf-8"))
    return entries


if __name__ == "__main__":
    sys.exit(main())
