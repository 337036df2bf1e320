"""Language models: one protocol, any OpenAI-compatible endpoint, an embedded engine, and none at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import ModelUnavailableError
from ..types import ChatMessage, ChatModel
from .config import LlmConfig
from .files import is_verified, model_file
from .pull import pull_model
from .registry import MODELS, ModelEntry, find_model, models_folder
from .serve import ServeConfig, VllmServer
from .vllm_env import convert_gguf, find_vllm_device, has_avx512, prepare_vllm

__all__ = [
    "ALLOW_REAL_MODELS",
    "MODELS",
    "LlmConfig",
    "ModelEntry",
    "OpenedModel",
    "ServeConfig",
    "VllmServer",
    "convert_gguf",
    "find_model",
    "find_vllm_device",
    "has_avx512",
    "is_verified",
    "model_file",
    "models_folder",
    "open_model",
    "prepare_vllm",
    "pull_model",
]

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

    return EmbeddedModel(config, model_file(config))
