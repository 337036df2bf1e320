"""Prompts as files: text with a name, a version and declared variables. Imports nothing else of Palate's."""

from __future__ import annotations

from .errors import PromptError, PromptFormatError, PromptLockError, PromptNotFoundError, PromptVariableError
from .loader import Prompt, load, names
from .quoting import CLOSE, OPEN, quote

__all__ = [
    "CLOSE",
    "OPEN",
    "Prompt",
    "PromptError",
    "PromptFormatError",
    "PromptLockError",
    "PromptNotFoundError",
    "PromptVariableError",
    "load",
    "names",
    "quote",
]
