"""What one turn may spend on the language model, and what it has spent. When it runs out, rules and templates go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pydantic import Field

from retrieval.types import Value


class BudgetConfig(Value):
    """What one turn may spend; None sets no bound."""

    calls: int | None = Field(2, ge=0)
    """Calls of the language model: one to understand and one to write are all that a turn makes."""
    tokens: int | None = Field(None, ge=0)
    """Tokens that it reads and writes, as the server counts them; once so many are spent, no further call is made."""
    seconds: float | None = Field(None, gt=0.0)
    """Seconds since the message came, after which the model is waited for no longer."""


@dataclass
class Spending:
    """What a turn has spent on the language model."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count here what is said to models inside the block."""
        token = _SPENDING.set(self)
        try:
            yield
        finally:
            _SPENDING.reset(token)


_SPENDING: ContextVar[Spending | None] = ContextVar("palate_spending", default=None)


def note(prompt_tokens: int, completion_tokens: int) -> None:
    """Add the tokens of one answer to what the turn under way has spent."""
    spending = _SPENDING.get()
    if spending is not None:
        spending.prompt_tokens += prompt_tokens
        spending.completion_tokens += completion_tokens


def exhausted(config: BudgetConfig, spent: Spending, seconds: float) -> bool:
    """Whether no further call of the model may be made, ``seconds`` after the message came. Pure."""
    return (
        (config.calls is not None and spent.calls >= config.calls)
        or (config.tokens is not None and spent.prompt_tokens + spent.completion_tokens >= config.tokens)
        or (config.seconds is not None and seconds >= config.seconds)
    )


def patience(config: BudgetConfig, usual_s: float, seconds: float) -> float:
    """Return how long a call may be waited for, ``seconds`` after the message came. Pure."""
    return usual_s if config.seconds is None else min(usual_s, max(0.0, config.seconds - seconds))
