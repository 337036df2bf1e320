"""Compose replies from facts without a language model; every function is pure."""

from .reasons import ReasonContext, reason

__all__ = ["ReasonContext", "reason"]
