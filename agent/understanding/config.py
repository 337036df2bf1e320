"""Say when the language model helps to understand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retrieval.types import Value


class UnderstandingConfig(Value):
    """When the model is asked to read a message, beside the rules that always do."""

    use_model: Literal["auto", "always", "never"] = "auto"
    """``auto`` asks it only when rules leave words unexplained and found no wish, which keeps most turns fast."""
    timeout_s: float = Field(6.0, gt=0)
    """Longest wait for the model's reading, in seconds; then the rules' reading stands."""
    max_tokens: int = Field(96, ge=16)
    """Longest reading."""
