"""Read messages with known intent, attacks and harmless look-alikes, and cut them into two halves by a hash of the id.

The guard and its classifier are made with the development half alone; the test half only measures them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from retrieval.types import Value

from ..errors import EvalError

Half = Literal["development", "test"]
HALVES: tuple[Half, ...] = ("development", "test")

GUARD_FILE = Path("guard", "guard_shareable.jsonl")
_TALK = {"development": Path("redial", "train_sample.jsonl"), "test": Path("redial", "test_dev.jsonl")}
_COACHED = Path("ccpe", "shareable.jsonl")
_NOISY = "injection_noisy"
TALK = "film_talk"


class Message(Value):
    """One message that somebody may send."""

    id: str
    text: str
    kind: str
    """What the data set calls it, for example ``system_prompt_extraction``; ``film_talk`` for what seekers said."""
    attack: bool
    noisy: bool = False
    """The set's own label says that not all of its kind are attacks; counted apart."""
    license: str = ""


def half_of(identity: str) -> Half:
    """Return the half that a row belongs to, for ever: even first byte of the SHA-256 of its id is development."""
    return HALVES[hashlib.sha256(identity.encode()).digest()[0] % 2]


def read_messages(folder: Path, half: Half) -> list[Message]:
    """Return the half's labelled messages; a test message whose words also stand in development is left out.

    Raises:
        EvalError: the folder does not hold the set.
    """
    every = [_message(row) for row in rows(folder / GUARD_FILE)]
    mine = [message for message in every if half_of(message.id) == half]
    if half == "development":
        return mine
    known = {_key(message.text) for message in every if half_of(message.id) == "development"}
    return [message for message in mine if _key(message.text) not in known]


def read_talk(folder: Path, half: Half) -> list[Message]:
    """Return what real people said to a human recommender; empty where the sets are absent."""
    return list(_talk(folder, half))


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines.

    Raises:
        EvalError: there is no such file.
    """
    if not path.is_file():
        raise EvalError(f"There is no {str(path)!r}.", hint="Name the folder of the shared sets: --data PATH")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _message(row: dict[str, Any]) -> Message:
    return Message(
        id=row["id"],
        text=row["text"],
        kind=row["kind"],
        attack=row["label"] != "benign",
        noisy=row["label"] == _NOISY,
        license=row["license"],
    )


def _talk(folder: Path, half: Half) -> Iterator[Message]:
    if (folder / _TALK[half]).is_file():
        yield from _said(rows(folder / _TALK[half]), "redial", ("user",))
    if (folder / _COACHED).is_file():
        mine = [row for row in rows(folder / _COACHED) if half_of(str(row["dialog_id"])) == half]
        yield from _said(mine, "ccpe", ("user",))


def _said(dialogues: Iterable[dict[str, Any]], source: str, roles: Sequence[str]) -> Iterator[Message]:
    for dialogue in dialogues:
        for place, turn in enumerate(dialogue["turns"]):
            if turn["role"] in roles and turn["text"].strip():
                identity = f"{source}-{dialogue['dialog_id']}-{place}"
                yield Message(id=identity, text=turn["text"], kind=TALK, attack=False, license="CC BY 4.0")


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
