"""Encoders: one file per modality, each the only place that knows its library."""

from .text import EncoderConfig, SentenceEncoder, load_encoder

__all__ = ["EncoderConfig", "SentenceEncoder", "load_encoder"]
