"""Read hand labels of what people state about films, and match them against readings. Texts stay in the data set.

The messages are those of CCPE-M (Radlinski and others, "Coached Conversational Preference Elicitation", 2019, CC BY
4.0). A label names a dialogue, a turn, an attribute of the demo's schema, a value and a polarity, and no text. Which
messages: docs/understanding.md. The set's own annotation was not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from agent.types import ITEM, OPPOSITE, TEXT, Preference
from retrieval.types import CatalogSchema, Op, Value

from ..errors import EvalError
from .guard_data import rows
from .preferences_baselines import plain_words

MESSAGES = Path("ccpe", "shareable.jsonl")
_LOW: frozenset[Op] = frozenset({"lt", "le"})
_HIGH: frozenset[Op] = frozenset({"gt", "ge"})
_OTHER_END = {"low": "high", "high": "low"}

Key = tuple[str, str, str]
"""(attribute, comparable value, polarity)."""


class StatedLabel(Value):
    """One thing a message states."""

    attribute: str
    """An attribute of the demo's schema, or ``item`` with a title for its value."""
    value: str
    """A catalogue value; for a number ``low`` or ``high``."""
    polarity: Literal["like", "dislike"]
    also: tuple[tuple[str, str], ...] = ()
    """(attribute, value) of readings that are right as well: "scary" is a mood and nearly a genre."""
    optional: bool = False
    """Whether people may well disagree: neither asked for nor counted against."""

    def keys(self, schema: CatalogSchema) -> frozenset[Key]:
        """Return every reading that is right."""
        pairs = ((self.attribute, self.value), *self.also)
        return frozenset(comparable(name, value, self.polarity, schema) for name, value in pairs)


class LabelledMessage(Value):
    """One message of a dialogue."""

    dialogue: str
    turn: int = Field(ge=0)
    """Place among all turns of the dialogue, from 0."""
    labels: tuple[StatedLabel, ...] = ()


class StatedMessage(Value):
    """A labelled message with its text."""

    labelled: LabelledMessage
    text: str
    question: str = ""
    """What the other side said last before it."""


def read_labels(path: Path | None = None) -> list[LabelledMessage]:
    """Return the labels, by default those that come with Palate.

    Raises:
        EvalError: a line does not fit.
    """
    source = path or files("evals").joinpath("data", "ccpe_labels.jsonl")
    found = []
    for number, row in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(LabelledMessage.model_validate(json.loads(row)))
        except (ValidationError, ValueError) as error:
            raise EvalError(f"Line {number} of the labels does not fit: {row[:80]!r}.", hint=str(error)) from error
    return found


def read_stated(folder: Path, labels: Iterable[LabelledMessage]) -> list[StatedMessage]:
    """Return the labelled messages with their texts from the data folder.

    Raises:
        EvalError: the folder does not hold the set, or holds another version of it.
    """
    turns = {row["dialog_id"]: row["turns"] for row in rows(folder / MESSAGES)}
    found = []
    for labelled in labels:
        spoken = turns.get(labelled.dialogue, [])
        if labelled.turn >= len(spoken) or spoken[labelled.turn]["role"] != "user":
            raise EvalError(
                f"{labelled.dialogue!r} has no message of a user at turn {labelled.turn}.",
                hint=f"The labels belong to another version of {MESSAGES}.",
            )
        before = [turn["text"] for turn in spoken[: labelled.turn] if turn["role"] != "user"]
        text = spoken[labelled.turn]["text"]
        found.append(StatedMessage(labelled=labelled, text=text, question=before[-1] if before else ""))
    return found


def comparable(attribute: str, value: str, polarity: str, schema: CatalogSchema) -> Key:
    """Return a reading in the form in which readings are compared: disliking the high end is liking the low one."""
    spec = schema.get(attribute)
    if spec is not None and spec.kind in ("number", "date"):
        end = value if polarity == "like" else _OTHER_END[value]
        return attribute, end, "like"
    return attribute, " ".join(plain_words(value)), polarity


def stated(wishes: Iterable[Preference], schema: CatalogSchema) -> frozenset[Key]:
    """Return what wishes state, in comparable form; free words and mere overtones state nothing."""
    keys: set[Key] = set()
    for wish in wishes:
        if wish.attribute == TEXT or wish.strength < _LEAST_STRENGTH:
            continue
        if wish.attribute == ITEM:
            keys.add(comparable(ITEM, wish.label or str(wish.value), wish.polarity, schema))
            continue
        spec = schema.get(wish.attribute)
        if spec is not None and spec.kind in ("number", "date"):
            keys |= _ends(wish, schema)
            continue
        values = wish.value if isinstance(wish.value, tuple) else (wish.value,)
        polarity = wish.polarity if wish.op in ("eq", "in") else "dislike" if wish.polarity == "like" else "like"
        keys |= {comparable(wish.attribute, str(value), polarity, schema) for value in values}
    return frozenset(keys)


_LEAST_STRENGTH = 0.4
"""Weaker wishes are overtones: "French" leans to the language besides binding the country."""


def _ends(wish: Preference, schema: CatalogSchema) -> set[Key]:
    op = wish.op if wish.polarity == "like" else OPPOSITE[wish.op]
    if op in _LOW | _HIGH:
        return {comparable(wish.attribute, "low" if op in _LOW else "high", "like", schema)}
    return {(wish.attribute, f"{op} {wish.value}", "like")}


def matched(found: Iterable[Key], labels: Sequence[StatedLabel], schema: CatalogSchema) -> tuple[set[Key], set[Key]]:
    """Return (findings, labels) in one form, so that equal ones are right.

    All readings of one label count once, under its first name. What only an optional label allows is left out of both.
    A title is found under its full name or its name before a colon.
    """
    asked = {label: label.keys(schema) for label in labels if not label.optional}
    allowed = {key for label in labels if label.optional for key in label.keys(schema)}
    wanted = {_first(label, schema) for label in asked}
    findings: set[Key] = set()
    for key in found:
        right = [_first(label, schema) for label, keys in asked.items() if any(_same(key, one) for one in keys)]
        if right:
            findings |= set(right)
        elif not any(_same(key, one) for one in allowed):
            findings.add(key)
    return findings, wanted


def _first(label: StatedLabel, schema: CatalogSchema) -> Key:
    return comparable(label.attribute, label.value, label.polarity, schema)


def _same(found: Key, label: Key) -> bool:
    if found == label:
        return True
    begins = found[1].startswith(f"{label[1]} ") or _bare(found[1]) == _bare(label[1])
    return found[0] == label[0] == ITEM and found[2] == label[2] and begins


def _bare(title: str) -> str:
    return title.removeprefix("the ")
