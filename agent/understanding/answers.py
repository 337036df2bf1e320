"""Read a message as the answer to the question just asked: an option, its place or letter, or one of two items."""

from __future__ import annotations

import re
from collections.abc import Mapping

from retrieval.types import AttributeValue, CatalogSchema, Op

from ..templates import ESCAPES
from ..types import ITEM, AskAction, Preference, PreferenceUpdate
from .text import words

_MOST_EXTRA_WORDS = 3
"""An option beside more words than these is a message of its own: "comedy, but nothing with Jim Carrey"."""
_PLACES = ("first", "second", "third", "fourth", "fifth")
_LETTERS = "abcde"
_FRAME = frozenset(
    "the a an one ones option number i id prefer like pick choose take say go with more closer to think please maybe "
    "rather it is its former latter that would be probably definitely something some for me let lets make".split()
)
"""Words around an option that change nothing about it."""
_LIMIT = 1e11
"""Ends of a range beyond this are no limit at all."""
_BINDING = 0.5
"""An answer binds when at least this share of the items has the attribute; else it only moves the order."""


def read_answer(
    text: str,
    question: AskAction,
    schema: CatalogSchema,
    coverage: Mapping[str, float],
    turn_id: str,
    *,
    alone: bool,
) -> PreferenceUpdate | None:
    """Return what the answer changes, or None when the message is no plain answer to ``question``.

    Args:
        text: the message.
        question: what was asked.
        schema: the catalogue's attributes.
        coverage: share of items that have each attribute, 0 to 1.
        turn_id: of the message.
        alone: whether no items stood beside the question, so that "the second" cannot mean one of them.
    """
    if not question.values or len(question.values) != len(question.options):
        return None
    chosen = _chosen(text, question, placed=alone or question.style == "contrast")
    if chosen is None:
        return None
    value, label = question.values[chosen], question.options[chosen]
    if question.style == "contrast":
        wish = Preference(
            id=f"{turn_id}.1",
            attribute=ITEM,
            value=value,
            label=label,
            strength=0.5,
            turn_id=turn_id,
            quote=text,
            origin="contrast",
        )
        return PreferenceUpdate(intents=("inform",), add=(wish,))
    spec = schema.get(question.attributes[chosen] if question.attributes else question.attribute)
    if spec is None:
        return None
    op, bound = _condition(value)
    wish = Preference(
        id=f"{turn_id}.1",
        attribute=spec.name,
        op=op,
        value=bound,
        hard=coverage.get(spec.name, 1.0) >= _BINDING,
        turn_id=turn_id,
        quote=text,
        origin="answer",
    )
    return PreferenceUpdate(intents=("inform",), add=(wish,))


def is_option(text: str, question: AskAction) -> bool:
    """Whether a message is an option exactly as it was shown, in whatever language that was."""
    said = words(text)
    return bool(said) and any(said == words(option) for option in question.options)


def way_out(text: str, question: AskAction) -> str:
    """Return in English the way not to answer that a message is, exactly as it was shown; empty for any other."""
    said = words(text)
    shown = zip(question.escapes, ESCAPES, strict=False)
    return next((english for escape, english in shown if said and said == words(escape)), "")


def _chosen(text: str, question: AskAction, *, placed: bool) -> int | None:
    """Return which option the message names, and nothing besides, from 0; ``placed`` allows "the second" and "b"."""
    said = words(text)
    named = [place for place, option in enumerate(question.options) if _names(said, words(option))]
    if len(named) == 1:
        return named[0]
    rest = [word for word in said if word not in _FRAME - {"a", "former", "latter"}]
    if len(rest) != 1 or named or not placed:
        return None
    return _place(rest[0], len(question.options))


def _names(said: tuple[str, ...], option: tuple[str, ...]) -> bool:
    """Whether a message consists of an option and words that frame it."""
    for at in range(len(said) - len(option) + 1):
        if option and said[at : at + len(option)] == option:
            extra = [*said[:at], *said[at + len(option) :]]
            return len(extra) <= _MOST_EXTRA_WORDS and all(word in _FRAME for word in extra)
    return False


def _place(word: str, options: int) -> int | None:
    place = None
    if word in _PLACES:
        place = _PLACES.index(word)
    elif word in ("former", "latter"):
        place = ("former", "latter").index(word) if options == 2 else None
    elif re.fullmatch(r"[1-5]", word):
        place = int(word) - 1
    elif word in tuple(_LETTERS):
        place = _LETTERS.index(word)
    return place if place is not None and place < options else None


def _condition(value: AttributeValue) -> tuple[Op, AttributeValue]:
    """Return the condition that an option stands for; a range without an end on one side is a limit."""
    if not isinstance(value, tuple) or not isinstance(value[0], (int, float)):
        return "eq", value
    low, high = float(value[0]), float(value[1])
    if low < -_LIMIT:
        return "le", _whole(high)
    return ("ge", _whole(low)) if high > _LIMIT else ("between", (low, high))


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number
