"""Errors raised by prompts, and who acts on each.

PromptError                 root; every message says what happened, the value, and what to do
├── PromptNotFoundError     the developer: no prompt of that name
├── PromptFormatError       the prompt's author: front matter or placeholders are wrong
├── PromptVariableError     the developer: a variable is missing or unknown
└── PromptLockError         the prompt's author: the text changed and its version did not
"""

from __future__ import annotations


class PromptError(Exception):
    """Say what happened, with the value, and what to do about it in ``hint``."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint apart so that doors can show them apart."""
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        """Join message and hint into one line for a terminal or a log."""
        message = super().__str__()
        return f"{message} {self.hint}" if self.hint else message


class PromptNotFoundError(PromptError):
    """Report a name that no prompt has."""


class PromptFormatError(PromptError):
    """Report a prompt file that cannot be read as one."""


class PromptVariableError(PromptError):
    """Report a rendering with too few or too many variables."""


class PromptLockError(PromptError):
    """Report a changed text under an unchanged version."""
