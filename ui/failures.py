"""What failed, in a language of the doors: by the error's kind and its values, never by its English sentence. Pure."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from agent.errors import MessageError

from .language import Words


class WordedError(MessageError):
    """Report a slip to whoever made it; message and hint are in their language already."""


class Failure(NamedTuple):
    """What happened, what to do about it, and whether the same may work later."""

    message: str
    hint: str
    retryable: bool

    def __str__(self) -> str:
        """Join both for one line."""
        return f"{self.message} {self.hint}".strip()


def failure(error: Exception, words: Words) -> Failure:
    """Tell an error to people; of one that has no words of its own, only that something went wrong."""
    if isinstance(error, WordedError):
        return Failure(Exception.__str__(error), error.hint, retryable=False)
    kinds = (kind_of(each) for each in type(error).__mro__)
    kind = next((kind for kind in kinds if f"failures.{kind}" in words.patterns), "")
    if not kind:
        return Failure(words.say("turn.broken"), words.say("turn.broken_hint"), retryable=True)
    values = {name: _written(value, words) for name, value in vars(error).items()}
    message, hint = (words.say(f"failures.{key}", **values) for key in (kind, f"{kind}_hint"))
    return Failure(message, hint, retryable=bool(getattr(error, "retryable", False)))


def kind_of(error: type) -> str:
    """Return how the words call a class of errors: ``upload_not_found`` for ``UploadNotFoundError``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__.removesuffix("Error")).lower()


def _written(value: object, words: Words) -> str:
    return words.number(math.ceil(value)) if isinstance(value, int | float) else str(value)
