"""Language models: one protocol, any OpenAI-compatible endpoint, an embedded engine, and none at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import ModelUnavailableError
from ..types import ChatMessage, ChatModel
from .config import LlmConfig

__all__ = ["ALLOW_REAL_MODELS", "LlmConfig", "OpenedModel", "open_model"]

ALLOW_REAL_MODELS = True
"""Tests set this to False, so that none reaches a model by mistake."""


class OpenedModel(ChatModel, Protocol):
    """A ``ChatModel`` that holds connections or a process, and can read a prompt ahead of time."""

    async def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Read ``messages`` once, so that later requests with the same start begin sooner."""
        ...

    async def close(self) -> None:
        """Give connections and memory back."""
        ...


def open_model(config: LlmConfig) -> OpenedModel | None:
    """Return the configured model without waiting for it; None when the settings ask for none.

    Raises:
        ModelFileError: the embedded model's file is missing or damaged.
        ModelUnavailableError: real models are switched off (``ALLOW_REAL_MODELS``).
    """
    if config.engine == "none":
        return None
    if not ALLOW_REAL_MODELS:
        raise ModelUnavailableError(
            f"Real models are switched off, and the settings ask for engine {config.engine!r}.",
            hint="In tests use agent.testing.ScriptedModel, or run with --run-real.",
        )
    if config.engine == "endpoint":
        from .endpoint import EndpointModel

        return EndpointModel(config)
    from .embedded import EmbeddedModel
    from .files import model_file

    return EmbeddedModel(config, model_file(config))
