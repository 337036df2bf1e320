"""Say which language model to use and how long to wait for it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from retrieval.types import Value


class LlmConfig(Value):
    """Settings of the language model; everything else works without one."""

    engine: Literal["embedded", "endpoint", "none"] = "embedded"
    """``embedded`` runs llama.cpp in this process, ``endpoint`` asks a server, ``none`` uses no model."""
    base_url: str = ""
    """Address of an OpenAI-compatible server, up to and with ``/v1``; only for ``endpoint``."""
    model: str = ""
    """For ``endpoint`` the name the server knows; for ``embedded`` one of ``palate models list``, empty = the first."""
    api_key: SecretStr = SecretStr("")
    """Key for the server; empty where it asks for none."""
    model_path: Path | None = None
    """Any GGUF file to run instead of a listed model; only for ``embedded``."""
    timeout_s: float = Field(60.0, gt=0)
    """Longest wait for a whole answer, in seconds."""
    first_token_timeout_s: float = Field(20.0, gt=0)
    """Longest wait for the first piece of an answer, in seconds."""
    connect_timeout_s: float = Field(2.0, gt=0)
    """Longest wait for a connection, in seconds."""
    n_ctx: int = Field(4096, ge=512)
    """Tokens that prompt and answer of one request may use together; only for ``embedded``."""
    parallel: int = Field(2, ge=1, le=16)
    """Requests answered at the same time, each with ``n_ctx`` tokens of memory; only for ``embedded``."""
    threads: int | None = Field(None, ge=1)
    """Processor threads; None = all processors this process may use. Only for ``embedded``."""
    log_file: Path | None = None
    """Where llama.cpp writes its log; None = nowhere. Only for ``embedded``."""

    @model_validator(mode="after")
    def _an_endpoint_is_addressed(self) -> LlmConfig:
        if self.engine == "endpoint" and not (self.base_url and self.model):
            raise ValueError(
                "engine 'endpoint' needs base_url and model, for example http://127.0.0.1:8000/v1 and its name"
            )
        return self
