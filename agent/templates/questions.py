"""Word questions and the answers they offer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.types import AttributeSpec

from .phrases import amount, join, plain, sentence_case, yearlike

if TYPE_CHECKING:
    from ..bands import Band

ESCAPES = ("I don't know", "No preference", "Just show me")
"""What every question can be answered with."""


def question_words(spec: AttributeSpec) -> str:
    """Return the question about an attribute."""
    return spec.question


def open_words(*, again: bool) -> str:
    """Ask what matters, whatever it is about."""
    return "Anything else that matters to you?" if again else "What matters most to you here?"


def contrast_words(first: str, second: str) -> str:
    """Ask which of two items is the nearer."""
    return f"Which comes closer to what you want: {plain(first)} or {plain(second)}?"


def clarify_words(held: str, new: str) -> str:
    """Ask which of two wishes holds."""
    return f"Earlier you said “{held}”, now “{new}”. Which one holds?"


def band_words(spec: AttributeSpec, band: Band) -> str:
    """Return a range of numbers as an answer: ``before 1980``, ``95 to 119 minutes``, ``gentle or mild``."""
    if spec.scale:
        steps = [words for step, words in sorted(spec.scale.items()) if band.low <= step <= band.high]
        return sentence_case(join(steps, "or"))
    low, high = amount(spec, _plain_number(band.low)), amount(spec, _plain_number(band.high))
    if yearlike(spec):
        return (
            f"before {band.high + 1:.0f}"
            if band.open_below
            else f"{low} or later"
            if band.open_above
            else f"{low} to {high}"
        )
    if band.open_below:
        return f"at most {high}"
    return f"at least {low}" if band.open_above else f"{amount(spec, _plain_number(band.low), unit=False)} to {high}"


def _plain_number(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number
