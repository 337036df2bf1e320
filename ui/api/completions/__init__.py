"""The API that OpenAI's clients speak: ``POST /v1/chat/completions`` and ``GET /v1/models``."""

from __future__ import annotations

from .routes import router

__all__ = ["router"]
